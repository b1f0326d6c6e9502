-- What a copy takes of each table, as every store can take it: what SQLite derives from elsewhere is named here. Whole
-- tables in the order of their keys; the journal in the order of its leads, as `copy_consumed` is.

-- name: copy_workspace
select id as workspace, created_at from workspace
-- name: copy_policy_revision
select workspace, revision, body from policy_revision
-- name: copy_api_key
select hash, workspace, role, name, created_at, revoked from api_key
-- name: copy_kill_switch
select scope, workspace, name, engaged, by_whom, at from kill_switch
-- name: copy_account_config
select workspace, account, sealed, at from account_config
-- name: copy_audit
select n, workspace, by_whom, what, detail, at from audit
-- name: copy_idempotency
select workspace, key, request_hash, answer, at from idempotency
-- name: copy_lead
select n, id, workspace, version, epoch, suppressed, handed_off, poisoned, secret, chain, snapshot from lead
-- name: copy_lead_key
select workspace, kind, name, value, lead from lead_key
-- name: copy_inbox
select n, workspace, lead, received_at, body from inbox
-- name: copy_inbox_key
select workspace, key, lead, inbox, seq, row_number() over (partition by workspace, key order by lead) - 1 as ordinal
  from inbox_key
-- name: copy_inbox_pending
select p.inbox, p.lead, p.attempts, i.received_at, i.workspace from inbox_pending p join inbox i on i.n = p.inbox
-- name: copy_dead_letter
select n, inbox, effect, workspace, lead, error, attempts, died_at, received_at from dead_letter
-- name: copy_journal
select j.lead, j.seq, j.decided_at, j.revision, j.rules, j.epoch, l.workspace, j.kind, j.stimulus_key, j.body, j.chain
  from lead l join journal j on j.lead = l.n order by j.lead, j.seq
-- name: copy_consumed
select lead, seq, inbox from inbox_decided order by lead, seq
-- name: copy_timer
select t.lead, t.due, t.generation, l.workspace from timer t join lead l on l.n = t.lead
-- name: copy_effect
select n, id, workspace, lead, kind, key, campaign, account, state, attempt, calls, reopened, not_after, planned_at,
    claimed_at, claim_epoch, dry_run, detail, provider_id, request, counted_day from effect
-- name: copy_effect_done
select n, id, workspace, lead, kind, key, campaign, account, state, attempt, calls, reopened, not_after, planned_at,
    claimed_at, claim_epoch, dry_run, detail, provider_id, request, counted_day from effect_done
-- name: copy_effect_key
select workspace, kind, key, effect from effect_key
-- name: copy_effect_attempt
select a.n, a.effect, a.attempt, a.who, a.epoch, a.at, a.outcome, a.evidence, coalesce(
    (select workspace from effect where id = a.effect), (select workspace from effect_done where id = a.effect)) as workspace
  from effect_attempt a
-- name: copy_send_usage
select workspace, account, day, used, last_at, paced_at from send_usage
-- name: copy_suppression
select workspace, hash, scope, lead, reason, at, source from suppression
-- name: copy_run
select n, workspace, lead, campaign, status, reason, cursor, next_at, landing_page, waiting_at, started_at from run
-- name: copy_history
select h.n, h.lead, h.campaign, h.step, h.step_name, h.channel, h.outcome, h.detail, h.at, l.workspace
  from history h join lead l on l.n = h.lead
-- name: copy_audience_action
select n, workspace, lead, campaign, type, decision_id, score, threshold, at from audience_action
-- name: copy_message
select m.n, m.lead, m.inbound, m.channel, m.effect, m.provider_id, m.sealed, m.at, l.workspace
  from message m join lead l on l.n = m.lead
-- name: copy_report
select n, workspace, campaign, what, reason, at from report
-- name: copy_handoff
select n, lead, episode, workspace, reason, by_whom, since, acknowledged_by, acknowledged_at, ended_at, ended_by
  from handoff
-- name: copy_draft
select n, lead, id, workspace, status, made_at from draft
-- name: copy_campaign_result
select n, workspace, campaign, effect, lead, at, hard_bounced, complained, account, domain, handed_over, delivered_at
  from campaign_result
-- name: copy_notification
select n, workspace, lead, key, what, reason, recipient, seq, created_at, attempts, next_at, error from notification
-- name: copy_alert
select n, workspace, what, subject, detail, at from alert
-- name: copy_ignored
select n, workspace, provider, type, reason, at from ignored
-- name: copy_sandbox
select n, workspace, lead, effect, channel, sender, recipient, subject, body, message_id, in_reply_to, at from sandbox

-- name: copy_decisions
-- Rows are appended, so the first and the last tell.
select (select decided_at from journal order by n limit 1), (select decided_at from journal order by n desc limit 1);
