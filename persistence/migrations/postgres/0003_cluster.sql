-- Several nodes on one store: who is alive, what they may be reached by, and which configuration they must know of.

-- A node of several renews `expires_at` by the server's clock; one alone has none. `dead` is set once, by whoever finds it
-- expired or gone, and never taken back: what comes back is a new row. `sessions` names its connections, so that those
-- of a dead one can be ended with whatever they hold.
alter table node
  add column expires_at timestamptz, add column pid_started bigint not null default 0,
  add column port int not null default 0, add column draining boolean not null default false,
  add column dead boolean not null default false, add column name text not null default '',
  add column address text not null default '', add column host text not null default '',
  add column boot text not null default '', add column version text not null default '',
  add column sessions text not null default '';
create index node_alive on node (epoch) where not dead and expires_at is not null;

-- Raised by whatever a decision is taken under; nodes compare it at every heartbeat. '' = of the whole installation.
create table config_version (version bigint not null, workspace text collate "C" primary key)
  with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);
select protect('config_version');

create function raise_config_version() returns trigger language plpgsql security definer set search_path = heed, pg_temp as $$
begin
  insert into config_version (version, workspace) values (1, coalesce(new.workspace, ''))
    on conflict (workspace) do update set version = config_version.version + 1;
  return null;
end
$$;
create trigger raise_version after insert or update on policy_revision for each row execute function raise_config_version();
create trigger raise_version after insert or update on kill_switch for each row execute function raise_config_version();
create trigger raise_version after insert or update on api_key for each row execute function raise_config_version();
create trigger raise_version after insert or update on account_config for each row execute function raise_config_version();
