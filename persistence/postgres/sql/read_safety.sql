-- name: read_found_leads
-- Leads are walked in their order until the page is full; keys and runs of each by lead_key_lead and (lead, campaign).
select l.workspace, l.id, l.version, l.snapshot, l.secret, l.chain, l.poisoned, l.n from lead l
  where l.n > $1::bigint and l.workspace = $2::text
    and ($3::text = '' or l.id = $3::text
         or exists (select from lead_key k where k.lead = l.n and k.name <> 'email_sha256' and strpos(lower(k.value), lower($3::text)) > 0))
    and ($4::text = '' or ($4::text = 'handed_off' and l.handed_off) or ($4::text = 'poisoned' and l.poisoned)
         or ($4::text = 'suppressed' and l.suppressed is not null)
         or exists (select from run r where r.lead = l.n and r.status = $5::bigint))
  order by l.n limit $6::bigint;

-- name: read_suppressions
-- The primary key's order.
select s.workspace, s.hash, s.scope, s.lead, coalesce(l.id, ''), s.reason, s.source, s.at
  from suppression s left join lead l on l.n = s.lead
  where s.workspace = $1::text and (s.hash, s.scope, s.lead) > ($2::text, $3::text, $4::bigint)
  order by s.hash, s.scope, s.lead limit $5::bigint;

-- name: read_suppressions_of
select s.workspace, s.hash, s.scope, s.lead, coalesce(l.id, ''), s.reason, s.source, s.at
  from suppression s left join lead l on l.n = s.lead
  where s.workspace = $1::text and s.hash = $2::text order by s.scope, s.lead;

-- name: read_handoffs
-- index handoff_workspace.
select h.workspace, l.id, h.episode, h.reason, h.by_whom, h.since, h.acknowledged_by, h.acknowledged_at, h.ended_at,
    h.ended_by, h.n
  from handoff h join lead l on l.n = h.lead where h.workspace = $1::text and h.n < $2::bigint
  order by h.n desc limit $3::bigint;

-- name: read_open_handoffs
-- index handoff_open.
select h.workspace, l.id, h.episode, h.reason, h.by_whom, h.since, h.acknowledged_by, h.acknowledged_at, h.ended_at,
    h.ended_by, h.n
  from handoff h join lead l on l.n = h.lead
  where h.workspace = $1::text and h.n < $2::bigint and h.ended_at is null and h.acknowledged_at is null
  order by h.n desc limit $3::bigint;

-- name: read_drafts
-- index draft_workspace.
select d.workspace, l.id, d.id, d.status, d.made_at, d.n
  from draft d join lead l on l.n = d.lead where d.workspace = $1::text and d.n < $2::bigint
  order by d.n desc limit $3::bigint;

-- name: read_drafts_of_status
-- index draft_status.
select d.workspace, l.id, d.id, d.status, d.made_at, d.n
  from draft d join lead l on l.n = d.lead
  where d.workspace = $1::text and d.n < $2::bigint and d.status = $4::smallint
  order by d.n desc limit $3::bigint;

-- name: read_ignored
select n, workspace, provider, type, reason, at from ignored
  where workspace = $1::text and n < $2::bigint order by n desc limit $3::bigint;

-- name: read_alerts
select n, workspace, what, subject, detail, at from alert
  where workspace = $1::text and n < $2::bigint order by n desc limit $3::bigint;

-- name: read_due_notifications
-- index notification_due.
select t.n, t.workspace, coalesce(l.id, ''), t.key, t.what, t.reason, t.recipient, t.seq, t.created_at, t.attempts,
    t.next_at, t.error
  from notification t left join lead l on l.n = t.lead
  where t.next_at is not null and t.next_at <= $1::bigint order by t.next_at, t.n limit $2::bigint;

-- name: read_account_configs
select workspace, account, sealed, at from account_config order by workspace, account;

-- name: read_arrivals_of
-- index campaign_result_arrivals.
select effect, domain, handed_over, delivered_at from campaign_result
  where workspace = $1::text and account = $2::text and handed_over > $3::bigint
  order by handed_over desc, n desc limit $4::bigint;

-- name: read_sends_of
-- index campaign_result_latest.
select count(*), count(*) filter (where hard_bounced), count(*) filter (where complained) from (
    select hard_bounced, complained from campaign_result
      where workspace = $1::text and campaign = $2::text and at > $3::bigint order by at desc, n desc limit $4::bigint) latest;

-- name: read_usage
select day, used, last_at, paced_at from send_usage where workspace = $1::text and account = $2::text;
