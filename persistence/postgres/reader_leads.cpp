#include <limits>

#include "persistence/postgres/reader.hpp"

/// What the engine reads: leads, their journal, and the work that waits.
namespace heed::postgres {
namespace {

lead_row read_lead(const row_view& r) {
  return {r.named<workspace_id>(0),
          r.named<lead_id>(1),
          r.count(2),
          r.bytes(3),
          r.bytes(4),
          r.bytes(5),
          r.flag(6)};
}

pending_row read_pending(const row_view& r) {
  return {r.count(0), r.named<workspace_id>(1), r.named<lead_id>(2), r.bytes(3), r.instant(4), r.small(5)};
}

effect_row read_effect(const row_view& r) {
  effect_row e;
  e.id = r.named<effect_id>(0);
  e.workspace = r.named<workspace_id>(1);
  e.lead = r.named<lead_id>(2);
  e.key = r.text(3);
  e.campaign = r.named<campaign_id>(4);
  e.account = r.named<account_id>(5);
  e.kind = r.text(6);
  e.request = r.bytes(7);
  e.state = r.as<effect_state>(8);
  e.attempt = r.small(9);
  e.not_after = r.instant(10);
  e.planned_at = r.instant(11);
  e.claimed_at = r.maybe_instant(12);
  e.claim_epoch = r.count(13);
  e.detail = r.text(14);
  e.provider_id = r.text(15);
  return e;
}

}  // namespace

std::int64_t position_of(const page& p) {
  if (p.after.empty()) return 0;
  if (p.after.size() > 18 || p.after.find_first_not_of("0123456789") != std::string::npos)
    throw database_error(errc::refused, "`after` is not a position this listing gave");
  return std::stoll(p.after);
}

std::int64_t position_before(const page& p) {
  return p.after.empty() ? std::numeric_limits<std::int64_t>::max() : position_of(p);
}

result<std::vector<lead_row>> postgres_reader::leads(std::span<const lead_id> ids) {
  return reading([&](session& s) {
    column asked(type_oid::text);
    for (const auto& id : ids)
      asked.add(id);
    return s.run("read_leads", asked).all_as([](const row_view& r) {
      auto lead = read_lead(r);
      lead.rules = r.small(7);
      return lead;
    });
  });
}

result<std::optional<lead_row>> postgres_reader::lead_by_key(const workspace_id& ws, const lead_key& key) {
  return reading([&](session& s) -> std::optional<lead_row> {
    if (key.kind == key_kind::lead) {
      column asked(type_oid::text);
      asked.add(key.value);
      const auto found = s.run("read_leads", asked);
      if (found.empty()) return std::nullopt;
      auto lead = read_lead(found[0]);
      return lead.workspace == ws ? std::optional(std::move(lead)) : std::nullopt;
    }
    column kinds(type_oid::int8);
    kinds.add(key.kind);
    if (key.kind == key_kind::email) kinds.add(key_kind::alternate_email);
    const auto found = s.run("read_lead_by_key", ws, kinds, key.name, key.value);
    return found.empty() ? std::nullopt : std::optional(read_lead(found[0]));
  });
}

result<listing<lead_row>> postgres_reader::all_leads(const std::optional<workspace_id>& ws, const page& p) {
  return reading([&](session& s) {
    const auto rows = ws ? s.run("read_leads_of", *ws, position_of(p), p.limit + 1)
                         : s.run("read_all_leads", position_of(p), p.limit + 1);
    return read_page<lead_row>(rows, p, 7, read_lead);
  });
}

result<listing<lead_row>> postgres_reader::find_leads(const workspace_id& ws, const lead_filter& f,
                                                      const page& p) {
  return reading([&](session& s) {
    const auto status = parse_run_status(f.status);
    if (!f.status.empty() && !status && f.status != "handed_off" && f.status != "poisoned")
      throw database_error(
          errc::refused,
          "`status` is none of pending, running, paused, suppressed, failed, done, handed_off, "
          "poisoned");
    const auto rows = s.run("read_found_leads", position_of(p), ws, f.q, f.status, status, p.limit + 1);
    return read_page<lead_row>(rows, p, 7, read_lead);
  });
}

result<listing<journal_row>> postgres_reader::journal(const lead_id& lead, std::uint64_t after_seq,
                                                      std::size_t limit) {
  return reading([&](session& s) {
    const auto rows = s.run("read_journal", lead, after_seq, limit + 1);
    return read_page<journal_row>(rows, page{limit, {}}, 0, [](const row_view& r) {
      return journal_row{r.count(0), r.instant(1), r.count(2), r.small(3), r.count(4),
                         r.text(5),  r.text(6),    r.bytes(7), r.bytes(8)};
    });
  });
}

result<std::vector<pending_row>> postgres_reader::pending(std::uint64_t after_inbox, std::size_t limit) {
  return reading([&](session& s) { return s.run("read_pending", after_inbox, limit).all_as(read_pending); });
}

result<std::vector<pending_row>> postgres_reader::pending_of(const lead_id& lead) {
  return reading([&](session& s) { return s.run("read_pending_of", lead).all_as(read_pending); });
}

result<std::vector<timer_row>> postgres_reader::timers(time_point until, std::optional<timer_row> after,
                                                       std::size_t limit) {
  return reading([&](session& s) {
    const auto due = after ? to_micros(after->due) : std::numeric_limits<std::int64_t>::min();
    return s.run("read_timers", until, due, after ? after->lead : lead_id{}, limit)
        .all_as([](const row_view& r) {
          return timer_row{r.named<workspace_id>(0), r.named<lead_id>(1), r.count(2), r.instant(3)};
        });
  });
}

result<std::vector<effect_row>> postgres_reader::open_effects(const std::optional<account_id>& account,
                                                              effect_state state, std::size_t limit) {
  return reading([&](session& s) {
    if (state > effect_state::unknown) {
      return s.run("read_ended_effects", state, limit, account).all_as(read_effect);
    }
    if (account) {
      return s.run("read_open_effects_of_account", state, limit, account).all_as(read_effect);
    }
    return s.run("read_open_effects", state, limit).all_as(read_effect);
  });
}

result<std::optional<effect_row>> postgres_reader::effect(const effect_id& id) {
  return reading([&](session& s) {
    const auto rows = s.run("read_effect", id);
    return !rows.empty() ? std::optional(read_effect(rows[0])) : std::nullopt;
  });
}

result<std::vector<effect_row>> postgres_reader::effects_of(const lead_id& lead) {
  return reading([&](session& s) { return s.run("read_effects_of", lead).all_as(read_effect); });
}

result<std::optional<effect_row>> postgres_reader::effect_by_provider_id(const workspace_id& ws,
                                                                         const std::string& provider_id) {
  return reading([&](session& s) {
    const auto rows = s.run("read_effect_by_provider", ws, provider_id);
    return !rows.empty() ? std::optional(read_effect(rows[0])) : std::nullopt;
  });
}

}  // namespace heed::postgres
