-- name: read_found_leads
-- Leads are walked in their order until the page is full; keys and runs of each by lead_key_lead and run_lead.
select l.workspace, l.id, l.version, l.snapshot, l.secret, l.chain, l.poisoned, l.n from lead l
  where l.n > ?1 and l.workspace = ?2
    and (?3 = '' or l.id = ?3
         or exists (select 1 from lead_key k where k.lead = l.n and k.name <> 'email_sha256' and instr(lower(k.value), lower(?3)) > 0))
    and (?4 = '' or (?4 = 'handed_off' and l.handed_off) or (?4 = 'poisoned' and l.poisoned)
         or (?4 = 'suppressed' and l.suppressed is not null)
         or exists (select 1 from run r where r.lead = l.n and r.status = ?5))
  order by l.n limit ?6;

-- name: read_suppressions
-- The primary key's order.
select s.workspace, s.hash, s.scope, s.lead, coalesce(l.id, ''), s.reason, s.source, s.at
  from suppression s left join lead l on l.n = s.lead
  where s.workspace = ?1 and (s.hash, s.scope, s.lead) > (?2, ?3, ?4)
  order by s.hash, s.scope, s.lead limit ?5;

-- name: read_suppressions_of
select s.workspace, s.hash, s.scope, s.lead, coalesce(l.id, ''), s.reason, s.source, s.at
  from suppression s left join lead l on l.n = s.lead
  where s.workspace = ?1 and s.hash = ?2 order by s.scope, s.lead;

-- name: read_handoffs
-- Index handoff_workspace, whose rows of one workspace are in order of n.
select h.workspace, l.id, h.episode, h.reason, h.by_whom, h.since, h.acknowledged_by, h.acknowledged_at, h.ended_at,
    h.ended_by, h.n
  from handoff h join lead l on l.n = h.lead where h.workspace = ?1 and h.n < ?2 order by h.n desc limit ?3;

-- name: read_open_handoffs
-- Index handoff_open.
select h.workspace, l.id, h.episode, h.reason, h.by_whom, h.since, h.acknowledged_by, h.acknowledged_at, h.ended_at,
    h.ended_by, h.n
  from handoff h join lead l on l.n = h.lead
  where h.workspace = ?1 and h.n < ?2 and h.ended_at is null and h.acknowledged_at is null
  order by h.n desc limit ?3;

-- name: read_drafts
-- Index draft_workspace, whose rows of one workspace are in order of n.
select d.workspace, l.id, d.id, d.status, d.made_at, d.n
  from draft d join lead l on l.n = d.lead where d.workspace = ?1 and d.n < ?2 order by d.n desc limit ?3;

-- name: read_drafts_of_status
-- Index draft_status.
select d.workspace, l.id, d.id, d.status, d.made_at, d.n
  from draft d join lead l on l.n = d.lead
  where d.workspace = ?1 and d.n < ?2 and d.status = ?4 order by d.n desc limit ?3;

-- name: read_ignored
select n, workspace, provider, type, reason, at from ignored where workspace = ?1 and n < ?2 order by n desc limit ?3;

-- name: read_alerts
select n, workspace, what, subject, detail, at from alert where workspace = ?1 and n < ?2 order by n desc limit ?3;

-- name: read_due_notifications
-- Index notification_due.
select t.n, t.workspace, coalesce(l.id, ''), t.key, t.what, t.reason, t.recipient, t.seq, t.created_at, t.attempts,
    t.next_at, t.error
  from notification t left join lead l on l.n = t.lead
  where t.next_at is not null and t.next_at <= ?1 order by t.next_at, t.n limit ?2;

-- name: read_account_configs
select workspace, account, sealed, at from account_config order by workspace, account;

-- name: read_arrivals_of
-- Index campaign_result_arrivals, whose rows of one instant are in order of n.
select effect, domain, handed_over, delivered_at from campaign_result
  where workspace = ?1 and account = ?2 and handed_over > ?3 order by handed_over desc, n desc limit ?4;

-- name: read_sends_of
-- Index campaign_result_latest, whose rows of one instant are in order of n.
select count(*), coalesce(sum(hard_bounced), 0), coalesce(sum(complained), 0) from (
    select hard_bounced, complained from campaign_result
      where workspace = ?1 and campaign = ?2 and at > ?3 order by at desc, n desc limit ?4);
