-- Addresses are found by their SHA-256 as well (SF-43). Of one address in two places the first one's holder is found, as
-- by the address itself. `email_sha256` is this program's own function.
insert or ignore into lead_key (workspace, kind, name, value, lead)
  select workspace, 6, 'email_sha256', email_sha256(value), lead from lead_key where kind in (3, 4) order by kind;
