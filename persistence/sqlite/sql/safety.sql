-- What keeps sending safe: the suppression list, accounts' limits, what people are told.

-- name: suppression_listed
-- Prefix of the primary key; a row per lead and scope that lists the address.
select scope, lead from suppression where workspace = ?1 and hash = ?2;

-- name: suppression_add
-- An entry that is there stays as it is.
insert or ignore into suppression (workspace, hash, scope, lead, reason, source, at)
  values (?1, ?2, ?3, ?4, ?5, ?6, ?7);

-- name: suppression_lift_listed
delete from suppression where workspace = ?1 and hash = ?2 and lead = 0;

-- name: notice_state
-- One row when the notice was ever given: is it still to be decided?
select exists (select 1 from inbox_pending p where p.inbox = k.inbox)
  from inbox_key k where k.workspace = ?1 and k.key = ?2;

-- name: usage_find
select day, used, last_at, paced_at from send_usage where workspace = ?1 and account = ?2;

-- name: usage_put
insert or replace into send_usage (workspace, account, day, used, last_at, paced_at)
  values (?1, ?2, ?3, ?4, ?5, ?6);

-- name: usage_return
-- A unit of a day that is over is of no use to anybody.
update send_usage set used = used - 1 where workspace = ?1 and account = ?2 and day = ?3 and used > 0;

-- name: effect_uncount
update effect set counted_day = null where n = ?1;

-- name: notification_insert
insert or ignore into notification (workspace, lead, key, what, reason, recipient, seq, created_at, next_at)
  values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8);

-- name: notification_settle
update notification set attempts = attempts + 1, next_at = ?2, error = ?3 where n = ?1;

-- name: alert_insert
insert into alert (workspace, what, subject, detail, at) values (?1, ?2, ?3, ?4, ?5);

-- name: handoff_upsert
insert into handoff (lead, episode, workspace, reason, by_whom, since, acknowledged_by, acknowledged_at, ended_at,
                     ended_by)
  values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
  on conflict (lead, episode) do update set reason = excluded.reason, by_whom = excluded.by_whom,
    since = excluded.since, acknowledged_by = excluded.acknowledged_by, acknowledged_at = excluded.acknowledged_at,
    ended_at = excluded.ended_at, ended_by = excluded.ended_by;

-- name: draft_upsert
insert into draft (lead, id, workspace, status, made_at) values (?1, ?2, ?3, ?4, ?5)
  on conflict (id) do update set status = excluded.status;

-- name: result_sent
insert or ignore into campaign_result (workspace, campaign, effect, lead, at, account, domain, handed_over)
  values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8);

-- name: result_hard_bounced
update campaign_result set hard_bounced = 1 where effect = ?1 and workspace = ?2;

-- name: result_complained
update campaign_result set complained = 1 where effect = ?1 and workspace = ?2;

-- name: result_delivered
-- The first receipt counts.
update campaign_result set delivered_at = min(coalesce(delivered_at, ?3), ?3) where effect = ?1 and workspace = ?2;

-- name: ignored_insert
insert into ignored (workspace, provider, type, reason, at) values (?1, ?2, ?3, ?4, ?5);

-- name: ignored_trim
-- Index ignored_workspace, whose rows of one workspace are in order of n.
delete from ignored where workspace = ?1
  and n <= (select n from ignored where workspace = ?1 order by n desc limit 1 offset ?2);

-- name: account_config_put
insert or replace into account_config (workspace, account, sealed, at) values (?1, ?2, ?3, ?4);
