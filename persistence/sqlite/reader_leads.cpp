#include <limits>

#include "persistence/sqlite/reader.hpp"

/// What the engine reads: leads, their journal, and the work that waits.
namespace heed::sqlite {
namespace {

using cursor = statement::cursor;

lead_row read_lead(const cursor& r) {
  return {
      r.named<workspace_id>(0), r.named<lead_id>(1), r.count(2), r.text(3), r.text(4), r.text(5), r.flag(6)};
}

pending_row read_pending(const cursor& r) {
  return {r.count(0),          r.named<workspace_id>(1),
          r.named<lead_id>(2), r.text(3),
          r.instant(4),        static_cast<std::uint32_t>(r.integer(5))};
}

effect_row read_effect(const cursor& r) {
  effect_row e;
  e.id = r.named<effect_id>(0);
  e.workspace = r.named<workspace_id>(1);
  e.lead = r.named<lead_id>(2);
  e.key = r.text(3);
  e.campaign = r.named<campaign_id>(4);
  e.account = r.named<account_id>(5);
  e.kind = r.text(6);
  e.request = r.text(7);
  e.state = r.as<effect_state>(8);
  e.attempt = static_cast<std::uint32_t>(r.integer(9));
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

result<std::vector<lead_row>> sqlite_reader::leads(std::span<const lead_id> ids) {
  return guarded([&] {
    transaction snapshot(db_, transaction::kind::deferred);
    std::vector<lead_row> out;
    for (const auto& id : ids) {
      auto rows = db_["read_lead"].query(id);
      if (!rows.next()) continue;
      out.push_back(read_lead(rows));
      out.back().rules = static_cast<std::uint32_t>(rows.integer(7));
    }
    return out;
  });
}

result<std::optional<lead_row>> sqlite_reader::lead_by_key(const workspace_id& ws, const lead_key& key) {
  return guarded([&]() -> std::optional<lead_row> {
    transaction snapshot(db_, transaction::kind::deferred);
    if (key.kind == key_kind::lead) {
      auto rows = db_["read_lead"].query(std::string_view(key.value));
      if (!rows.next()) return std::nullopt;
      auto lead = read_lead(rows);
      return lead.workspace == ws ? std::optional(std::move(lead)) : std::nullopt;
    }
    auto holder = db_["key_holder"].number(ws, key.kind, key.name, key.value);
    if (!holder && key.kind == key_kind::email)
      holder = db_["key_holder"].number(ws, key_kind::alternate_email, key.name, key.value);
    if (!holder) return std::nullopt;
    auto rows = db_["read_lead_by_number"].query(*holder);
    return rows.next() ? std::optional(read_lead(rows)) : std::nullopt;
  });
}

result<listing<lead_row>> sqlite_reader::all_leads(const std::optional<workspace_id>& ws, const page& p) {
  return guarded([&] {
    auto rows = db_["read_all_leads"].query(position_of(p), ws, p.limit + 1);
    return read_page<lead_row>(rows, p, 7, read_lead);
  });
}

result<listing<lead_row>> sqlite_reader::find_leads(const workspace_id& ws, const lead_filter& f,
                                                    const page& p) {
  return guarded([&] {
    const auto status = parse_run_status(f.status);
    if (!f.status.empty() && !status && f.status != "handed_off" && f.status != "poisoned")
      throw database_error(
          errc::refused,
          "`status` is none of pending, running, paused, suppressed, failed, done, handed_off, "
          "poisoned");
    auto rows = db_["read_found_leads"].query(position_of(p), ws, f.q, f.status, status, p.limit + 1);
    return read_page<lead_row>(rows, p, 7, read_lead);
  });
}

result<listing<journal_row>> sqlite_reader::journal(const lead_id& lead, std::uint64_t after_seq,
                                                    std::size_t limit) {
  return guarded([&] {
    auto rows = db_["read_journal"].query(lead, after_seq, limit + 1);
    return read_page<journal_row>(rows, page{limit, {}}, 0, [](const cursor& r) {
      return journal_row{r.count(0), r.instant(1), r.count(2), static_cast<std::uint32_t>(r.integer(3)),
                         r.count(4), r.text(5),    r.text(6),  r.text(7),
                         r.text(8)};
    });
  });
}

result<std::vector<pending_row>> sqlite_reader::pending(std::uint64_t after_inbox, std::size_t limit) {
  return guarded([&] {
    auto rows = db_["read_pending"].query(after_inbox, limit);
    return all_of(rows, read_pending);
  });
}

result<std::vector<pending_row>> sqlite_reader::pending_of(const lead_id& lead) {
  return guarded([&] {
    auto rows = db_["read_pending_of"].query(lead);
    return all_of(rows, read_pending);
  });
}

result<std::vector<timer_row>> sqlite_reader::timers(time_point until, std::optional<timer_row> after,
                                                     std::size_t limit) {
  return guarded([&] {
    transaction snapshot(db_, transaction::kind::deferred);
    std::int64_t due = std::numeric_limits<std::int64_t>::min();
    std::int64_t lead = 0;
    if (after) {
      due = to_micros(after->due);
      // Of an unknown lead every timer of that instant comes again: better twice than never.
      lead = db_["lead_by_id"].number(after->lead).value_or(0);
    }
    auto rows = db_["read_timers"].query(until, due, lead, limit);
    return all_of(rows, [](const cursor& r) {
      return timer_row{r.named<workspace_id>(0), r.named<lead_id>(1), r.count(2), r.instant(3)};
    });
  });
}

result<std::vector<effect_row>> sqlite_reader::open_effects(const std::optional<account_id>& account,
                                                            effect_state state, std::size_t limit) {
  return guarded([&] {
    if (state > effect_state::unknown) {
      auto rows = db_["read_ended_effects"].query(state, limit, account);
      return all_of(rows, read_effect);
    }
    if (account) {
      auto rows = db_["read_open_effects_of_account"].query(state, limit, account);
      return all_of(rows, read_effect);
    }
    auto rows = db_["read_open_effects"].query(state, limit);
    return all_of(rows, read_effect);
  });
}

result<std::optional<effect_row>> sqlite_reader::effect(const effect_id& id) {
  return guarded([&] {
    auto rows = db_["read_effect"].query(id);
    return rows.next() ? std::optional(read_effect(rows)) : std::nullopt;
  });
}

result<std::vector<effect_row>> sqlite_reader::effects_of(const lead_id& lead) {
  return guarded([&] {
    auto rows = db_["read_effects_of"].query(lead);
    return all_of(rows, read_effect);
  });
}

result<std::optional<effect_row>> sqlite_reader::effect_by_provider_id(const workspace_id& ws,
                                                                       const std::string& provider_id) {
  return guarded([&] {
    auto rows = db_["read_effect_by_provider"].query(ws, provider_id);
    return rows.next() ? std::optional(read_effect(rows)) : std::nullopt;
  });
}

}  // namespace heed::sqlite
