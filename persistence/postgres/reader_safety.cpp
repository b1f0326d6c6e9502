#include "actors/lead/check.hpp"
#include "persistence/postgres/reader.hpp"

/// What keeps sending safe, read back: suppressions, handoffs, notifications, usage.
namespace heed::postgres {
namespace {

suppression_row read_suppression(const row_view& r) {
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

std::string position_in_list(const row_view& r) {
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

stored_handoff read_handoff(const row_view& r) {
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

notification_row read_notification(const row_view& r) {
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

result<listing<suppression_row>> postgres_reader::suppressions(const workspace_id& ws, const page& p) {
  return reading([&](session& s) {
    const auto after = list_position_of(p);
    const auto rows = s.run("read_suppressions", ws, after.hash, after.scope, after.lead, p.limit + 1);
    return read_page_by<suppression_row>(rows, p, position_in_list, read_suppression);
  });
}

result<std::vector<suppression_row>> postgres_reader::suppressions_of(const workspace_id& ws,
                                                                      const std::string& hash) {
  return reading(
      [&](session& s) { return s.run("read_suppressions_of", ws, hash).all_as(read_suppression); });
}

result<listing<stored_draft>> postgres_reader::drafts(const workspace_id& ws, std::optional<draft::draft_status> status,
                                                      const page& p) {
  return reading([&](session& s) {
    const auto before = position_before(p);
    const auto rows = status ? s.run("read_drafts_of_status", ws, before, p.limit + 1, static_cast<std::int64_t>(*status))
                             : s.run("read_drafts", ws, before, p.limit + 1);
    return read_page<stored_draft>(rows, p, 5, [](const row_view& r) {
      return stored_draft{r.named<workspace_id>(0), r.named<lead_id>(1),
                          {r.text(2), static_cast<draft::draft_status>(r.count(3)), r.instant(4)}};
    });
  });
}

result<listing<stored_handoff>> postgres_reader::handoffs(const workspace_id& ws, bool only_open,
                                                          const page& p) {
  return reading([&](session& s) {
    const auto rows =
        s.run(only_open ? "read_open_handoffs" : "read_handoffs", ws, position_before(p), p.limit + 1);
    return read_page<stored_handoff>(rows, p, 10, read_handoff);
  });
}

result<listing<ignored_row>> postgres_reader::ignored(const workspace_id& ws, const page& p) {
  return reading([&](session& s) {
    const auto rows = s.run("read_ignored", ws, position_before(p), p.limit + 1);
    return read_page<ignored_row>(rows, p, 0, [](const row_view& r) {
      return ignored_row{r.count(0), r.named<workspace_id>(1), r.text(2), r.text(3), r.text(4), r.instant(5)};
    });
  });
}

result<listing<alert_row>> postgres_reader::alerts(const workspace_id& ws, const page& p) {
  return reading([&](session& s) {
    const auto rows = s.run("read_alerts", ws, position_before(p), p.limit + 1);
    return read_page<alert_row>(rows, p, 0, [](const row_view& r) {
      return alert_row{r.count(0), r.named<workspace_id>(1), r.text(2), r.text(3), r.text(4), r.instant(5)};
    });
  });
}

result<std::vector<notification_row>> postgres_reader::due_notifications(time_point until,
                                                                         std::size_t limit) {
  return reading(
      [&](session& s) { return s.run("read_due_notifications", until, limit).all_as(read_notification); });
}

result<std::vector<account_config_row>> postgres_reader::account_configs() {
  return reading([&](session& s) {
    return s.run("read_account_configs").all_as([](const row_view& r) {
      return account_config_row{r.named<workspace_id>(0), r.named<account_id>(1), r.bytes(2), r.instant(3)};
    });
  });
}

result<send_window> postgres_reader::sends_of(const workspace_id& ws, const campaign_id& campaign,
                                              time_point since, std::size_t most) {
  return reading([&](session& s) {
    const auto rows = s.run("read_sends_of", ws, campaign, since, most);
    CHECK(rows.size() == 1);
    const auto r = rows[0];
    return send_window{r.count(0), r.count(1), r.count(2)};
  });
}

result<std::vector<arrival_row>> postgres_reader::arrivals_of(const workspace_id& ws, const account_id& account,
                                                              time_point since, std::size_t most) {
  return reading([&](session& s) {
    const auto rows = s.run("read_arrivals_of", ws, account, since, most);
    std::vector<arrival_row> out;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const auto r = rows[i];
      out.push_back({r.named<effect_id>(0), r.text(1), r.instant(2), r.maybe_instant(3)});
    }
    return out;
  });
}

result<std::optional<send_usage_row>> postgres_reader::usage(const workspace_id& ws,
                                                             const account_id& account) {
  return reading([&](session& s) -> std::optional<send_usage_row> {
    const auto rows = s.run("read_usage", ws, account);
    if (rows.empty()) return std::nullopt;
    return send_usage_row{rows[0].integer(0), rows[0].small(1), rows[0].maybe_instant(2), rows[0].instant(3)};
  });
}

}  // namespace heed::postgres
