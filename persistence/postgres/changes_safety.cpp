#include <map>
#include <set>

#include "persistence/postgres/changes.hpp"
#include "persistence/postgres/postgres_store.hpp"

/// Changes outside the batches: the suppression list, accounts, alerts, notifications.
namespace heed::postgres {
namespace {

/// The numbers of leads named outside, 0 for the empty name.
class lead_numbers {
 public:
  template <class Rows>
  lead_numbers(session& s, const Rows& rows) {
    column ids(type_oid::text);
    for (const auto& row : rows)
      if (!row.lead.empty()) ids.add(row.lead);
    s.run("leads_named", ids).each([&](const row_view& r) {
      found_[{r.named<workspace_id>(2), r.named<lead_id>(1)}] = r.count(0);
    });
  }
  [[nodiscard]] std::uint64_t operator()(const workspace_id& ws, const lead_id& lead) const {
    if (lead.empty()) return 0;
    const auto n = found_.find({ws, lead});
    if (n == found_.end()) throw database_error(errc::not_found, "`lead` names no lead of the workspace");
    return n->second;
  }

 private:
  std::map<std::pair<workspace_id, lead_id>, std::uint64_t> found_;
};

void check_entry(const suppression_row& row) {
  if (row.hash.empty()) throw database_error(errc::refused, "`hash` of a suppression is empty");
  if (row.scope != "person" && row.scope != "address")
    throw database_error(errc::refused, "`scope` of a suppression is neither person nor address");
}

}  // namespace

result<std::uint64_t> postgres_store::add_suppressions(std::span<const suppression_row> rows) {
  return change([&](session& s) {
    const lead_numbers number_of(s, rows);
    rows_of<workspace_id, std::string_view, std::string_view, std::uint64_t, std::string_view,
            std::string_view, time_point>
        all;
    for (const auto& row : rows) {
      check_entry(row);
      all.add(row.workspace, row.hash, row.scope, number_of(row.workspace, row.lead), row.reason, row.source,
              row.at);
    }
    return s.run("suppression_add", all).changed();
  });
}

result<std::uint64_t> postgres_store::lift_suppression(const workspace_id& ws, const std::string& hash,
                                                       const audit_row& why) {
  return change([&](session& s) {
    const auto lifted = s.run("suppression_lift_listed", ws, hash).changed();
    insert_audit(s, why);
    return lifted;
  });
}

result<void> postgres_store::put_account_config(const account_config_row& row) {
  return change(
      [&](session& s) { s.run("account_config_put", row.workspace, row.account, blob{row.sealed}, row.at); });
}

result<void> postgres_store::note_ignored(std::span<const ignored_row> rows, std::size_t most) {
  return change([&](session& s) {
    std::set<workspace_id> touched;
    rows_of<workspace_id, std::string_view, std::string_view, std::string_view, time_point> all;
    for (const auto& row : rows) {
      all.add(row.workspace, row.provider, row.type, row.reason, row.at);
      touched.insert(row.workspace);
    }
    s.run("ignored_insert", all);
    for (const auto& ws : touched)
      s.run("ignored_trim", ws, most);
  });
}

result<void> postgres_store::add_alert(const alert_row& row, std::span<const notification_row> carried_by) {
  return change([&](session& s) {
    const lead_numbers number_of(s, carried_by);
    s.run("alert_insert", row.workspace, row.what, row.subject, row.detail, row.at);
    rows_of<std::uint64_t, std::uint64_t, time_point, workspace_id, std::string_view, std::string_view,
            std::string_view, std::string_view>
        notes;
    for (const auto& n : carried_by)
      notes.add(number_of(n.workspace, n.lead), n.seq, n.created_at, n.workspace, n.key, n.what, n.reason,
                n.to);
    s.run("notification_insert", notes);
  });
}

result<void> postgres_store::settle_notification(std::uint64_t number, std::optional<time_point> next_at,
                                                 const std::string& error) {
  return change([&](session& s) {
    if (s.run("notification_settle", number, next_at, error).changed() == 0)
      throw database_error(errc::not_found, "no such notification");
  });
}

}  // namespace heed::postgres
