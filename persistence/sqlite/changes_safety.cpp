#include "persistence/sqlite/sqlite_store.hpp"

/// Changes outside the batches: the suppression list, accounts, alerts, notifications.
namespace heed::sqlite {

namespace {
auto later() { return fail(errc::refused, "not built yet"); }
}  // namespace

result<std::uint64_t> sqlite_store::add_suppressions(std::span<const suppression_row>) { return later(); }
result<std::uint64_t> sqlite_store::lift_suppression(const workspace_id&, const std::string&, const audit_row&) { return later(); }
result<void> sqlite_store::put_account_config(const account_config_row&) { return later(); }
result<void> sqlite_store::note_ignored(std::span<const ignored_row>, std::size_t) { return later(); }
result<void> sqlite_store::add_alert(const alert_row&, std::span<const notification_row>) { return later(); }
result<void> sqlite_store::settle_notification(std::uint64_t, std::optional<time_point>, const std::string&) { return later(); }

}  // namespace heed::sqlite
