-- Who is alive and who writes for what. Rows of `node` are changed by their own node's heartbeat and by those that find it
-- dead; a row of `shard_lease` changes only when its owner does.

-- name: hold_share
-- Beside other nodes of the same cluster, and never beside a node that has the store alone.
select pg_advisory_lock_shared(1212499268, 1);

-- name: fence_shared
-- Share locks on at most 256 rows, in order. A take-over waits for them.
select shard, epoch from shard_lease where shard = any($1::bigint[]) and owner = $2::text order by shard for share;

-- name: lost_calls
-- index effect_open: calls on the wire whose node is dead. No lock: they are looked at again under theirs.
select e.id, e.workspace, e.account, e.claim_epoch from effect e
  where e.state = 1 and e.state <= 2
    and not exists (select from node n where n.epoch = e.claim_epoch and not n.dead and n.expires_at is not null);

-- name: node_insert_shared
insert into node (epoch, id, pid, sessions) values ($1::bigint, $2::text, $3::bigint, $4::text)
  returning (extract(epoch from clock_timestamp()) * 1000000)::bigint;

-- name: node_join
update node set name = $2::text, address = $3::text, port = $4::int, host = $5::text, boot = $6::text, pid = $7::int,
    pid_started = $8::bigint, version = $9::text, expires_at = clock_timestamp() + $10::bigint * interval '1 microsecond'
  where epoch = $1::bigint and not dead;

-- name: heartbeat
-- One row of this node, renewed; and what it must know: rows of leases and configuration only when they have changed
-- since it was last told.
with me as (
  update node set expires_at = clock_timestamp() + $2::bigint * interval '1 microsecond', draining = $3::boolean
    where epoch = $1::bigint and not dead returning epoch),
  sums as (select (select sum(epoch) from shard_lease)::bigint leases,
                  (select coalesce(sum(version), 0) from config_version)::bigint config)
select jsonb_build_object(
  'alive', exists (select from me),
  'now', (extract(epoch from clock_timestamp()) * 1000000)::bigint,
  'leases_sum', sums.leases, 'config_sum', sums.config,
  'nodes', (select jsonb_agg(jsonb_build_object('epoch', epoch, 'id', id, 'name', name, 'address', address, 'port', port,
      'host', host, 'boot', boot, 'pid', pid, 'pid_started', pid_started, 'version', version, 'draining', draining,
      'age', (extract(epoch from clock_timestamp() - started_at) * 1000000)::bigint,
      'left', (extract(epoch from expires_at - clock_timestamp()) * 1000000)::bigint) order by epoch)
    from node where not dead and expires_at is not null),
  'leases', case when sums.leases <> $4::bigint then
    (select jsonb_agg(jsonb_build_array(shard, epoch, owner) order by shard) from shard_lease) end,
  'config', case when sums.config <> $5::bigint then
    (select jsonb_object_agg(workspace, version) from config_version) end)::text
from sums;

-- name: nodes_bury
-- Those that are expired, and those that were found dead on this very host.
update node set dead = true
  where not dead and expires_at is not null and (expires_at < clock_timestamp() or epoch = any($1::bigint[]))
  returning epoch;

-- name: sessions_end
-- Whatever a dead node still holds in the server goes with its connections. Only whoever logged in as the same user may.
select count(pg_terminate_backend(a.pid)) from pg_stat_activity a join node n on n.sessions = a.application_name
  where n.epoch = any($1::bigint[]) and n.dead and n.sessions <> '' and a.datname = current_database();

-- name: shards_take
-- Row locks on the shards that are free and as they were seen; one that somebody holds is left for the next time. Nobody
-- who is dead takes any.
with free as (
  select l.shard from shard_lease l
    join unnest($2::int[], $3::bigint[]) asked (shard, seen) on asked.shard = l.shard and asked.seen = l.epoch
  where l.owner = '' or not exists
    (select from node n where n.id = l.owner and not n.dead and n.expires_at is not null)
  order by l.shard for update of l skip locked),
next as (select greatest((select max(epoch) from shard_lease), (select max(epoch) from node)) + 1 epoch),
me as (select id from node where epoch = $1::bigint and not dead and expires_at > clock_timestamp() for share)
update shard_lease l set owner = me.id, epoch = next.epoch, granted_at = clock_timestamp()
  from free, next, me where l.shard = free.shard returning l.shard, l.epoch;

-- name: shards_release
-- Waits for the commits that are under way.
update shard_lease set owner = '', epoch = epoch + 1, granted_at = clock_timestamp()
  where shard = any($2::int[]) and owner = (select id from node where epoch = $1::bigint) returning shard;

-- name: node_leave
update node set dead = true where epoch = $1::bigint;
