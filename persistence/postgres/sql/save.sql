-- What a batch changed, as sets; every statement writes as many rows as it is given and finds them by key.

-- name: lead_insert
insert into lead (n, id, workspace, version, epoch, suppressed, handed_off, poisoned, secret, chain, snapshot)
  select * from unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::text[], $7::boolean[],
    $8::boolean[], $9::bytea[], $10::bytea[], $11::bytea[]);

-- name: lead_swap
-- The compare-and-swap, over everything that the decision looked at.
update lead l set version = c.version, epoch = c.epoch, suppressed = c.suppressed, handed_off = c.handed_off,
    poisoned = c.poisoned, chain = c.chain, snapshot = c.snapshot
  from unnest($1::bigint[], $2::bigint[], $3::text[], $4::boolean[], $5::boolean[], $6::bigint[], $7::bigint[],
    $8::text[], $9::boolean[], $10::boolean[], $11::bytea[], $12::bytea[])
    c (n, was, was_suppressed, was_handed_off, was_poisoned, version, epoch, suppressed, handed_off, poisoned, chain,
       snapshot)
  where l.n = c.n and l.version = c.was and l.suppressed is not distinct from c.was_suppressed
    and l.handed_off = c.was_handed_off and l.poisoned = c.was_poisoned;

-- name: journal_insert
insert into journal (lead, seq, decided_at, revision, epoch, rules, workspace, kind, stimulus_key, consumed, body, chain)
  select lead, seq, decided_at, revision, epoch, rules, workspace, kind, stimulus_key, consumed::bigint[], body, chain
    from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::text[],
      $8::text[], $9::text[], $10::text[], $11::bytea[], $12::bytea[])
      j (lead, seq, decided_at, revision, epoch, rules, workspace, kind, stimulus_key, consumed, body, chain);

-- name: timer_set
insert into timer (lead, due, workspace)
  select * from unnest($1::bigint[], $2::bigint[], $3::text[])
  on conflict (lead) do update set due = excluded.due where timer.due <> excluded.due;

-- name: timer_delete
delete from timer where lead = any($1::bigint[]);

-- name: key_insert
insert into lead_key (workspace, kind, name, value, lead)
  select * from unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::bigint[]);

-- name: inbox_insert
insert into inbox (n, received_at, lead, workspace, body)
  select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::bytea[]);

-- name: inbox_key_insert
insert into inbox_key (workspace, key, ordinal, lead, inbox, seq)
  select * from unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[]);

-- name: pending_insert
insert into inbox_pending (inbox, received_at, lead, workspace)
  select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[]);

-- name: pending_delete
-- The journal row holds the whole stimulus from here on. The instant finds the week.
with decided as (
  delete from inbox_pending p using unnest($1::bigint[], $2::bigint[]) d (inbox, lead)
    where p.inbox = d.inbox and p.lead = d.lead returning p.inbox, p.received_at)
delete from inbox i using decided d where i.n = d.inbox and i.received_at = d.received_at;

-- name: suppression_put
insert into suppression (workspace, hash, scope, lead, reason, source, at)
  select * from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::bigint[])
  on conflict (workspace, hash, scope, lead) do update set reason = excluded.reason, source = excluded.source,
    at = excluded.at;

-- name: suppression_delete
delete from suppression s using unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) d (workspace, hash, scope, lead)
  where s.workspace = d.workspace and s.hash = d.hash and s.scope = d.scope and s.lead = d.lead;

-- name: usage_insert
-- No upsert: an account's first row made by two writers at once must collide.
insert into send_usage (workspace, account, day, used, last_at, paced_at)
  select * from unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[]);

-- name: usage_update
update send_usage u set day = c.day, used = c.used, last_at = c.last_at, paced_at = c.paced_at
  from unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[])
    c (workspace, account, day, used, last_at, paced_at)
  where u.workspace = c.workspace and u.account = c.account;

-- name: effect_insert
insert into effect (lead, not_after, planned_at, claimed_at, claim_epoch, counted_day, attempt, calls, reopened, state,
    dry_run, id, workspace, kind, key, campaign, account, detail, provider_id, request)
  select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[],
    $8::bigint[], $9::bigint[], $10::bigint[], $11::boolean[], $12::text[], $13::text[], $14::text[], $15::text[],
    $16::text[], $17::text[], $18::text[], $19::text[], $20::bytea[]);

-- name: effect_key_insert
insert into effect_key (workspace, kind, key, effect) select * from unnest($1::text[], $2::text[], $3::text[], $4::text[]);

-- name: effect_update
-- The rows are locked already. A null request stays as it is.
update effect e set not_after = c.not_after, planned_at = c.planned_at, claimed_at = c.claimed_at,
    claim_epoch = c.claim_epoch, counted_day = c.counted_day, attempt = c.attempt, calls = c.calls,
    reopened = c.reopened, state = c.state, campaign = c.campaign, account = c.account, detail = c.detail,
    provider_id = c.provider_id, request = coalesce(c.request, e.request)
  from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[],
    $8::bigint[], $9::bigint[], $10::bigint[], $11::text[], $12::text[], $13::text[], $14::text[], $15::bytea[])
    c (n, not_after, planned_at, claimed_at, claim_epoch, counted_day, attempt, calls, reopened, state, campaign,
       account, detail, provider_id, request)
  where e.n = c.n;

