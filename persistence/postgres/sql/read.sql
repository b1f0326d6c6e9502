-- Readers see one snapshot a call; every list is bounded by its caller's limit.

-- name: read_leads
-- index lead.id; in the order asked. Each week's primary key for the rules of the latest decision.
select l.workspace, l.id, l.version, l.snapshot, l.secret, l.chain, l.poisoned,
    coalesce((select j.rules from journal j where j.lead = l.n and j.seq = l.version), 0)::bigint
  from unnest($1::text[]) with ordinality asked (id, place) join lead l on l.id = asked.id order by asked.place;

-- name: read_lead_by_key
-- Primary key; an email is also looked for among the alternate ones, after the first.
select l.workspace, l.id, l.version, l.snapshot, l.secret, l.chain, l.poisoned
  from lead_key k join lead l on l.n = k.lead
  where k.workspace = $1::text and k.value = $4::text and k.name = $3::text and k.kind = any($2::bigint[])
  order by array_position($2::bigint[], k.kind::bigint) limit 1;

-- name: read_all_leads
select l.workspace, l.id, l.version, l.snapshot, l.secret, l.chain, l.poisoned, l.n from lead l where l.n > $1::bigint order by l.n limit $2::bigint;

-- name: read_leads_of
-- index lead_workspace.
select l.workspace, l.id, l.version, l.snapshot, l.secret, l.chain, l.poisoned, l.n from lead l
  where l.workspace = $1::text and l.n > $2::bigint order by l.n limit $3::bigint;

-- name: read_journal
-- Each week's primary key.
select j.seq, j.decided_at, j.revision, j.rules, j.epoch, j.kind, j.stimulus_key, j.body, j.chain
  from journal j where j.lead = (select n from lead where id = $1::text) and j.seq > $2::bigint
  order by j.seq limit $3::bigint;

-- name: read_pending
-- The instant finds the week.
select p.inbox, p.workspace, l.id, i.body, p.received_at, p.attempts
  from (select * from inbox_pending where inbox > $1::bigint order by inbox limit $2::bigint) p
    join inbox i on i.n = p.inbox and i.received_at = p.received_at join lead l on l.n = p.lead
  order by p.inbox;

-- name: read_pending_of
-- index inbox_pending_lead.
select p.inbox, p.workspace, l.id, i.body, p.received_at, p.attempts
  from lead l join inbox_pending p on p.lead = l.n join inbox i on i.n = p.inbox and i.received_at = p.received_at
  where l.id = $1::text order by p.inbox;

-- name: read_timers
-- index timer_due. Of an unknown lead every timer of that instant comes again: better twice than never.
select l.workspace, l.id, l.version, t.due
  from (select * from timer where due < $1::bigint
          and (due, lead) > ($2::bigint, coalesce((select n from lead where id = $3::text), 0))
          order by due, lead limit $4::bigint) t
    join lead l on l.n = t.lead order by t.due, t.lead;

-- name: read_effect
select e.id, e.workspace, l.id, e.key, e.campaign, e.account, e.kind, e.request, e.state, e.attempt,
    e.not_after, e.planned_at, e.claimed_at, e.claim_epoch, e.detail, e.provider_id from effect e join lead l on l.n = e.lead where e.id = $1::text
union all
select e.id, e.workspace, l.id, e.key, e.campaign, e.account, e.kind, e.request, e.state, e.attempt,
    e.not_after, e.planned_at, e.claimed_at, e.claim_epoch, e.detail, e.provider_id from effect_done e join lead l on l.n = e.lead where e.id = $1::text;

-- name: read_effects_of
-- indexes effect_lead and effect_done_lead.
select e.id, e.workspace, l.id, e.key, e.campaign, e.account, e.kind, e.request, e.state, e.attempt,
    e.not_after, e.planned_at, e.claimed_at, e.claim_epoch, e.detail, e.provider_id from lead l join effect e on e.lead = l.n where l.id = $1::text
union all
select e.id, e.workspace, l.id, e.key, e.campaign, e.account, e.kind, e.request, e.state, e.attempt,
    e.not_after, e.planned_at, e.claimed_at, e.claim_epoch, e.detail, e.provider_id from lead l join effect_done e on e.lead = l.n where l.id = $1::text
