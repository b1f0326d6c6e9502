-- Text ids outside, `lead.n` inside: what grows with traffic refers to a lead by that number.
-- Instants are microseconds since 1970 in UTC. Bodies, snapshots, secrets and chains are opaque.

create table meta (name text primary key, value blob not null) without rowid;
create table node (epoch integer primary key, id text not null, pid integer not null, started_at integer not null);

create table workspace (id text primary key, created_at integer not null) without rowid;
create table policy_revision (
  workspace text not null, revision integer not null, body blob not null,
  primary key (workspace, revision)) without rowid;
create table api_key (
  hash text primary key, workspace text not null, role integer not null, name text not null,
  created_at integer not null, revoked integer not null) without rowid;
-- A missing row stops.
create table kill_switch (
  scope integer not null, workspace text not null, name text not null,
  engaged integer not null, by_whom text not null, at integer not null,
  primary key (scope, workspace, name)) without rowid;
create table audit (
  n integer primary key, workspace text not null, by_whom text not null, what text not null,
  detail text not null, at integer not null);
create index audit_workspace on audit (workspace);
create table idempotency (
  workspace text not null, key text not null, request_hash blob not null, answer blob not null, at integer not null,
  primary key (workspace, key)) without rowid;

-- The snapshot and the compare-and-swap point. No column that changes is indexed, so updates stay in place.
create table lead (
  n integer primary key, id text not null unique, workspace text not null,
  version integer not null default 0, epoch integer not null default 0,
  suppressed text, handed_off integer not null default 0, poisoned integer not null default 0,
  secret blob not null, chain blob not null default x'', snapshot blob not null default x'');
create table lead_key (
  workspace text not null, kind integer not null, name text not null, value text not null, lead integer not null,
  primary key (workspace, kind, name, value)) without rowid;
create index lead_key_lead on lead_key (lead);

-- The door. Each row of inbox_key is in exactly one of pending, dead, decided, or holds the seq that decided it.
create table inbox (
  n integer primary key, workspace text not null, lead integer not null, received_at integer not null,
  body blob not null);
create table inbox_key (
  workspace text not null, key text not null, lead integer not null, inbox integer, seq integer,
  primary key (workspace, key, lead)) without rowid;
-- Deleting the row in the decision's transaction is the proof of decision.
create table inbox_pending (
  inbox integer primary key, lead integer not null, attempts integer not null default 0);
create index inbox_pending_lead on inbox_pending (lead);
create table inbox_decided (inbox integer primary key, lead integer not null, seq integer not null);
create table dead_letter (
  n integer primary key autoincrement, inbox integer unique, effect text unique,
  workspace text not null, lead integer not null, error text not null, attempts integer not null,
  died_at integer not null, received_at integer not null);
create index dead_letter_workspace on dead_letter (workspace);

-- Append-only: the canonical, replayable record.
create table journal (
  n integer primary key, lead integer not null, seq integer not null, decided_at integer not null,
  revision integer not null, rules integer not null, epoch integer not null,
  kind text not null, stimulus_key text not null, body blob not null, chain blob not null);
create unique index journal_lead on journal (lead, seq);

create table timer (lead integer primary key, due integer not null, generation integer not null);
create index timer_due on timer (due);

-- The outbox: what may still be called, and what failed or came back and may be opened again.
create table effect (
  n integer primary key autoincrement, id text not null unique, workspace text not null, lead integer not null,
  kind text not null, key text not null, campaign text not null, account text not null,
  state integer not null, attempt integer not null default 0,
  calls integer not null default 0,      -- claims whose call may have started since it was last planned
  reopened integer not null default 0,   -- times it was planned again
  not_after integer not null, planned_at integer not null, claimed_at integer,
  claim_epoch integer not null default 0, dry_run integer not null default 0,
  detail text not null default '', provider_id text not null default '', request blob not null);
create index effect_state on effect (state) where state <= 2;
create index effect_account on effect (account, state) where state <= 2;
create index effect_lead on effect (lead);
create index effect_provider on effect (workspace, provider_id) where provider_id <> '';
-- Done or cancelled for ever.
create table effect_done (
  n integer primary key, id text not null unique, workspace text not null, lead integer not null,
  kind text not null, key text not null, campaign text not null, account text not null,
  state integer not null, attempt integer not null, calls integer not null, reopened integer not null,
  not_after integer not null, planned_at integer not null, claimed_at integer,
  claim_epoch integer not null, dry_run integer not null,
  detail text not null, provider_id text not null, request blob not null);
create index effect_done_lead on effect_done (lead);
create index effect_done_provider on effect_done (workspace, provider_id) where provider_id <> '';
-- One effect per touch, for ever.
create table effect_key (
  workspace text not null, kind text not null, key text not null, effect text not null,
  primary key (workspace, kind, key)) without rowid;
-- Append-only: a row when a call is claimed, a row for what became of it.
create table effect_attempt (
  n integer primary key, effect text not null, attempt integer not null, who text not null, epoch integer not null,
  at integer not null, outcome text not null, evidence text not null);
create index effect_attempt_effect on effect_attempt (effect);

-- Keyed by the hash of a normalised address; `person` rows come with the person, `address` rows with a bounce.
create table suppression (
  workspace text not null, hash text not null, scope text not null, lead integer not null,
  reason text not null, at integer not null,
  primary key (workspace, hash, scope, lead)) without rowid;
create index suppression_lead on suppression (lead);

-- Projections, rebuilt from the journal.
create table run (
  n integer primary key, workspace text not null, lead integer not null, campaign text not null,
  status integer not null, reason text not null, cursor integer not null, next_at integer,
  intent_score integer not null, landing_page text not null, waiting_at text not null, started_at integer not null);
create unique index run_lead on run (lead, campaign);
create index run_queue on run (workspace, status);
create index run_campaign on run (workspace, campaign, status);
create table history (
  n integer primary key, lead integer not null, campaign text not null, step integer not null,
  step_name text not null, channel integer not null, outcome integer not null, detail text not null,
  at integer not null);
create index history_lead on history (lead, campaign);
create table audience_action (
  n integer primary key, workspace text not null, lead integer not null, campaign text not null, type text not null,
  decision_id text not null, score integer not null, threshold integer not null, at integer not null);
create index audience_action_workspace on audience_action (workspace);
create table message (
  n integer primary key, lead integer not null, inbound integer not null, channel integer not null,
  effect text not null, provider_id text not null, sealed blob not null, at integer not null);
create index message_lead on message (lead);
create table report (
  n integer primary key, workspace text not null, campaign text not null, what text not null, reason text not null,
  at integer not null);
create index report_at on report (workspace, at);

-- The sandbox's mailbox: what would have reached people.
create table sandbox (
  n integer primary key autoincrement, workspace text not null, lead text not null, effect text not null unique,
  channel integer not null, sender text not null, recipient text not null, subject text not null,
  body text not null, message_id text not null, in_reply_to text not null, at integer not null);
create index sandbox_lead on sandbox (workspace, lead);
