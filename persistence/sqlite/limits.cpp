#include <algorithm>

#include "persistence/sqlite/usage.hpp"
#include "persistence/sqlite/writer.hpp"

/// What an account may send (PROTOCOL, Accounts): checked and counted in the transaction of the claim, so
/// that no crash and no second claimant makes it more.
namespace heed::sqlite {
namespace {

time_point earliest_claim(const send_usage_row& u, const send_limits& l) {
  time_point at{};
  if (u.last_at && l.gap.count() > 0) at = std::max(at, *u.last_at + l.gap);
  if (l.pace.count() > 0) at = std::max(at, u.paced_at - l.burst);
  return at;
}

}  // namespace

std::optional<send_usage_row> find_usage(database& db, const workspace_id& ws, const account_id& account) {
  auto rows = db["usage_find"].query(ws, account);
  if (!rows.next()) return std::nullopt;
  return send_usage_row{rows.integer(0), static_cast<std::uint32_t>(rows.integer(1)), rows.maybe_instant(2),
                        rows.instant(3)};
}

send_usage_row usage_on_day(database& db, const workspace_id& ws, const account_id& account,
                            std::int64_t day) {
  auto found = find_usage(db, ws, account);
  if (!found) return {day, 0, std::nullopt, {}};
  if (day > found->day) {
    found->day = day;
    found->used = 0;
  }
  return *found;
}

bool writer::take_unit(const open_effect& e, const claim_request& c, claim_result& out) {
  auto& u = out.usage;
  if (c.limits.max_per_day > 0 && u.used >= c.limits.max_per_day) {
    out.outcome = claim_result::what::full;
    return false;
  }
  const auto earliest = earliest_claim(u, c.limits);
  if (c.now < earliest) {
    out.outcome = claim_result::what::paced;
    out.retry_at = earliest;
    return false;
  }
  ++u.used;
  u.last_at = c.now;
  if (c.limits.pace.count() > 0) u.paced_at = std::max(c.now, u.paced_at) + c.limits.pace;
  db_["usage_put"].run(e.workspace, e.account, u.day, u.used, u.last_at, u.paced_at);
  return true;
}

void writer::return_unit(const open_effect& e) {
  // The refusal of a repeat says nothing of the call it repeats, and that one was counted.
  if (!e.counted_day || e.calls > 1) return;
  db_["usage_return"].run(e.workspace, e.account, *e.counted_day);
  db_["effect_uncount"].run(e.n);
}

}  // namespace heed::sqlite
