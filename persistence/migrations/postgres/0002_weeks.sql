-- Weeks of the inbox and the journal: made ahead, taken off when they are over. Both functions run with their owner's
-- rights, for `heed_engine` may create and own nothing.

-- Whatever no week holds goes here: a row with an odd instant, or a row of a week that was not made in time, is late
-- for retention and never refused.
create table inbox_default partition of inbox default;
create table journal_default partition of journal default;
alter table inbox_default enable row level security, force row level security;
alter table journal_default enable row level security, force row level security;

-- Weeks that were taken off stay in the schema as tables of their own until somebody archives and drops them.
create table detached_week (
  from_at bigint not null, upto_at bigint not null, detached_at timestamptz not null default clock_timestamp(),
  parent text not null, name text primary key);
grant select on detached_week to heed_engine;

-- The Monday on or before an instant.
create function week_of(at bigint) returns bigint language sql immutable as $$
  select (floor((at - 345600000000)::numeric / 604800000000) * 604800000000 + 345600000000)::bigint
$$;

-- Makes the week of `at` and the `ahead` ones after it; what the default partition holds of them moves over. Returns
-- the end of the last one.
create function prepare_weeks(at bigint, ahead int) returns bigint
  language plpgsql security definer set search_path = heed, pg_temp as $$
declare
  parent text;
  week text;
  from_at bigint;
  i int;
begin
  perform pg_advisory_xact_lock(1212499268, 3);
  for i in 0 .. ahead loop
    from_at := week_of(at) + i * 604800000000;
    foreach parent in array array['inbox', 'journal'] loop
      week := parent || '_' || to_char(to_timestamp(from_at / 1000000) at time zone 'UTC', 'YYYYMMDD');
      continue when to_regclass(week) is not null;
      execute format('create table %I (like %I including defaults including storage including indexes)', week, parent);
      execute format('alter table %I no force row level security', parent || '_default');
      execute format('with late as (delete from %I where %I >= $1 and %2$I < $2 returning *) insert into %I select * from late',
        parent || '_default', case parent when 'inbox' then 'received_at' else 'decided_at' end, week)
        using from_at, from_at + 604800000000;
      execute format('alter table %I force row level security', parent || '_default');
      execute format('alter table %I attach partition %I for values from (%s) to (%s)', parent, week, from_at,
        from_at + 604800000000);
      execute format('alter table %I enable row level security, force row level security', week);
      if parent = 'inbox' then
        execute format('alter table %I set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, '
          'autovacuum_vacuum_cost_delay = 0)', week);
      else
        -- Frozen while it is warm, not by a vacuum against wraparound at the worst time.
        execute format('alter table %I set (autovacuum_freeze_min_age = 0, autovacuum_vacuum_insert_scale_factor = 0.05)',
          week);
      end if;
    end loop;
  end loop;
  return week_of(at) + (ahead + 1) * 604800000000;
end
$$;

-- Takes off the weeks that ended before `before`, of the inbox only those that hold nothing undecided (what is decided
-- leaves it at once). Returns their names.
create function detach_weeks(before bigint) returns setof text
  language plpgsql security definer set search_path = heed, pg_temp as $$
declare
  week record;
  undecided boolean;
begin
  perform pg_advisory_xact_lock(1212499268, 3);
  for week in
    select c.relname as name, p.relname as parent,
        (regexp_match(pg_get_expr(c.relpartbound, c.oid), 'FROM \(''?(-?\d+)'))[1]::bigint as from_at,
        (regexp_match(pg_get_expr(c.relpartbound, c.oid), 'TO \(''?(-?\d+)'))[1]::bigint as upto_at
      from pg_inherits i join pg_class c on c.oid = i.inhrelid join pg_class p on p.oid = i.inhparent
      where i.inhparent in ('inbox'::regclass, 'journal'::regclass) and c.relkind = 'r' order by 1
  loop
    continue when week.upto_at is null or week.upto_at > before;
    if week.parent = 'inbox' then
      execute format('alter table %I no force row level security', week.name);
      execute format('select exists (select from %I)', week.name) into undecided;
      execute format('alter table %I force row level security', week.name);
      continue when undecided;
    end if;
    execute format('alter table %I detach partition %I', week.parent, week.name);
    insert into detached_week (from_at, upto_at, parent, name)
      values (week.from_at, week.upto_at, week.parent, week.name);
    return next week.name;
  end loop;
end
$$;

revoke execute on function protect(regclass), prepare_weeks(bigint, int), detach_weeks(bigint) from public;
grant execute on function prepare_weeks(bigint, int), detach_weeks(bigint) to heed_engine;