-- name: effect_archive
-- As `effect_update`, for good.
with done as (
  delete from effect e
    using unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[],
      $8::bigint[], $9::bigint[], $10::bigint[], $11::text[], $12::text[], $13::text[], $14::text[], $15::bytea[])
      c (n, not_after, planned_at, claimed_at, claim_epoch, counted_day, attempt, calls, reopened, state, campaign,
         account, detail, provider_id, request)
    where e.n = c.n
    returning e.n, e.lead, c.not_after, c.planned_at, c.claimed_at, c.claim_epoch, c.counted_day, c.attempt, c.calls,
      c.reopened, c.state, e.dry_run, e.id, e.workspace, e.kind, e.key, c.campaign, c.account, c.detail, c.provider_id,
      coalesce(c.request, e.request) as request)
insert into effect_done (n, lead, not_after, planned_at, claimed_at, claim_epoch, counted_day, attempt, calls, reopened,
    state, dry_run, id, workspace, kind, key, campaign, account, detail, provider_id, request)
  select * from done;

-- name: effect_archive_new
with done as (delete from effect where id = any($1::text[]) returning *) insert into effect_done select * from done;

-- name: attempt_insert
insert into effect_attempt (workspace, effect, attempt, who, epoch, at, outcome, evidence)
  select * from unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::bigint[], $6::bigint[], $7::text[], $8::text[]);

-- name: dead_effect_delete
delete from dead_letter where effect = any($1::text[]);

-- name: dead_effect_insert
insert into dead_letter (effect, workspace, lead, error, attempts, died_at, received_at)
  values ($1::text, $2::text, $3::bigint, $4::text, $5::bigint, $6::bigint, $7::bigint);

-- name: run_put
insert into run (lead, cursor, next_at, started_at, status, workspace, campaign, reason, landing_page, waiting_at)
  select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[], $7::text[],
    $8::text[], $9::text[], $10::text[])
  on conflict (lead, campaign) do update set status = excluded.status, reason = excluded.reason,
    cursor = excluded.cursor, next_at = excluded.next_at,
    landing_page = excluded.landing_page, waiting_at = excluded.waiting_at, started_at = excluded.started_at;

-- name: history_insert
insert into history (lead, at, step, channel, outcome, workspace, campaign, step_name, detail)
  select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[], $7::text[],
    $8::text[], $9::text[]);

-- name: action_insert
insert into audience_action (lead, at, score, threshold, workspace, campaign, type, decision_id)
  select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[]);

-- name: message_insert
insert into message (lead, at, channel, inbound, workspace, effect, provider_id, sealed)
  select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::boolean[], $5::text[], $6::text[], $7::text[], $8::bytea[]);

-- name: report_insert
insert into report (at, workspace, campaign, what, reason)
  select * from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[]);

-- name: handoff_put
insert into handoff (lead, episode, since, acknowledged_at, ended_at, workspace, reason, by_whom, acknowledged_by,
    ended_by)
  select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[], $7::text[],
    $8::text[], $9::text[], $10::text[])
  on conflict (lead, episode) do update set reason = excluded.reason, by_whom = excluded.by_whom,
    since = excluded.since, acknowledged_by = excluded.acknowledged_by, acknowledged_at = excluded.acknowledged_at,
    ended_at = excluded.ended_at, ended_by = excluded.ended_by;

-- name: draft_put
insert into draft (lead, made_at, status, workspace, id)
  select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::text[])
  on conflict (id) do update set status = excluded.status;

-- name: notification_insert
-- One that was asked for before stays as it is.
insert into notification (lead, seq, created_at, next_at, workspace, key, what, reason, recipient)
  select lead, seq, created_at, created_at, workspace, key, what, reason, recipient
    from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
      t (lead, seq, created_at, workspace, key, what, reason, recipient)
  on conflict (workspace, key) do nothing;

-- name: result_sent
insert into campaign_result (at, lead, handed_over, workspace, campaign, effect, account, domain)
  select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
  on conflict (effect) do nothing;

-- name: result_mark
-- What came of sends, also of those of this batch.
update campaign_result r set hard_bounced = r.hard_bounced or m.bounced,
    complained = r.complained or m.complained, delivered_at = least(r.delivered_at, m.delivered_at)
  from (select workspace, effect, bool_or(bounced) as bounced, bool_or(complained) as complained,
            min(delivered_at) as delivered_at
          from unnest($1::text[], $2::text[], $3::boolean[], $4::boolean[], $5::bigint[])
            u (workspace, effect, bounced, complained, delivered_at)
          group by workspace, effect) m
  where r.effect = m.effect and r.workspace = m.workspace;

-- name: sandbox_insert
insert into sandbox (at, channel, workspace, lead, effect, sender, recipient, subject, body, message_id, in_reply_to)
  select * from unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
    $8::text[], $9::text[], $10::text[], $11::text[])
  on conflict (effect) do nothing;
