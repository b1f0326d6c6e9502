-- Each statement returns one line of text per violation and none on a sound store. Whole tables are read.

-- name: audit_seq_gaps
select 'lead ' || l.id || ': journal has ' || count(*) || ' rows from seq ' || min(j.seq) || ' to ' || max(j.seq)
  from journal j join lead l on l.n = j.lead group by j.lead having min(j.seq) <> 1 or max(j.seq) <> count(*);

-- name: audit_versions
select 'lead ' || l.id || ': version ' || l.version || ', last seq ' || coalesce(max(j.seq), 0)
  from lead l left join journal j on j.lead = l.n group by l.n having l.version <> coalesce(max(j.seq), 0);

-- name: audit_orphans
select 'journal row ' || j.n || ' of no lead' from journal j where not exists (select 1 from lead where n = j.lead);

-- name: audit_inbox_keys
select 'stimulus ' || k.key || ' of ' || k.workspace || ': pending ' || (p.inbox is not null) || ', dead ' ||
    (d.inbox is not null) || ', decided ' || (s.inbox is not null)
  from inbox_key k left join inbox_pending p on p.inbox = k.inbox left join dead_letter d on d.inbox = k.inbox
    left join inbox_decided s on s.inbox = k.inbox
  where k.inbox is not null and (p.inbox is not null) + (d.inbox is not null) + (s.inbox is not null) <> 1;

-- name: audit_decided
select 'stimulus ' || k.key || ' of ' || k.workspace || ': decided at seq ' || coalesce(k.seq, s.seq) ||
    ', which is not in the journal'
  from inbox_key k left join inbox_decided s on s.inbox = k.inbox
  where coalesce(k.seq, s.seq) is not null
    and not exists (select 1 from journal j where j.lead = k.lead and j.seq = coalesce(k.seq, s.seq));

-- name: audit_inbox_bodies
select 'inbox row ' || x.inbox || ' has no body' from (
    select inbox from inbox_pending union all select inbox from dead_letter where inbox is not null) x
  where not exists (select 1 from inbox where n = x.inbox);

-- name: audit_inbox_leftovers
select 'inbox row ' || i.n || ' is neither pending nor dead' from inbox i
  where not exists (select 1 from inbox_pending where inbox = i.n)
    and not exists (select 1 from dead_letter where inbox = i.n);

-- name: audit_effect_plans
select 'effect ' || e.id || ' was never planned'
  from (select id, workspace, kind, key from effect union all select id, workspace, kind, key from effect_done) e
  where not exists (select 1 from effect_key k
    where k.workspace = e.workspace and k.kind = e.kind and k.key = e.key and k.effect = e.id);

-- name: audit_effect_keys
select 'touch ' || k.key || ' of ' || k.workspace || ' has lost its effect ' || k.effect from effect_key k
  where not exists (select 1 from effect where id = k.effect)
    and not exists (select 1 from effect_done where id = k.effect);

-- name: audit_effect_twice
select 'touch ' || key || ' of ' || workspace || ' has ' || count(*) || ' effects'
  from (select workspace, kind, key from effect union all select workspace, kind, key from effect_done)
  group by workspace, kind, key having count(*) > 1;

-- name: audit_effect_attempts
select 'effect ' || e.id || ' was called without a claim'
  from (select id, state, dry_run, claimed_at from effect union all select id, state, dry_run, claimed_at from effect_done) e
  where e.state in (1, 2, 3) and e.dry_run = 0 and e.claimed_at is null;

-- name: audit_effect_accepted_twice
select 'effect ' || effect || ' was accepted ' || count(*) || ' times' from effect_attempt
  where outcome = 'accepted' group by effect having count(*) > 1;

-- name: audit_timers
select 'lead ' || coalesce(l.id, '?') || ': timer of generation ' || t.generation || ', version ' || l.version
  from timer t left join lead l on l.n = t.lead where l.n is null or t.generation <> l.version;
