#include "persistence/sqlite/usage.hpp"
#include "persistence/sqlite/writer.hpp"
#include "persistence/store_rules.hpp"

/// What an account may send (PROTOCOL, Accounts): checked and counted in the transaction of the claim, so
/// that no crash and no second claimant makes it more.
namespace heed::sqlite {

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
  if (!store_rules::take_room(c.limits, c.now, out)) return false;
  const auto& u = out.usage;
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
