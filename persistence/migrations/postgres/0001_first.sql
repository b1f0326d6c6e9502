-- Text ids outside, `lead.n` inside: what grows with traffic refers to a lead by that number. Instants are microseconds
-- since 1970 in UTC and come from the caller; only `node` and `shard_lease` follow the database's clock. Bodies,
-- snapshots, secrets and chains are opaque. Columns stand wide before narrow before variable, so that rows hold no
-- padding; texts compare by bytes, as in every store.

-- Who may do what. The role that migrates owns the objects and needs no rights at run time. `heed_engine` works for
-- all workspaces, `heed_api` for the one that `heed.workspace` names; neither owns anything.
do $roles$
declare wanted text;
begin
  foreach wanted in array array['heed_engine', 'heed_api'] loop
    continue when exists (select from pg_roles where rolname = wanted);
    begin
      execute format('create role %I nologin', wanted);
    exception
      when duplicate_object or unique_violation then null;  -- another database of the server did it just now
      when insufficient_privilege then
        raise exception 'the roles heed_engine and heed_api are missing and % may not create them: have an administrator run `create role heed_engine nologin; create role heed_api nologin; grant heed_engine to %`, then migrate again',
          current_user, quote_ident(current_user);
    end;
  end loop;
  begin
    execute format('grant heed_engine to %I', current_user);
  exception
    when insufficient_privilege then null;  -- opening the store says what to grant to whom
  end;
end
$roles$;
grant usage on schema heed to heed_engine, heed_api;
grant select on migration to heed_engine;

-- Puts a table with a column `workspace` under row-level security, for its owner too. Every tenant table passes
-- through here; the policies compare a plain column, so that they never cost an index.
create function protect(tenant_table regclass) returns void language plpgsql set search_path = heed as $$
begin
  execute format('alter table %s enable row level security, force row level security', tenant_table);
  execute format('create policy engine on %s to heed_engine using (true) with check (true)', tenant_table);
  execute format('create policy api on %s to heed_api using (workspace = current_setting(''heed.workspace'', true))'
    ' with check (workspace = current_setting(''heed.workspace'', true))', tenant_table);
  execute format('grant select, insert, update, delete on %s to heed_engine, heed_api', tenant_table);
end
$$;

-- ---- the installation ----

create table meta (name text collate "C" primary key, value bytea not null);
-- A new row for every start: a node that came back is never mistaken for its former self.
create table node (
  epoch bigint primary key, started_at timestamptz not null default clock_timestamp(), pid int not null,
  id text not null);
-- Who may commit for a shard, and under which epoch; epochs only grow. The rows are there for ever, so that there is
-- something to lock.
create table shard_lease (
  epoch bigint not null default 0, granted_at timestamptz not null default clock_timestamp(),
  shard smallint primary key, owner text not null default '')
  with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);
insert into shard_lease (shard) select generate_series(0, 255);
grant select, insert, update, delete on meta, node, shard_lease to heed_engine;

-- Numbers of leads and of inbox rows; never used twice, and they grow with the order of arrival.
create sequence number as bigint;
grant usage on sequence number to heed_engine;

create table workspace (created_at bigint not null, workspace text collate "C" primary key);
create table policy_revision (
  revision bigint not null, workspace text collate "C" not null, body bytea not null,
  primary key (workspace, revision));
create table api_key (
  created_at bigint not null, role smallint not null, revoked boolean not null,
  hash text collate "C" primary key, workspace text collate "C" not null, name text not null);
-- A missing row stops. Claims hold these rows in share while they look at them.
create table kill_switch (
  at bigint not null, scope smallint not null, engaged boolean not null,
  workspace text collate "C" not null, name text collate "C" not null, by_whom text not null,
  primary key (scope, workspace, name)) with (fillfactor = 50);
create table audit (
  n bigint generated always as identity primary key, at bigint not null,
  workspace text collate "C" not null, by_whom text not null, what text not null, detail text not null);
create index audit_workspace on audit (workspace, n);
create table idempotency (
  at bigint not null, workspace text collate "C" not null, key text collate "C" not null,
  request_hash bytea not null, answer bytea not null,
  primary key (workspace, key));

-- ---- leads ----

-- The snapshot and the compare-and-swap point. No column that changes is indexed and every page keeps room, so that
-- updates stay in their page (HOT).
create table lead (
  n bigint primary key, version bigint not null default 0, epoch bigint not null default 0,
  handed_off boolean not null default false, poisoned boolean not null default false,
  id text collate "C" not null unique, workspace text collate "C" not null, suppressed text,
  secret bytea not null, chain bytea not null default '', snapshot bytea not null default '')
  with (fillfactor = 75, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);
create index lead_workspace on lead (workspace, n);
create table lead_key (
  lead bigint not null, kind smallint not null, workspace text collate "C" not null,
  name text collate "C" not null, value text collate "C" not null,
  primary key (workspace, value, kind, name));
