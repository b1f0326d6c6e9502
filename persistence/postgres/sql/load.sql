-- What a batch is about, as sets. A writer's plans are nested loops over keys: each statement reads as many rows as it
-- is asked for.

-- name: glimpse
-- index effect.id; no lock. The request only of those that are to be claimed. The outbox is often empty: a join would be
-- planned from whichever side looked smaller at that moment, so each row is looked up by itself.
select e.id, e.workspace, (select l.id from lead l where l.n = e.lead), e.account, e.campaign, e.kind,
    case when asked.whole then e.request end
  from unnest($1::text[], $2::boolean[]) asked (id, whole)
    cross join lateral (select * from effect x where x.id = asked.id offset 0) e;

-- name: fence
-- Share locks on at most 256 rows, in order. A take-over waits for them; one that came before leaves fewer rows.
select count(*) from (select from shard_lease
  where shard = any($1::bigint[]) and owner = $2::text and epoch = $3::bigint order by shard for share) held;

-- name: lock_switches
-- Share locks in order of the primary key: a stop's transaction waits for the claims that looked before it.
select s.scope, s.workspace, s.name, s.engaged, s.by_whom, s.at
  from kill_switch s join (select * from unnest($1::bigint[], $2::text[], $3::text[])) asked (scope, workspace, name)
    on s.scope = asked.scope and s.workspace = asked.workspace and s.name = asked.name
  order by s.scope, s.workspace, s.name for share of s;

-- name: lock_usage
select u.workspace, u.account, u.day, u.used, u.last_at, u.paced_at
  from send_usage u join unnest($1::text[], $2::text[]) asked (workspace, account)
    on u.workspace = asked.workspace and u.account = asked.account
  order by u.workspace, u.account for no key update of u;

-- name: lock_leads
-- index lead.id.
select n, id, workspace, version, suppressed, handed_off, poisoned from lead
  where id = any($1::text[]) order by id for no key update;

-- name: lock_effects
-- index effect.id, one by one in the order given, which is that of the ids.
select e.n, e.id, e.workspace, e.lead, (select l.id from lead l where l.n = e.lead), e.kind, e.key, e.campaign, e.account,
    e.state, e.attempt, e.calls, e.reopened, e.not_after, e.planned_at, e.claimed_at, e.claim_epoch, e.dry_run, e.detail,
    e.provider_id, e.counted_day, case when asked.whole then e.request end
  from unnest($1::text[], $2::boolean[]) asked (id, whole)
    cross join lateral (select * from effect x where x.id = asked.id for no key update) e;

-- name: lock_orphans
-- index effect_open; every call that was on the wire when its node died.
select e.n, e.id, e.workspace, e.lead, l.id, e.kind, e.key, e.campaign, e.account, e.state, e.attempt, e.calls,
    e.reopened, e.not_after, e.planned_at, e.claimed_at, e.claim_epoch, e.dry_run, e.detail, e.provider_id,
    e.counted_day, null
  from effect e join lead l on l.n = e.lead
  where e.state = 1 and e.state <= 2 and e.claim_epoch < $1::bigint order by e.id for no key update of e;

-- name: pending_now
select inbox, lead from inbox_pending where inbox = any($1::bigint[]);

-- name: touches
-- Which effect a touch has, and whether an id is already one that was done.
select asked.workspace, asked.kind, asked.key, k.effect, asked.id, exists (select from effect_done d where d.id = asked.id)
  from unnest($1::text[], $2::text[], $3::text[], $4::text[]) asked (workspace, kind, key, id)
    left join effect_key k on k.workspace = asked.workspace and k.key = asked.key and k.kind = asked.kind;

-- name: leads_named
-- index lead.id.
select n, id, workspace, version, suppressed, handed_off, poisoned from lead where id = any($1::text[]);

-- name: key_holders
select l.n, l.id, l.workspace, l.version, l.suppressed, l.handed_off, l.poisoned, k.workspace, k.kind, k.name, k.value
  from unnest($1::text[], $2::bigint[], $3::text[], $4::text[]) asked (workspace, kind, name, value)
    join lead_key k on k.workspace = asked.workspace and k.value = asked.value and k.kind = asked.kind
      and k.name = asked.name
    join lead l on l.n = k.lead;

-- name: keys_of_leads
-- index lead_key_lead; at most limits::keys rows a lead.
select workspace, kind, name, value, lead from lead_key where lead = any($1::bigint[]);

-- name: seen_keys
-- Prefix of the primary key; one row per lead it went to.
select l.n, l.id, l.workspace, l.version, l.suppressed, l.handed_off, l.poisoned, k.workspace, k.key, k.inbox, k.seq
  from unnest($1::text[], $2::text[]) asked (workspace, key)
    join inbox_key k on k.workspace = asked.workspace and k.key = asked.key join lead l on l.n = k.lead;

-- name: seen_ranges
-- A range of the primary key: the numbered repeats of a key, or what a lead was told of the suppression list.
select l.n, l.id, l.workspace, l.version, l.suppressed, l.handed_off, l.poisoned, k.workspace, k.key, k.inbox, k.seq,
    p.inbox is not null
  from unnest($1::text[], $2::text[], $3::text[]) asked (workspace, first, beyond)
    join inbox_key k on k.workspace = asked.workspace and k.key >= asked.first and k.key < asked.beyond
    join lead l on l.n = k.lead left join inbox_pending p on p.inbox = k.inbox;

-- name: listed
-- Prefix of the primary key; a row per lead and scope that lists the address.
select s.workspace, s.hash, s.scope, s.lead, s.reason, s.source, s.at
  from unnest($1::text[], $2::text[]) asked (workspace, hash)
    join suppression s on s.workspace = asked.workspace and s.hash = asked.hash;

-- name: listed_of_leads
-- index suppression_lead.
select workspace, hash, scope, lead, reason, source, at from suppression
  where lead = any($1::bigint[]) and lead <> 0 and scope = 'person';

-- name: numbers
select nextval('number') from generate_series(1, $1::bigint);
