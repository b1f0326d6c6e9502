-- name: effect_key_find
select effect from effect_key where workspace = ?1 and kind = ?2 and key = ?3;

-- name: effect_key_insert
insert into effect_key (workspace, kind, key, effect) values (?1, ?2, ?3, ?4);

-- name: effect_exists
select 1 from effect where id = ?1 union all select 1 from effect_done where id = ?1;

-- name: effect_open
-- index effect.id; one row.
select n, workspace, lead, kind, campaign, account, state, attempt, calls, reopened, not_after, planned_at, request,
    counted_day
  from effect where id = ?1;

-- name: effect_insert
insert into effect (id, workspace, lead, kind, key, campaign, account, state, not_after, planned_at, dry_run, request)
  values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12);

-- name: effect_plan_again
-- The same effect with a new rendering.
update effect set state = 0, calls = 0, reopened = reopened + 1, campaign = ?2, account = ?3, not_after = ?4,
    planned_at = ?5, request = ?6, detail = '', provider_id = '', counted_day = null where id = ?1;

-- name: effect_resend
-- The same effect with the same bytes and the same length of life, from now on.
update effect set state = 0, calls = 0, reopened = reopened + 1, detail = '', counted_day = null,
    not_after = iif(not_after = 0, 0, not_after - planned_at + ?2), planned_at = ?2 where id = ?1;

-- name: effect_claim
-- A repeat was counted with its first call.
update effect set state = 1, attempt = attempt + 1, calls = calls + 1, claimed_at = ?2, claim_epoch = ?3,
    counted_day = coalesce(?4, counted_day) where n = ?1;

-- name: effect_give_back
-- A repeat that was not called leaves in doubt what it was to repeat.
update effect set state = iif(calls > 1, 2, 0), calls = calls - 1 where n = ?1;

-- name: effect_expire
-- A claim of it that comes back uncalled is stale.
update effect set not_after = ?2 where n = ?1;

-- name: effect_settle
update effect set state = ?2, detail = ?3, provider_id = iif(?4 = '', provider_id, ?4) where n = ?1;

-- name: effect_archive
insert into effect_done select * from effect where n = ?1;

-- name: effect_delete
delete from effect where n = ?1;

-- name: attempt_insert
insert into effect_attempt (effect, attempt, who, epoch, at, outcome, evidence) values (?1, ?2, ?3, ?4, ?5, ?6, ?7);

-- name: effects_orphaned
-- index effect_state; every call that was on the wire when its node died.
select id, attempt, claimed_at from effect where state = 1 and claim_epoch < ?1 order by n;

-- name: switch_engaged
select engaged from kill_switch where scope = ?1 and workspace = ?2 and name = ?3;

-- name: dead_effect_delete
delete from dead_letter where effect = ?1;
