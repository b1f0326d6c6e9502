-- Ownership, and the changes that come in no batch.

-- name: hold_take
-- Waits a second for a process that has just died; the server frees the lock with the connection.
select pg_advisory_lock(1212499268, 1);

-- name: lease_lock
-- Waits for the share locks of transactions that are still under way, also those whose end nobody knows.
select from shard_lease order by shard for update;

-- name: epoch_next
select greatest((select max(epoch) from shard_lease), (select coalesce(max(epoch), 0) from node)) + 1;

-- name: lease_take
update shard_lease set owner = $1::text, epoch = $2::bigint, granted_at = clock_timestamp();

-- name: node_insert
insert into node (epoch, id, pid) values ($1::bigint, $2::text, $3::bigint);

-- name: weeks_prepare
select prepare_weeks($1::bigint, 4);

-- name: weeks_detach
select detach_weeks($1::bigint);

-- name: attempt_count
update inbox_pending set attempts = attempts + 1 where inbox = any($1::bigint[]);

-- name: pending_whose
select lead from inbox_pending where inbox = $1::bigint;

-- name: lead_lock
select n from lead where n = $1::bigint for no key update;

-- name: pending_bury
with dead as (delete from inbox_pending where inbox = $1::bigint returning *)
insert into dead_letter (inbox, workspace, lead, error, attempts, died_at, received_at)
  select inbox, workspace, lead, $2::text, attempts, $3::bigint, received_at from dead;

-- name: lead_poison
update lead set poisoned = true where n = $1::bigint;

-- name: dead_requeue
with back as (delete from dead_letter where inbox = $1::bigint returning *)
insert into inbox_pending (inbox, received_at, lead, workspace) select inbox, received_at, lead, workspace from back;

-- name: workspace_insert
insert into workspace (workspace, created_at) values ($1::text, $2::bigint) on conflict do nothing;

-- name: switch_create
insert into kill_switch (scope, workspace, name, engaged, by_whom, at)
  values ($1::bigint, $2::text, $3::text, $4::boolean, $5::text, $6::bigint) on conflict do nothing;

-- name: switch_put
insert into kill_switch (scope, workspace, name, engaged, by_whom, at)
  values ($1::bigint, $2::text, $3::text, $4::boolean, $5::text, $6::bigint)
  on conflict (scope, workspace, name) do update set engaged = excluded.engaged, by_whom = excluded.by_whom,
    at = excluded.at;

-- name: workspace_lock
-- Revisions of one workspace are put one after the other.
select 1 from workspace where workspace = $1::text for no key update;

-- name: policy_last
select coalesce(max(revision), 0) from policy_revision where workspace = $1::text;

-- name: policy_insert
insert into policy_revision (workspace, revision, body) values ($1::text, $2::bigint, $3::bytea);

-- name: audit_insert
insert into audit (workspace, by_whom, what, detail, at) values ($1::text, $2::text, $3::text, $4::text, $5::bigint);

-- name: api_key_put
insert into api_key (hash, workspace, role, name, created_at, revoked)
  values ($1::text, $2::text, $3::bigint, $4::text, $5::bigint, $6::boolean)
  on conflict (hash) do update set workspace = excluded.workspace, role = excluded.role, name = excluded.name,
    created_at = excluded.created_at, revoked = excluded.revoked;

-- name: meta_put
insert into meta (name, value) values ($1::text, $2::bytea) on conflict (name) do update set value = excluded.value;

-- name: meta_add
insert into meta (name, value) values ($1::text, $2::bytea) on conflict (name) do nothing returning 1;

-- name: meta_swap
update meta set value = $3::bytea where name = $1::text and value = $2::bytea returning 1;

-- name: answer_put
-- The first answer stays: a repeated request must see what the first one saw.
insert into idempotency (workspace, key, request_hash, answer, at)
  values ($1::text, $2::text, $3::bytea, $4::bytea, $5::bigint) on conflict do nothing;

-- name: suppression_add
-- An entry that is there stays as it is.
insert into suppression (workspace, hash, scope, lead, reason, source, at)
  select * from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::bigint[])
  on conflict do nothing;

-- name: suppression_lift_listed
delete from suppression where workspace = $1::text and hash = $2::text and lead = 0;

-- name: account_config_put
insert into account_config (workspace, account, sealed, at) values ($1::text, $2::text, $3::bytea, $4::bigint)
  on conflict (workspace, account) do update set sealed = excluded.sealed, at = excluded.at;

-- name: ignored_insert
insert into ignored (workspace, provider, type, reason, at)
  select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[]);

-- name: ignored_trim
-- Index ignored_workspace.
delete from ignored where workspace = $1::text
  and n <= (select n from ignored where workspace = $1::text order by n desc limit 1 offset $2::bigint);

-- name: alert_insert
insert into alert (workspace, what, subject, detail, at) values ($1::text, $2::text, $3::text, $4::text, $5::bigint);

-- name: notification_settle
update notification set attempts = attempts + 1, next_at = $2::bigint, error = $3::text where n = $1::bigint;
