#pragma once

#include "persistence/sqlite/database.hpp"
#include "persistence/store.hpp"

namespace heed::sqlite {

/// A connection of its own that cannot write. Calls of more than one statement pin a snapshot.
class sqlite_reader final : public store_reader {
 public:
  explicit sqlite_reader(const std::string& path) : db_(path, access::read, "") {}

  result<std::vector<lead_row>> leads(std::span<const lead_id> ids) override;
  result<std::optional<lead_row>> lead_by_key(const workspace_id& ws, const lead_key& key) override;
  result<listing<lead_row>> all_leads(const std::optional<workspace_id>& ws, const page& p) override;
  result<listing<journal_row>> journal(const lead_id& lead, std::uint64_t after_seq,
                                       std::size_t limit) override;
  result<std::vector<pending_row>> pending(std::uint64_t after_inbox, std::size_t limit) override;
  result<std::vector<pending_row>> pending_of(const lead_id& lead) override;
  result<std::vector<timer_row>> timers(time_point until, std::optional<timer_row> after,
                                        std::size_t limit) override;
  result<std::vector<effect_row>> open_effects(const std::optional<account_id>& account, effect_state state,
                                               std::size_t limit) override;
  result<std::optional<effect_row>> effect(const effect_id& id) override;
  result<std::vector<effect_row>> effects_of(const lead_id& lead) override;
  result<std::optional<effect_row>> effect_by_provider_id(const workspace_id& ws,
                                                          const std::string& provider_id) override;

  result<listing<stored_run>> runs(const workspace_id& ws, const run_filter& f, const page& p) override;
  result<std::map<run_status, std::uint64_t>> run_counts(const workspace_id& ws,
                                                         const std::string& campaign) override;
  result<std::vector<history_row>> history(const lead_id& lead, const campaign_id& campaign) override;
  result<listing<stored_action>> audience_actions(const workspace_id& ws, const std::string& lead,
                                                  const std::string& campaign, const page& p) override;
  result<listing<stored_restraint>> restraints(const workspace_id& ws, const restraint_filter& f,
                                               const page& p) override;
  result<std::vector<message_row>> messages(const lead_id& lead, std::size_t limit) override;
  result<std::vector<report_count>> report(const workspace_id& ws, const std::string& campaign,
                                           time_point from, time_point to) override;
  result<listing<dead_letter>> dead_letters(const std::optional<workspace_id>& ws, const page& p) override;
  result<listing<sandbox_message>> sandbox(const workspace_id& ws, const std::string& lead,
                                           const page& p) override;

  result<std::vector<workspace_id>> workspaces() override;
  result<std::pair<std::uint64_t, bytes>> latest_policy(const workspace_id& ws) override;
  result<bytes> policy_revision(const workspace_id& ws, std::uint64_t revision) override;
  result<std::vector<api_key_row>> api_keys() override;
  result<std::vector<kill_switch_row>> kill_switches() override;
  result<std::vector<audit_row>> audit(const workspace_id& ws, std::size_t limit) override;
  result<std::optional<bytes>> meta(const std::string& name) override;
  result<std::optional<std::pair<bytes, bytes>>> idempotent_answer(const workspace_id& ws,
                                                                   const std::string& key) override;
  result<store_counts> counts() override;
  result<listing<lead_row>> find_leads(const workspace_id& ws, const lead_filter& f, const page& p) override;
  result<listing<suppression_row>> suppressions(const workspace_id& ws, const page& p) override;
  result<std::vector<suppression_row>> suppressions_of(const workspace_id& ws,
                                                       const std::string& hash) override;
  result<listing<stored_draft>> drafts(const workspace_id& ws, std::optional<draft::draft_status> status, const page& p) override;
  result<listing<stored_handoff>> handoffs(const workspace_id& ws, bool only_open, const page& p) override;
  result<listing<ignored_row>> ignored(const workspace_id& ws, const page& p) override;
  result<listing<alert_row>> alerts(const workspace_id& ws, const page& p) override;
  result<std::vector<notification_row>> due_notifications(time_point until, std::size_t limit) override;
  result<std::vector<account_config_row>> account_configs() override;
  result<send_window> sends_of(const workspace_id& ws, const campaign_id& campaign, time_point since,
                               std::size_t most) override;
  result<std::vector<arrival_row>> arrivals_of(const workspace_id& ws, const account_id& account, time_point since,
                                               std::size_t most) override;
  result<std::optional<send_usage_row>> usage(const workspace_id& ws, const account_id& account) override;
  result<std::vector<std::string>> audit_invariants() override;

 private:
  database db_;
};

/// A page's `after` is the number of its last row; anything else is refused.
[[nodiscard]] std::int64_t position_of(const page& p);
/// The same of a listing that begins with the newest: beyond every number when the page is the first.
[[nodiscard]] std::int64_t position_before(const page& p);

/// Reads one row more than the page holds, to know whether it is the last. `position` names a row, so that
/// the next page can begin behind it.
template <class T, class Position, class Read>
listing<T> read_page_by(statement::cursor& rows, const page& p, Position&& position, Read&& read) {
  listing<T> out;
  std::string last;
  while (rows.next()) {
    if (out.items.size() == p.limit) {
      out.next = std::move(last);
      break;
    }
    out.items.push_back(read(rows));
    last = position(rows);
  }
  return out;
}

template <class T, class Read>
listing<T> read_page(statement::cursor& rows, const page& p, int position_column, Read&& read) {
  const auto number = [&](const statement::cursor& r) { return std::to_string(r.integer(position_column)); };
  return read_page_by<T>(rows, p, number, std::forward<Read>(read));
}

template <class Read>
auto all_of(statement::cursor& rows, Read read) {
  std::vector<decltype(read(rows))> out;
  while (rows.next())
    out.push_back(read(rows));
  return out;
}

}  // namespace heed::sqlite
