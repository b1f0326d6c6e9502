-- Answers that were drafted: a projection, by which they are listed. What they say stands in their lead's state.
create table draft (
  n bigint generated always as identity primary key, lead bigint not null, made_at bigint not null, status smallint not null,
  workspace text collate "C" not null, id text collate "C" not null unique);
create index draft_workspace on draft (workspace, n);
create index draft_status on draft (workspace, status, n);
select protect('draft');
