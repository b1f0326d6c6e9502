-- name: pending_lead
select lead from inbox_pending where inbox = ?1;

-- name: pending_delete
delete from inbox_pending where inbox = ?1;

-- name: inbox_delete
-- The journal row holds the whole stimulus from here on.
delete from inbox where n = ?1;

-- name: decided_insert
insert into inbox_decided (inbox, lead, seq) values (?1, ?2, ?3);

-- name: journal_insert
insert into journal (lead, seq, decided_at, revision, rules, epoch, kind, stimulus_key, body, chain)
  values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10);

-- name: lead_swap
update lead set version = ?2, epoch = ?3, snapshot = ?4, chain = ?5 where n = ?1;

-- name: timer_set
insert into timer (lead, due, generation) values (?1, ?2, ?3)
  on conflict (lead) do update set due = excluded.due, generation = excluded.generation;

-- name: timer_delete
delete from timer where lead = ?1;

-- name: lead_suppress
update lead set suppressed = ?2 where n = ?1;

-- name: lead_hand_off
update lead set handed_off = ?2 where n = ?1;

-- name: lead_poison
update lead set poisoned = ?2 where n = ?1;

-- name: keys_of
-- index lead_key_lead; at most limits::keys rows.
select kind, name, value from lead_key where lead = ?1;

-- name: suppression_insert
insert or replace into suppression (workspace, hash, scope, lead, reason, at) values (?1, ?2, ?3, ?4, ?5, ?6);

-- name: suppression_lift_person
delete from suppression where lead = ?1 and scope = 'person';

-- name: suppression_lift_address
delete from suppression where workspace = ?1 and hash = ?2 and scope = 'address';

-- name: suppression_find
select 1 from suppression where workspace = ?1 and hash = ?2 limit 1;

-- name: run_upsert
insert into run (workspace, lead, campaign, status, reason, cursor, next_at, landing_page, waiting_at,
                 started_at)
  values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
  on conflict (lead, campaign) do update set status = excluded.status, reason = excluded.reason,
    cursor = excluded.cursor, next_at = excluded.next_at,
    landing_page = excluded.landing_page, waiting_at = excluded.waiting_at, started_at = excluded.started_at;

-- name: history_insert
insert into history (lead, campaign, step, step_name, channel, outcome, detail, at)
  values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8);

-- name: action_insert
insert into audience_action (workspace, lead, campaign, type, decision_id, score, threshold, at)
  values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8);

-- name: message_insert
insert into message (lead, inbound, channel, effect, provider_id, sealed, at) values (?1, ?2, ?3, ?4, ?5, ?6, ?7);

-- name: report_insert
insert into report (workspace, campaign, what, reason, at) values (?1, ?2, ?3, ?4, ?5);

-- name: sandbox_insert
insert or ignore into sandbox (workspace, lead, effect, channel, sender, recipient, subject, body, message_id,
                               in_reply_to, at)
  values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11);