order by 12, 1;

-- name: read_open_effects
-- index effect_open.
select e.id, e.workspace, l.id, e.key, e.campaign, e.account, e.kind, e.request, e.state, e.attempt,
    e.not_after, e.planned_at, e.claimed_at, e.claim_epoch, e.detail, e.provider_id from effect e join lead l on l.n = e.lead
  where e.state = $1::bigint and e.state <= 2 order by e.n limit $2::bigint;

-- name: read_open_effects_of_account
-- index effect_account.
select e.id, e.workspace, l.id, e.key, e.campaign, e.account, e.kind, e.request, e.state, e.attempt,
    e.not_after, e.planned_at, e.claimed_at, e.claim_epoch, e.detail, e.provider_id from effect e join lead l on l.n = e.lead
  where e.account = $3::text and e.state = $1::bigint and e.state <= 2 order by e.n limit $2::bigint;

-- name: read_ended_effects
-- No index: failed and stale ones are listed for an operator only.
select e.id, e.workspace, l.id, e.key, e.campaign, e.account, e.kind, e.request, e.state, e.attempt,
    e.not_after, e.planned_at, e.claimed_at, e.claim_epoch, e.detail, e.provider_id
  from (select * from effect where state = $1::bigint union all select * from effect_done where state = $1::bigint) e
    join lead l on l.n = e.lead
  where $3::text is null or e.account = $3::text order by e.planned_at, e.id limit $2::bigint;

-- name: read_effect_by_provider
select e.id, e.workspace, l.id, e.key, e.campaign, e.account, e.kind, e.request, e.state, e.attempt,
    e.not_after, e.planned_at, e.claimed_at, e.claim_epoch, e.detail, e.provider_id from effect e join lead l on l.n = e.lead
  where e.workspace = $1::text and e.provider_id = $2::text and e.provider_id <> ''
union all
select e.id, e.workspace, l.id, e.key, e.campaign, e.account, e.kind, e.request, e.state, e.attempt,
    e.not_after, e.planned_at, e.claimed_at, e.claim_epoch, e.detail, e.provider_id from effect_done e join lead l on l.n = e.lead
  where e.workspace = $1::text and e.provider_id = $2::text and e.provider_id <> ''
limit 1;

-- name: read_runs
-- index run_workspace.
select r.workspace, l.id, r.campaign, r.status, r.reason, r.cursor, r.next_at, r.landing_page,
    r.waiting_at, r.started_at, r.n
  from run r join lead l on l.n = r.lead
  where r.workspace = $1::text and r.n > $2::bigint and ($3::text = '' or r.campaign = $3::text)
  order by r.n limit $4::bigint;

-- name: read_runs_by_status
-- index run_queue, whose rows of one status are in order of n.
select r.workspace, l.id, r.campaign, r.status, r.reason, r.cursor, r.next_at, r.landing_page,
    r.waiting_at, r.started_at, r.n
  from run r join lead l on l.n = r.lead
  where r.workspace = $1::text and r.n > $2::bigint and r.status = $3::bigint and ($4::text = '' or r.campaign = $4::text)
  order by r.n limit $5::bigint;

-- name: read_runs_of_lead
-- Index of (lead, campaign); a lead has few runs. They are taken before they are put in order: an order by number would
-- rather walk the whole workspace.
with r as materialized (select * from run where lead = (select n from lead where id = $5::text))
select r.workspace, $5::text, r.campaign, r.status, r.reason, r.cursor, r.next_at, r.landing_page,
    r.waiting_at, r.started_at, r.n
  from r
  where r.workspace = $1::text and r.n > $2::bigint
    and ($3::bigint is null or r.status = $3::bigint) and ($4::text = '' or r.campaign = $4::text)
  order by r.n limit $6::bigint;

-- name: read_run_counts
select status, count(*) from run where workspace = $1::text and ($2::text = '' or campaign = $2::text) group by status;

-- name: read_history
select campaign, step, step_name, channel, outcome, detail, at from history
  where lead = (select n from lead where id = $1::text) and ($2::text = '' or campaign = $2::text) order by n;

