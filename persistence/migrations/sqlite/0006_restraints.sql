-- The ledger of what was not sent is read from its newest row on.
create index audience_action_at on audience_action (workspace, at, n);
create index history_held on history (at, n) where outcome in (1, 2);