create index lead_key_lead on lead_key (lead);

-- ---- the door ----

-- Bodies of what is not decided yet, by the week of their arrival: a week whose rows are all decided can be dropped as
-- a whole instead of being vacuumed. They are gone soon, so compressing them costs more than it saves.
create table inbox (
  n bigint not null, received_at bigint not null, lead bigint not null, workspace text collate "C" not null,
  body bytea not null,
  primary key (n, received_at)) partition by range (received_at);
alter table inbox alter column body set storage external;
-- What was accepted or decided, for ever, hence in no partition. Each row is in exactly one of pending, dead and the
-- journal, or holds the seq that decided it. `ordinal` counts the leads that got it, so that two who accept one key at
-- once collide whomever they find.
create table inbox_key (
  inbox bigint, seq bigint, lead bigint not null, ordinal smallint not null, workspace text collate "C" not null,
  key text collate "C" not null,
  primary key (workspace, key, ordinal));
-- The only churn of the door. Deleting the row in the decision's transaction is the proof of decision.
create table inbox_pending (
  inbox bigint primary key, received_at bigint not null, lead bigint not null, attempts int not null default 0,
  workspace text collate "C" not null)
  with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000,
        autovacuum_vacuum_cost_delay = 0);
create index inbox_pending_lead on inbox_pending (lead);
create table dead_letter (
  n bigint generated always as identity primary key, inbox bigint unique, died_at bigint not null,
  received_at bigint not null, lead bigint not null, attempts int not null, effect text collate "C" unique,
  workspace text collate "C" not null, error text not null);
create index dead_letter_workspace on dead_letter (workspace, n);

-- Append-only: the canonical, replayable record, by the week of the decision. That (lead, seq) is there once follows
-- from the swap of `lead.version`; a key over all weeks could not say it. `consumed` are the inbox rows it decided.
-- Bodies are sealed, hence do not compress.
create table journal (
  lead bigint not null, seq bigint not null, decided_at bigint not null, revision bigint not null,
  epoch bigint not null, rules int not null, workspace text collate "C" not null, kind text not null,
  stimulus_key text not null, consumed bigint[], body bytea not null, chain bytea not null,
  primary key (lead, seq, decided_at)) partition by range (decided_at);
alter table journal alter column body set storage external;

-- Written when its instant changes; the decision that asked for it is the lead's latest.
create table timer (
  lead bigint primary key, due bigint not null, workspace text collate "C" not null)
  with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000,
        autovacuum_vacuum_cost_delay = 0);
create index timer_due on timer (due, lead);

-- ---- the outbox ----

-- What may still be called, and what failed or came back and may be opened again.
create table effect (
  n bigint generated by default as identity primary key, lead bigint not null, not_after bigint not null,
  planned_at bigint not null, claimed_at bigint, claim_epoch bigint not null default 0,
  counted_day bigint,                    -- the day of `send_usage` it holds a unit of
  attempt int not null default 0,
  calls int not null default 0,          -- claims whose call may have started since it was last planned
  reopened int not null default 0,       -- times it was planned again
  state smallint not null, dry_run boolean not null default false,
  id text collate "C" not null unique, workspace text collate "C" not null, kind text collate "C" not null,
  key text collate "C" not null, campaign text collate "C" not null, account text collate "C" not null,
  detail text not null default '', provider_id text collate "C" not null default '', request bytea not null)
  with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000,
        autovacuum_vacuum_cost_delay = 0);
create index effect_open on effect (state, n) where state <= 2;
create index effect_account on effect (account, state, n) where state <= 2;
create index effect_lead on effect (lead);
create index effect_provider on effect (workspace, provider_id) where provider_id <> '';
-- Done for ever. Later columns are added to both at once: rows move as they are.
create table effect_done (like effect including storage, primary key (id));
create index effect_done_lead on effect_done (lead);
create index effect_done_provider on effect_done (workspace, provider_id) where provider_id <> '';
-- One effect per touch, for ever.
create table effect_key (
  workspace text collate "C" not null, kind text collate "C" not null, key text collate "C" not null,
  effect text collate "C" not null,
  primary key (workspace, key, kind));
-- Append-only: a row when a call is claimed, a row for what became of it.
create table effect_attempt (
  n bigint generated always as identity primary key, epoch bigint not null, at bigint not null,
  attempt int not null, workspace text collate "C" not null, effect text collate "C" not null, who text not null,
  outcome text not null, evidence text not null);
create index effect_attempt_effect on effect_attempt (effect);
-- What an account has used of its limits, changed in the transaction of the claim.
create table send_usage (
  day bigint not null, used bigint not null, last_at bigint, paced_at bigint not null,
  workspace text collate "C" not null, account text collate "C" not null,
  primary key (workspace, account))
  with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);

