-- Readers see one snapshot a call; every list is bounded by its caller's limit.

-- name: read_lead
select workspace, id, version, snapshot, secret, chain, poisoned,
    coalesce((select j.rules from journal j where j.lead = lead.n and j.seq = lead.version), 0) from lead where id = ?1;

-- name: read_lead_by_number
select workspace, id, version, snapshot, secret, chain, poisoned from lead where n = ?1;

-- name: read_all_leads
select workspace, id, version, snapshot, secret, chain, poisoned, n from lead
  where n > ?1 and (?2 is null or workspace = ?2) order by n limit ?3;

-- name: read_journal
-- index journal_lead.
select j.seq, j.decided_at, j.revision, j.rules, j.epoch, j.kind, j.stimulus_key, j.body, j.chain
  from lead l join journal j on j.lead = l.n where l.id = ?1 and j.seq > ?2 order by j.seq limit ?3;

-- name: read_pending
select p.inbox, i.workspace, l.id, i.body, i.received_at, p.attempts
  from inbox_pending p join inbox i on i.n = p.inbox join lead l on l.n = p.lead
  where p.inbox > ?1 order by p.inbox limit ?2;

-- name: read_pending_of
-- index inbox_pending_lead.
select p.inbox, i.workspace, l.id, i.body, i.received_at, p.attempts
  from lead l join inbox_pending p on p.lead = l.n join inbox i on i.n = p.inbox where l.id = ?1 order by p.inbox;

-- name: read_timers
-- index timer_due, whose entries end in the lead's number.
select l.workspace, l.id, t.generation, t.due from timer t join lead l on l.n = t.lead
  where t.due < ?1 and (t.due, t.lead) > (?2, ?3) order by t.due, t.lead limit ?4;

-- name: read_effect
select id, workspace, (select id from lead where n = lead), key, campaign, account, kind, request, state, attempt,
    not_after, planned_at, claimed_at, claim_epoch, detail, provider_id from effect where id = ?1
union all
select id, workspace, (select id from lead where n = lead), key, campaign, account, kind, request, state, attempt,
    not_after, planned_at, claimed_at, claim_epoch, detail, provider_id from effect_done where id = ?1;

-- name: read_effects_of
-- indexes effect_lead and effect_done_lead.
select id, workspace, ?1, key, campaign, account, kind, request, state, attempt,
    not_after, planned_at, claimed_at, claim_epoch, detail, provider_id
  from effect where lead = (select n from lead where id = ?1)
union all
select id, workspace, ?1, key, campaign, account, kind, request, state, attempt,
    not_after, planned_at, claimed_at, claim_epoch, detail, provider_id
  from effect_done where lead = (select n from lead where id = ?1)
order by 12, 1;

-- name: read_open_effects
-- index effect_state.
select id, workspace, (select id from lead where n = lead), key, campaign, account, kind, request, state, attempt,
    not_after, planned_at, claimed_at, claim_epoch, detail, provider_id
  from effect where state = ?1 and state <= 2 order by n limit ?2;

-- name: read_open_effects_of_account
-- index effect_account.
select id, workspace, (select id from lead where n = lead), key, campaign, account, kind, request, state, attempt,
    not_after, planned_at, claimed_at, claim_epoch, detail, provider_id
  from effect where account = ?3 and state = ?1 and state <= 2 order by n limit ?2;

-- name: read_ended_effects
-- No index: failed and stale ones are listed for an operator only.
select id, workspace, (select id from lead where n = lead), key, campaign, account, kind, request, state, attempt,
    not_after, planned_at, claimed_at, claim_epoch, detail, provider_id
  from (select * from effect where state = ?1 union all select * from effect_done where state = ?1)
  where (?3 is null or account = ?3) order by planned_at, id limit ?2;

-- name: read_effect_by_provider
select id, workspace, (select id from lead where n = lead), key, campaign, account, kind, request, state, attempt,
    not_after, planned_at, claimed_at, claim_epoch, detail, provider_id
  from effect where workspace = ?1 and provider_id = ?2 and provider_id <> ''
union all
select id, workspace, (select id from lead where n = lead), key, campaign, account, kind, request, state, attempt,
    not_after, planned_at, claimed_at, claim_epoch, detail, provider_id
  from effect_done where workspace = ?1 and provider_id = ?2 and provider_id <> ''
limit 1;

-- name: read_runs
select r.workspace, l.id, r.campaign, r.status, r.reason, r.cursor, r.next_at, r.landing_page,
    r.waiting_at, r.started_at, r.n
  from run r join lead l on l.n = r.lead
  where r.workspace = ?1 and r.n > ?2 and (?3 = '' or r.campaign = ?3)
  order by r.n limit ?4;

-- name: read_runs_by_status
-- Index run_queue, whose rows of one status are in order of n.
select r.workspace, l.id, r.campaign, r.status, r.reason, r.cursor, r.next_at, r.landing_page,
    r.waiting_at, r.started_at, r.n
  from run r join lead l on l.n = r.lead
  where r.workspace = ?1 and r.n > ?2 and r.status = ?3 and (?4 = '' or r.campaign = ?4)
  order by r.n limit ?5;

