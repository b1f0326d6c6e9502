-- All of it runs in the one writer's transaction: the database's write lock is the only lock.

-- name: lead_by_id
-- index lead.id; one row.
select n, workspace, version from lead where id = ?1;

-- name: lead_by_number
select id, workspace, suppressed, poisoned, version from lead where n = ?1;

-- name: key_holder
-- primary key; one row.
select lead from lead_key where workspace = ?1 and kind = ?2 and name = ?3 and value = ?4;

-- name: lead_insert
insert into lead (id, workspace, secret) values (?1, ?2, ?3) returning n;

-- name: key_insert
insert or ignore into lead_key (workspace, kind, name, value, lead) values (?1, ?2, ?3, ?4, ?5);

-- name: seen
-- prefix of the primary key; one row per lead it went to.
select k.lead, k.inbox, l.id, l.suppressed is not null
  from inbox_key k join lead l on l.n = k.lead where k.workspace = ?1 and k.key = ?2;

-- name: seen_any
select 1 from inbox_key where workspace = ?1 and key = ?2 limit 1;

-- name: inbox_key_insert
insert into inbox_key (workspace, key, lead, inbox, seq) values (?1, ?2, ?3, ?4, ?5);

-- name: inbox_insert
insert into inbox (n, workspace, lead, received_at, body) values (?1, ?2, ?3, ?4, ?5);

-- name: pending_insert
insert into inbox_pending (inbox, lead) values (?1, ?2);

-- name: inbox_last
-- Numbers are never used again, also after the rows that had them are gone.
select max(coalesce((select max(n) from inbox), 0), coalesce((select max(inbox) from inbox_decided), 0),
           coalesce((select max(inbox) from dead_letter), 0));
