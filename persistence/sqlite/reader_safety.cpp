#include "persistence/sqlite/reader.hpp"
#include "persistence/sqlite/usage.hpp"

/// What keeps sending safe, read back: suppressions, handoffs, notifications, usage.
namespace heed::sqlite {
namespace {

using cursor = statement::cursor;

suppression_row read_suppression(const cursor& r) {
  return {r.named<workspace_id>(0),
          r.text(1),
          r.text(2),
          r.named<lead_id>(4),
          r.text(5),
          r.text(6),
          r.instant(7)};
}

/// A place in the suppression list, whose rows have no number: `hash.scope.lead`.
struct list_position {
  std::string hash, scope;
  std::int64_t lead = 0;
};

std::string position_in_list(const cursor& r) {
  return r.text(1) + "." + r.text(2) + "." + std::to_string(r.integer(3));
}

list_position list_position_of(const page& p) {
  if (p.after.empty()) return {};
  const auto scope = p.after.find('.');
  const auto lead = p.after.rfind('.');
  if (scope == std::string::npos || scope == lead)
    throw database_error(errc::refused, "`after` is not a position this listing gave");
  return {p.after.substr(0, scope), p.after.substr(scope + 1, lead - scope - 1),
          position_of({p.limit, p.after.substr(lead + 1)})};
}

stored_handoff read_handoff(const cursor& r) {
  stored_handoff s;
  s.workspace = r.named<workspace_id>(0);
  s.lead = r.named<lead_id>(1);
  s.handoff.episode = r.count(2);
  s.handoff.reason = r.text(3);
  s.handoff.by = r.text(4);
  s.handoff.since = r.instant(5);
  s.handoff.acknowledged_by = r.text(6);
  s.handoff.acknowledged_at = r.maybe_instant(7);
  s.handoff.ended_at = r.maybe_instant(8);
  s.handoff.ended_by = r.text(9);
  return s;
}

notification_row read_notification(const cursor& r) {
  notification_row n;
  n.number = r.count(0);
  n.workspace = r.named<workspace_id>(1);
  n.lead = r.named<lead_id>(2);
  n.key = r.text(3);
  n.what = r.text(4);
  n.reason = r.text(5);
  n.to = r.text(6);
  n.seq = r.count(7);
  n.created_at = r.instant(8);
  n.attempts = static_cast<std::uint32_t>(r.integer(9));
  n.next_at = r.maybe_instant(10);
  n.error = r.text(11);
  return n;
}

}  // namespace

result<listing<suppression_row>> sqlite_reader::suppressions(const workspace_id& ws, const page& p) {
  return guarded([&] {
    const auto after = list_position_of(p);
    auto rows = db_["read_suppressions"].query(ws, after.hash, after.scope, after.lead, p.limit + 1);
    return read_page_by<suppression_row>(rows, p, position_in_list, read_suppression);
  });
}

result<std::vector<suppression_row>> sqlite_reader::suppressions_of(const workspace_id& ws,
                                                                    const std::string& hash) {
  return guarded([&] {
    auto rows = db_["read_suppressions_of"].query(ws, hash);
    return all_of(rows, read_suppression);
  });
}

result<listing<stored_draft>> sqlite_reader::drafts(const workspace_id& ws, std::optional<draft::draft_status> status,
                                                    const page& p) {
  return guarded([&] {
    const auto before = position_before(p);
    auto rows = status ? db_["read_drafts_of_status"].query(ws, before, p.limit + 1, *status)
                       : db_["read_drafts"].query(ws, before, p.limit + 1);
    return read_page<stored_draft>(rows, p, 5, [](const cursor& r) {
      return stored_draft{r.named<workspace_id>(0), r.named<lead_id>(1),
                          {r.text(2), static_cast<draft::draft_status>(r.count(3)), r.instant(4)}};
    });
  });
}

result<listing<stored_handoff>> sqlite_reader::handoffs(const workspace_id& ws, bool only_open,
                                                        const page& p) {
  return guarded([&] {
    auto rows =
        db_[only_open ? "read_open_handoffs" : "read_handoffs"].query(ws, position_before(p), p.limit + 1);
    return read_page<stored_handoff>(rows, p, 10, read_handoff);
  });
}

result<listing<ignored_row>> sqlite_reader::ignored(const workspace_id& ws, const page& p) {
  return guarded([&] {
    auto rows = db_["read_ignored"].query(ws, position_before(p), p.limit + 1);
    return read_page<ignored_row>(rows, p, 0, [](const cursor& r) {
      return ignored_row{r.count(0), r.named<workspace_id>(1), r.text(2), r.text(3), r.text(4), r.instant(5)};
    });
  });
}

result<listing<alert_row>> sqlite_reader::alerts(const workspace_id& ws, const page& p) {
  return guarded([&] {
    auto rows = db_["read_alerts"].query(ws, position_before(p), p.limit + 1);
    return read_page<alert_row>(rows, p, 0, [](const cursor& r) {
      return alert_row{r.count(0), r.named<workspace_id>(1), r.text(2), r.text(3), r.text(4), r.instant(5)};
    });
  });
}

result<std::vector<notification_row>> sqlite_reader::due_notifications(time_point until, std::size_t limit) {
  return guarded([&] {
    auto rows = db_["read_due_notifications"].query(until, limit);
    return all_of(rows, read_notification);
  });
}

result<std::vector<account_config_row>> sqlite_reader::account_configs() {
  return guarded([&] {
    auto rows = db_["read_account_configs"].query();
    return all_of(rows, [](const cursor& r) {
      return account_config_row{r.named<workspace_id>(0), r.named<account_id>(1), r.text(2), r.instant(3)};
    });
  });
}

result<send_window> sqlite_reader::sends_of(const workspace_id& ws, const campaign_id& campaign,
                                            time_point since, std::size_t most) {
  return guarded([&] {
    auto r = db_["read_sends_of"].query(ws, campaign, since, most);
    if (!r.next()) throw database_error(errc::fatal, "a sum gave no row");
    return send_window{r.count(0), r.count(1), r.count(2)};
  });
}

result<std::vector<arrival_row>> sqlite_reader::arrivals_of(const workspace_id& ws, const account_id& account,
                                                            time_point since, std::size_t most) {
  return guarded([&] {
    auto rows = db_["read_arrivals_of"].query(ws, account, since, most);
    return all_of(rows, [](const cursor& r) {
      return arrival_row{r.named<effect_id>(0), r.text(1), r.instant(2), r.maybe_instant(3)};
    });
  });
}

result<std::optional<send_usage_row>> sqlite_reader::usage(const workspace_id& ws,
                                                           const account_id& account) {
  return guarded([&] { return find_usage(db_, ws, account); });
}

}  // namespace heed::sqlite
