#include "persistence/sqlite/reader.hpp"

/// What keeps sending safe, read back: suppressions, handoffs, notifications, usage.
namespace heed::sqlite {

namespace {
auto later() { return fail(errc::refused, "not built yet"); }
}  // namespace

result<listing<lead_row>> sqlite_reader::find_leads(const workspace_id&, const lead_filter&, const page&) { return later(); }
result<listing<suppression_row>> sqlite_reader::suppressions(const workspace_id&, const page&) { return later(); }
result<std::vector<suppression_row>> sqlite_reader::suppressions_of(const workspace_id&, const std::string&) { return later(); }
result<listing<stored_handoff>> sqlite_reader::handoffs(const workspace_id&, bool, const page&) { return later(); }
result<listing<ignored_row>> sqlite_reader::ignored(const workspace_id&, const page&) { return later(); }
result<listing<alert_row>> sqlite_reader::alerts(const workspace_id&, const page&) { return later(); }
result<std::vector<notification_row>> sqlite_reader::due_notifications(time_point, std::size_t) { return later(); }
result<std::vector<account_config_row>> sqlite_reader::account_configs() { return std::vector<account_config_row>{}; }
result<send_window> sqlite_reader::sends_of(const workspace_id&, const campaign_id&, time_point, std::size_t) { return later(); }
result<std::optional<send_usage_row>> sqlite_reader::usage(const workspace_id&, const account_id&) { return later(); }

}  // namespace heed::sqlite
