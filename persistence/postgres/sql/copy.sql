-- What a copy takes of each table, as every store can take it. Whole tables; a node may be at work on them.

-- name: copy_workspace
select workspace, created_at from workspace
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
select workspace, key, lead, inbox, seq, ordinal from inbox_key
-- name: copy_inbox_pending
select inbox, lead, attempts, received_at, workspace from inbox_pending
-- name: copy_dead_letter
select n, inbox, effect, workspace, lead, error, attempts, died_at, received_at from dead_letter
-- name: copy_journal
select lead, seq, decided_at, revision, rules, epoch, workspace, kind, stimulus_key, consumed, body, chain from journal
-- name: copy_timer
-- The decision that asked for it is the lead's latest.
select t.lead, t.due, l.version as generation, t.workspace from timer t join lead l on l.n = t.lead
-- name: copy_effect
select n, id, workspace, lead, kind, key, campaign, account, state, attempt, calls, reopened, not_after, planned_at,
    claimed_at, claim_epoch, dry_run, detail, provider_id, request, counted_day from effect
-- name: copy_effect_done
select n, id, workspace, lead, kind, key, campaign, account, state, attempt, calls, reopened, not_after, planned_at,
    claimed_at, claim_epoch, dry_run, detail, provider_id, request, counted_day from effect_done
-- name: copy_effect_key
select workspace, kind, key, effect from effect_key
-- name: copy_effect_attempt
select n, effect, attempt, who, epoch, at, outcome, evidence, workspace from effect_attempt
-- name: copy_send_usage
select workspace, account, day, used, last_at, paced_at from send_usage
-- name: copy_suppression
select workspace, hash, scope, lead, reason, at, source from suppression
-- name: copy_run
select n, workspace, lead, campaign, status, reason, cursor, next_at, landing_page, waiting_at, started_at from run
-- name: copy_history
select n, lead, campaign, step, step_name, channel, outcome, detail, at, workspace from history
-- name: copy_audience_action
select n, workspace, lead, campaign, type, decision_id, score, threshold, at from audience_action
-- name: copy_message
select n, lead, inbound, channel, effect, provider_id, sealed, at, workspace from message
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
select min(decided_at), max(decided_at) from journal
-- name: copy_epoch
select greatest((select max(epoch) from shard_lease), (select coalesce(max(epoch), 0) from node))
-- name: copy_in_use
-- The lock of `hold_take`.
select exists (select from pg_locks where locktype = 'advisory' and classid = 1212499268 and objid = 1 and granted
  and database = (select oid from pg_database where datname = current_database()))
-- name: copy_owner
-- Who may lift row-level security for the time of a copy.
select bool_and(pg_has_role(c.relowner, 'usage')), min(pg_get_userbyid(c.relowner)::text)
  from pg_class c where c.relnamespace = 'heed'::regnamespace and c.relkind in ('r', 'p')
-- name: copy_last_number
-- Leads and inbox rows share a sequence.
select greatest(coalesce(pg_sequence_last_value('number'), 0), (select coalesce(max(n), 0) from lead))
-- name: copy_last_effect
select greatest((select coalesce(max(n), 0) from effect), (select coalesce(max(n), 0) from effect_done),
  coalesce(pg_sequence_last_value(pg_get_serial_sequence('heed.effect', 'n')::regclass), 0))
-- name: copy_settings
-- Indexes are made in memory, and their pages are logged as they are: squeezing them takes a third of the time, but is a
-- superuser's to forgo.
set local maintenance_work_mem = '256MB';
do $$ begin
  set local wal_compression = off;
exception
  when insufficient_privilege then null;
end $$
