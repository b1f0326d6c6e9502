-- Each statement returns one line of text per violation and none on a sound store. Whole tables are read. What a week
-- that was taken off held is not missed: the journal of a lead may begin late, but has no gap.

-- name: audit_seq_gaps
select 'lead ' || l.id || ': journal has ' || count(*) || ' rows from seq ' || min(j.seq) || ' to ' || max(j.seq)
  from journal j join lead l on l.n = j.lead group by l.id
  having max(j.seq) - min(j.seq) + 1 <> count(*) or count(distinct j.seq) <> count(*)
    or (min(j.seq) <> 1 and not exists (select from detached_week where parent = 'journal'));

-- name: audit_versions
select 'lead ' || l.id || ': version ' || l.version || ', last seq ' || coalesce(j.seq, 0)
  from lead l left join (select lead, max(seq) as seq from journal group by lead) j on j.lead = l.n
  where l.version <> coalesce(j.seq, 0)
    and not (j.seq is null and exists (select from detached_week where parent = 'journal'));

-- name: audit_orphans
select 'journal row ' || j.lead || '/' || j.seq || ' of no lead' from journal j
  where not exists (select from lead where n = j.lead);

-- name: audit_inbox_keys
-- Consumed twice is a violation, too: hence counts.
with decided as (select unnest(consumed) as inbox, lead, seq from journal),
  counted as (select inbox, count(*) as n from decided group by inbox)
select 'stimulus ' || k.key || ' of ' || k.workspace || ': pending ' || (p.inbox is not null)::int || ', dead ' ||
    (d.inbox is not null)::int || ', decided ' || coalesce(c.n, 0)
  from inbox_key k left join inbox_pending p on p.inbox = k.inbox left join dead_letter d on d.inbox = k.inbox
    left join counted c on c.inbox = k.inbox
  where k.inbox is not null
    and (p.inbox is not null)::int + (d.inbox is not null)::int + coalesce(c.n, 0) <> 1
    and not (p.inbox is null and d.inbox is null and c.n is null
             and exists (select from detached_week where parent = 'journal'));

-- name: audit_decided
-- A key decided without an inbox row names its seq; others are found in the journal by being consumed there.
select 'stimulus ' || k.key || ' of ' || k.workspace || ': decided at seq ' || k.seq || ', which is not in the journal'
  from inbox_key k where k.seq is not null
    and not exists (select from journal j where j.lead = k.lead and j.seq = k.seq)
    and not exists (select from detached_week where parent = 'journal')
union all
select 'stimulus ' || k.key || ' of ' || k.workspace || ': decided by another lead'
  from (select unnest(consumed) as inbox, lead from journal) j join inbox_key k on k.inbox = j.inbox
  where k.lead <> j.lead;

-- name: audit_inbox_bodies
select 'inbox row ' || x.inbox || ' has no body' from (
    select inbox, received_at from inbox_pending
    union all select inbox, received_at from dead_letter where inbox is not null) x
  where not exists (select from inbox i where i.n = x.inbox and i.received_at = x.received_at);

-- name: audit_inbox_leftovers
select 'inbox row ' || i.n || ' is neither pending nor dead' from inbox i
  where not exists (select from inbox_pending where inbox = i.n)
    and not exists (select from dead_letter where inbox = i.n);

-- name: audit_effect_plans
select 'effect ' || e.id || ' was never planned'
  from (select id, workspace, kind, key from effect union all select id, workspace, kind, key from effect_done) e
  where not exists (select from effect_key k
    where k.workspace = e.workspace and k.kind = e.kind and k.key = e.key and k.effect = e.id);

-- name: audit_effect_keys
select 'touch ' || k.key || ' of ' || k.workspace || ' has lost its effect ' || k.effect from effect_key k
  where not exists (select from effect where id = k.effect) and not exists (select from effect_done where id = k.effect);

-- name: audit_effect_twice
select 'touch ' || key || ' of ' || workspace || ' has ' || count(*) || ' effects'
  from (select workspace, kind, key from effect union all select workspace, kind, key from effect_done) e
  group by workspace, kind, key having count(*) > 1;

-- name: audit_effect_attempts
select 'effect ' || e.id || ' was called without a claim'
  from (select id, state, dry_run, claimed_at from effect union all select id, state, dry_run, claimed_at from effect_done) e
  where e.state in (1, 2, 3) and not e.dry_run and e.claimed_at is null;

-- name: audit_effect_accepted_twice
select 'effect ' || effect || ' was accepted ' || count(*) || ' times' from effect_attempt
  where outcome = 'accepted' group by effect having count(*) > 1;

-- name: audit_timers
select 'lead number ' || t.lead || ': timer of nobody' from timer t left join lead l on l.n = t.lead where l.n is null;