-- name: read_actions
select a.workspace, l.id, a.type, a.campaign, a.decision_id, a.score, a.threshold, a.at, a.n
  from audience_action a join lead l on l.n = a.lead
  where a.workspace = $1::text and a.n > $2::bigint and ($3::text = '' or l.id = $3::text)
    and ($4::text = '' or a.campaign = $4::text)
  order by a.n limit $5::bigint;

-- name: read_restraints
-- Two sources, each read backwards by its index (audience_action_at, history_held) and no further than the page.
select lead, campaign, what, reason, step_name, channel, decision_id, score, threshold, at, source, n from (
  (select l.id as lead, a.campaign as campaign, a.type as what, '' as reason, '' as step_name, null::smallint as channel,
      a.decision_id as decision_id, a.score as score, a.threshold as threshold, a.at as at, 0 as source, a.n as n
    from audience_action a join lead l on l.n = a.lead
    where a.workspace = $1::text and ($2::text = '' or a.campaign = $2::text)
      and a.at <= $3::bigint and (a.at, 0, a.n) < ($3::bigint, $4::bigint, $5::bigint) and $7::bigint in (0, 1)
    order by a.at desc, a.n desc limit $6::bigint)
  union all
  (select l.id, h.campaign, case h.outcome when 1 then 'skipped' else 'blocked' end, h.detail, h.step_name, h.channel,
      '', 0, 0, h.at, 1, h.n
    from history h join lead l on l.n = h.lead
    where h.workspace = $1::text and ($2::text = '' or h.campaign = $2::text) and h.outcome in (1, 2)
      and h.at <= $3::bigint and (h.at, 1, h.n) < ($3::bigint, $4::bigint, $5::bigint) and ($7::bigint = 0 or $7::bigint = h.outcome + 1)
    order by h.at desc, h.n desc limit $6::bigint)) as both_sources
  order by at desc, source desc, n desc limit $6::bigint;

-- name: read_messages
-- The newest ones, oldest first.
select inbound, channel, effect, provider_id, sealed, at from (
    select n, inbound, channel, effect, provider_id, sealed, at from message
      where lead = (select n from lead where id = $1::text) order by n desc limit $2::bigint) newest order by n;

-- name: read_report
select what, reason, count(*) from report
  where workspace = $1::text and ($2::text = '' or campaign = $2::text) and at >= $3::bigint and at < $4::bigint
  group by what, reason order by 1, 2;

-- name: read_dead
-- Of a stimulus its body, for what kind it is; of an effect its kind.
select d.n, coalesce(d.inbox, 0), coalesce(d.effect, ''), d.workspace, l.id, d.error, d.attempts, d.died_at,
    d.received_at, i.body, coalesce(e.kind, '')
  from dead_letter d join lead l on l.n = d.lead
    left join inbox i on i.n = d.inbox and i.received_at = d.received_at left join effect e on e.id = d.effect
  where d.n > $1::bigint and ($2::text is null or d.workspace = $2::text) order by d.n limit $3::bigint;

-- name: read_sandbox
select n, workspace, lead, effect, channel, sender, recipient, subject, body, message_id, in_reply_to, at from sandbox
  where n > $1::bigint and workspace = $2::text and ($3::text = '' or lead = $3::text) order by n limit $4::bigint;

-- name: read_workspaces
select workspace from workspace order by workspace;

-- name: read_policy_last
select revision, body from policy_revision where workspace = $1::text order by revision desc limit 1;

-- name: read_policy
select body from policy_revision where workspace = $1::text and revision = $2::bigint;

-- name: read_api_keys
select hash, workspace, role, name, created_at, revoked from api_key order by created_at, hash;

-- name: read_kill_switches
select workspace, scope, name, engaged, by_whom, at from kill_switch order by scope, workspace, name;

-- name: read_audit
-- The newest first.
select workspace, by_whom, what, detail, at from audit where workspace = $1::text order by n desc limit $2::bigint;

-- name: read_meta
select value from meta where name = $1::text;

-- name: read_answer
select request_hash, answer from idempotency where workspace = $1::text and key = $2::text;

-- name: read_counts
select (select count(*) from lead), (select count(*) from inbox_pending), (select count(*) from dead_letter),
    (select count(*) from timer), (select count(*) from effect where state = 0),
    (select count(*) from effect where state = 1), (select count(*) from effect where state = 2);