-- Keyed by the hash of a normalised address; `person` rows come with the person, `address` rows with a bounce.
-- `lead` 0 = imported.
create table suppression (
  lead bigint not null, at bigint not null, workspace text collate "C" not null, hash text collate "C" not null,
  scope text collate "C" not null, reason text not null, source text not null default '',
  primary key (workspace, hash, scope, lead));
create index suppression_lead on suppression (lead) where lead <> 0;

-- ---- projections, rebuilt from the journal ----

create table run (
  n bigint generated always as identity primary key, lead bigint not null, cursor bigint not null, next_at bigint,
  started_at bigint not null, status smallint not null,
  workspace text collate "C" not null, campaign text collate "C" not null, reason text not null,
  landing_page text not null, waiting_at text not null,
  unique (lead, campaign)) with (fillfactor = 75);
create index run_workspace on run (workspace, n);
create index run_queue on run (workspace, status, n);
create index run_campaign on run (workspace, campaign, status);
create table history (
  n bigint generated always as identity primary key, lead bigint not null, at bigint not null, step bigint not null,
  channel smallint not null, outcome smallint not null, workspace text collate "C" not null,
  campaign text collate "C" not null, step_name text not null, detail text not null);
create index history_lead on history (lead, n);
create table audience_action (
  n bigint generated always as identity primary key, lead bigint not null, at bigint not null, score int not null,
  threshold int not null, workspace text collate "C" not null, campaign text collate "C" not null,
  type text not null, decision_id text not null);
create index audience_action_workspace on audience_action (workspace, n);
create table message (
  n bigint generated always as identity primary key, lead bigint not null, at bigint not null,
  channel smallint not null, inbound boolean not null, workspace text collate "C" not null, effect text not null,
  provider_id text not null, sealed bytea not null);
create index message_lead on message (lead, n);
create table report (
  n bigint generated always as identity primary key, at bigint not null, workspace text collate "C" not null,
  campaign text collate "C" not null, what text collate "C" not null, reason text collate "C" not null);
create index report_at on report (workspace, at);
create table handoff (
  n bigint generated always as identity primary key, lead bigint not null, episode bigint not null,
  since bigint not null, acknowledged_at bigint, ended_at bigint, workspace text collate "C" not null,
  reason text not null, by_whom text not null, acknowledged_by text not null, ended_by text not null,
  unique (lead, episode));
create index handoff_workspace on handoff (workspace, n);
create index handoff_open on handoff (workspace, n) where ended_at is null and acknowledged_at is null;
-- A row a send; what came of it is marked on the row.
create table campaign_result (
  n bigint generated always as identity primary key, at bigint not null, lead bigint not null,
  hard_bounced boolean not null default false, complained boolean not null default false,
  workspace text collate "C" not null, campaign text collate "C" not null,
  effect text collate "C" not null unique);
create index campaign_result_latest on campaign_result (workspace, campaign, at, n);

-- ---- what people are told ----

-- `lead` 0 = an alert. A null `next_at` is over.
create table notification (
  n bigint generated always as identity primary key, lead bigint not null, seq bigint not null,
  created_at bigint not null, next_at bigint, attempts int not null default 0, workspace text collate "C" not null,
  key text collate "C" not null, what text not null, reason text not null, recipient text not null,
  error text not null default '',
  unique (workspace, key));
create index notification_due on notification (next_at, n) where next_at is not null;
create table alert (
  n bigint generated always as identity primary key, at bigint not null, workspace text collate "C" not null,
  what text not null, subject text not null, detail text not null);
create index alert_workspace on alert (workspace, n);
create table ignored (
  n bigint generated always as identity primary key, at bigint not null, workspace text collate "C" not null,
  provider text not null, type text not null, reason text not null);
create index ignored_workspace on ignored (workspace, n);
create table account_config (
  at bigint not null, workspace text collate "C" not null, account text collate "C" not null, sealed bytea not null,
  primary key (workspace, account));
-- The sandbox's mailbox: what would have reached people.
create table sandbox (
  n bigint generated always as identity primary key, at bigint not null, channel smallint not null,
  workspace text collate "C" not null, lead text collate "C" not null, effect text collate "C" not null unique,
  sender text not null, recipient text not null, subject text not null, body text not null,
  message_id text not null, in_reply_to text not null);
create index sandbox_lead on sandbox (workspace, lead, n);

-- ---- rights ----

select protect(t::regclass) from unnest(array[
  'workspace', 'policy_revision', 'api_key', 'kill_switch', 'audit', 'idempotency', 'lead', 'lead_key', 'inbox',
  'inbox_key', 'inbox_pending', 'dead_letter', 'journal', 'timer', 'effect', 'effect_done', 'effect_key',
  'effect_attempt', 'send_usage', 'suppression', 'run', 'history', 'audience_action', 'message', 'report', 'handoff',
  'campaign_result', 'notification', 'alert', 'ignored', 'account_config', 'sandbox']) t;
