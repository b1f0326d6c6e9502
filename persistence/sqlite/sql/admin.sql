-- name: epoch_last
select coalesce(max(epoch), 0) from node;

-- name: node_insert
insert into node (epoch, id, pid, started_at) values (?1, ?2, ?3, ?4);

-- name: attempt_count
update inbox_pending set attempts = attempts + 1 where inbox = ?1;

-- name: pending_bury
insert into dead_letter (inbox, workspace, lead, error, attempts, died_at, received_at)
  select p.inbox, i.workspace, p.lead, ?2, p.attempts, ?3, i.received_at
    from inbox_pending p join inbox i on i.n = p.inbox where p.inbox = ?1 returning lead;

-- name: dead_lead
select lead from dead_letter where inbox = ?1;

-- name: dead_delete
delete from dead_letter where inbox = ?1;

-- name: effect_bury
insert or replace into dead_letter (effect, workspace, lead, error, attempts, died_at, received_at)
  values (?1, ?2, ?3, ?4, ?5, ?6, ?7);

-- name: workspace_insert
insert or ignore into workspace (id, created_at) values (?1, ?2);

-- name: workspace_exists
select 1 from workspace where id = ?1;

-- name: switch_create
insert or ignore into kill_switch (scope, workspace, name, engaged, by_whom, at) values (?1, ?2, ?3, ?4, ?5, ?6);

-- name: switch_put
insert or replace into kill_switch (scope, workspace, name, engaged, by_whom, at) values (?1, ?2, ?3, ?4, ?5, ?6);

-- name: policy_last
select coalesce(max(revision), 0) from policy_revision where workspace = ?1;

-- name: policy_insert
insert into policy_revision (workspace, revision, body) values (?1, ?2, ?3);

-- name: audit_insert
insert into audit (workspace, by_whom, what, detail, at) values (?1, ?2, ?3, ?4, ?5);

-- name: api_key_put
insert or replace into api_key (hash, workspace, role, name, created_at, revoked) values (?1, ?2, ?3, ?4, ?5, ?6);

-- name: meta_put
insert or replace into meta (name, value) values (?1, ?2);

-- name: meta_add
insert into meta (name, value) values (?1, ?2) on conflict (name) do nothing returning 1;

-- name: meta_swap
update meta set value = ?3 where name = ?1 and value = ?2 returning 1;

-- name: answer_put
-- The first answer stays: a repeated request must see what the first one saw.
insert or ignore into idempotency (workspace, key, request_hash, answer, at) values (?1, ?2, ?3, ?4, ?5);