-- name: read_runs_of_lead
-- Index run_lead; a lead has few runs.
select r.workspace, l.id, r.campaign, r.status, r.reason, r.cursor, r.next_at, r.landing_page,
    r.waiting_at, r.started_at, r.n
  from run r join lead l on l.n = r.lead
  where r.lead = (select n from lead where id = ?5) and r.workspace = ?1 and r.n > ?2
    and (?3 is null or r.status = ?3) and (?4 = '' or r.campaign = ?4)
  order by r.n limit ?6;

-- name: read_run_counts
select status, count(*) from run where workspace = ?1 and (?2 = '' or campaign = ?2) group by status;

-- name: read_history
select campaign, step, step_name, channel, outcome, detail, at from history
  where lead = (select n from lead where id = ?1) and (?2 = '' or campaign = ?2) order by n;

-- name: read_actions
select a.workspace, l.id, a.type, a.campaign, a.decision_id, a.score, a.threshold, a.at, a.n
  from audience_action a join lead l on l.n = a.lead
  where a.workspace = ?1 and a.n > ?2 and (?3 = '' or l.id = ?3) and (?4 = '' or a.campaign = ?4)
  order by a.n limit ?5;

-- name: read_restraints
-- Two sources, each read backwards by its index (audience_action_at, history_held) and no further than the page.
select lead, campaign, what, reason, step_name, channel, decision_id, score, threshold, at, source, n from (
  select * from (
    select l.id as lead, a.campaign as campaign, a.type as what, '' as reason, '' as step_name, null as channel,
        a.decision_id as decision_id, a.score as score, a.threshold as threshold, a.at as at, 0 as source, a.n as n
      from audience_action a join lead l on l.n = a.lead
      where a.workspace = ?1 and (?2 = '' or a.campaign = ?2) and a.at <= ?3 and (a.at, 0, a.n) < (?3, ?4, ?5) and ?7 in (0, 1)
      order by a.at desc, a.n desc limit ?6)
  union all
  select * from (
    select l.id, h.campaign, case h.outcome when 1 then 'skipped' else 'blocked' end, h.detail, h.step_name, h.channel,
        '', 0, 0, h.at, 1, h.n
      from history h join lead l on l.n = h.lead
      where l.workspace = ?1 and (?2 = '' or h.campaign = ?2) and h.outcome in (1, 2)
        and h.at <= ?3 and (h.at, 1, h.n) < (?3, ?4, ?5) and (?7 = 0 or ?7 = h.outcome + 1)
      order by h.at desc, h.n desc limit ?6))
  order by at desc, source desc, n desc limit ?6;

-- name: read_messages
-- The newest ones, oldest first.
select inbound, channel, effect, provider_id, sealed, at from (
    select n, inbound, channel, effect, provider_id, sealed, at from message
      where lead = (select n from lead where id = ?1) order by n desc limit ?2) order by n;

-- name: read_report
select what, reason, count(*) from report
  where workspace = ?1 and (?2 = '' or campaign = ?2) and at >= ?3 and at < ?4 group by what, reason order by 1, 2;

-- name: read_dead
select d.n, coalesce(d.inbox, 0), coalesce(d.effect, ''), d.workspace, l.id, d.error, d.attempts, d.died_at,
    d.received_at, i.body, coalesce(e.kind, '')
  from dead_letter d join lead l on l.n = d.lead
    left join inbox i on i.n = d.inbox left join effect e on e.id = d.effect
  where d.n > ?1 and (?2 is null or d.workspace = ?2) order by d.n limit ?3;

-- name: read_sandbox
select n, workspace, lead, effect, channel, sender, recipient, subject, body, message_id, in_reply_to, at from sandbox
  where n > ?1 and workspace = ?2 and (?3 = '' or lead = ?3) order by n limit ?4;

-- name: read_workspaces
select id from workspace order by id;

-- name: read_policy_last
select revision, body from policy_revision where workspace = ?1 order by revision desc limit 1;

-- name: read_policy
select body from policy_revision where workspace = ?1 and revision = ?2;

-- name: read_api_keys
select hash, workspace, role, name, created_at, revoked from api_key order by created_at, hash;

-- name: read_kill_switches
select workspace, scope, name, engaged, by_whom, at from kill_switch order by scope, workspace, name;

-- name: read_audit
-- The newest first.
select workspace, by_whom, what, detail, at from audit where workspace = ?1 order by n desc limit ?2;

-- name: read_meta
select value from meta where name = ?1;

-- name: read_answer
select request_hash, answer from idempotency where workspace = ?1 and key = ?2;

-- name: read_counts
select (select count(*) from lead), (select count(*) from inbox_pending), (select count(*) from dead_letter),
    (select count(*) from timer), (select count(*) from effect where state = 0),
    (select count(*) from effect where state = 1), (select count(*) from effect where state = 2);
