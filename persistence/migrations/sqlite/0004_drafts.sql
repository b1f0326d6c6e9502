-- Answers that were drafted: a projection, by which they are listed. What they say stands in their lead's state.
create table draft (
  n integer primary key autoincrement, lead integer not null, id text not null unique, workspace text not null,
  status integer not null, made_at integer not null);
create index draft_workspace on draft (workspace);
create index draft_status on draft (workspace, status);
