#include <set>

#include "persistence/sqlite/sqlite_store.hpp"

/// Changes outside the batches: the suppression list, accounts, alerts, notifications.
namespace heed::sqlite {
namespace {

/// The number of a lead named outside; 0 when none is named.
std::int64_t number_of(database& db, const workspace_id& ws, const lead_id& lead) {
  if (lead.empty()) return 0;
  auto rows = db["lead_by_id"].query(lead);
  if (!rows.next() || rows.text(1) != ws.value)
    throw database_error(errc::not_found, "`lead` names no lead of the workspace");
  return rows.integer(0);
}

void check_entry(const suppression_row& row) {
  if (row.hash.empty()) throw database_error(errc::refused, "`hash` of a suppression is empty");
  if (row.scope != "person" && row.scope != "address")
    throw database_error(errc::refused, "`scope` of a suppression is neither person nor address");
}

}  // namespace

result<std::uint64_t> sqlite_store::add_suppressions(std::span<const suppression_row> rows) {
  return change([&](database& db) {
    std::uint64_t added = 0;
    for (const auto& row : rows) {
      check_entry(row);
      db["suppression_add"].run(row.workspace, row.hash, row.scope, number_of(db, row.workspace, row.lead),
                                row.reason, row.source, row.at);
      added += static_cast<std::uint64_t>(db.changes());
    }
    return added;
  });
}

result<std::uint64_t> sqlite_store::lift_suppression(const workspace_id& ws, const std::string& hash,
                                                     const audit_row& why) {
  return change([&](database& db) {
    db["suppression_lift_listed"].run(ws, hash);
    const auto lifted = static_cast<std::uint64_t>(db.changes());
    insert_audit(db, why);
    return lifted;
  });
}

result<void> sqlite_store::put_account_config(const account_config_row& row) {
  return change([&](database& db) {
    db["account_config_put"].run(row.workspace, row.account, blob{row.sealed}, row.at);
  });
}

result<void> sqlite_store::note_ignored(std::span<const ignored_row> rows, std::size_t most) {
  return change([&](database& db) {
    std::set<workspace_id> touched;
    for (const auto& row : rows) {
      db["ignored_insert"].run(row.workspace, row.provider, row.type, row.reason, row.at);
      touched.insert(row.workspace);
    }
    for (const auto& ws : touched)
      db["ignored_trim"].run(ws, most);
  });
}

result<void> sqlite_store::add_alert(const alert_row& row, std::span<const notification_row> carried_by) {
  return change([&](database& db) {
    db["alert_insert"].run(row.workspace, row.what, row.subject, row.detail, row.at);
    for (const auto& n : carried_by)
      writer_.notify(n, n.workspace, number_of(db, n.workspace, n.lead));
  });
}

result<void> sqlite_store::settle_notification(std::uint64_t number, std::optional<time_point> next_at,
                                               const std::string& error) {
  return change([&](database& db) {
    db["notification_settle"].run(number, next_at, error);
    if (db.changes() == 0) throw database_error(errc::not_found, "no such notification");
  });
}

}  // namespace heed::sqlite
