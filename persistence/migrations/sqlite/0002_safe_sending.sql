-- Where an imported entry comes from; entries of leads have none.
alter table suppression add column source text not null default '';

-- The day of `send_usage` a claim was counted on; null = not counted, or its unit was returned. `effect_done` takes
-- whole rows of `effect`: both end in the same column.
alter table effect add column counted_day integer;
alter table effect_done add column counted_day integer;

-- What an account has used of its limits, changed in the transaction of the claim.
create table send_usage (
  workspace text not null, account text not null, day integer not null, used integer not null, last_at integer,
  paced_at integer not null,
  primary key (workspace, account)) without rowid;

-- What people are to be told; `lead` 0 = an alert. A null `next_at` is over.
create table notification (
  n integer primary key autoincrement, workspace text not null, lead integer not null, key text not null,
  what text not null, reason text not null, recipient text not null, seq integer not null,
  created_at integer not null, attempts integer not null default 0, next_at integer,
  error text not null default '',
  unique (workspace, key));
create index notification_due on notification (next_at) where next_at is not null;
create table alert (
  n integer primary key autoincrement, workspace text not null, what text not null, subject text not null,
  detail text not null, at integer not null);
create index alert_workspace on alert (workspace);

-- Projections, rebuilt from the journal.
create table handoff (
  n integer primary key autoincrement, lead integer not null, episode integer not null, workspace text not null,
  reason text not null, by_whom text not null, since integer not null, acknowledged_by text not null,
  acknowledged_at integer, ended_at integer, ended_by text not null,
  unique (lead, episode));
create index handoff_workspace on handoff (workspace);
create index handoff_open on handoff (workspace) where ended_at is null and acknowledged_at is null;
-- A row a send; what came of it is marked on the row.
create table campaign_result (
  n integer primary key autoincrement, workspace text not null, campaign text not null, effect text not null unique,
  lead integer not null, at integer not null, hard_bounced integer not null default 0,
  complained integer not null default 0);
create index campaign_result_latest on campaign_result (workspace, campaign, at);

create table ignored (
  n integer primary key autoincrement, workspace text not null, provider text not null, type text not null,
  reason text not null, at integer not null);
create index ignored_workspace on ignored (workspace);
create table account_config (
  workspace text not null, account text not null, sealed blob not null, at integer not null,
  primary key (workspace, account)) without rowid;
