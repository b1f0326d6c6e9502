#pragma once

#include <filesystem>
#include <string>

#include "persistence/sqlite/database.hpp"
#include "persistence/sqlite/writer.hpp"
#include "persistence/store.hpp"

namespace heed::sqlite {

/// `sqlite:PATH[?synchronous=normal|full]`
struct location {
  std::string path;
  std::string synchronous = "full";
};
[[nodiscard]] result<location> parse_location(const std::string& url);

/// Held on PATH.lock for as long as the object lives; the kernel frees it with the process.
class process_lock {
 public:
  process_lock() = default;
  explicit process_lock(const std::string& path);
  ~process_lock();
  process_lock(const process_lock&) = delete;
  process_lock& operator=(const process_lock&) = delete;
  process_lock(process_lock&& other) noexcept;
  process_lock& operator=(process_lock&& other) noexcept;

 private:
  int descriptor_ = -1;
};

/// What `open_store` and `migrate_store` do for this scheme.
[[nodiscard]] result<std::unique_ptr<store>> open(const std::string& url, open_mode mode);
[[nodiscard]] result<std::vector<std::string>> migrate(const std::string& url);

/// Applies what is missing of migrations(), each in a transaction of its own; names of those applied.
std::vector<std::string> migrate(database& db);
/// Throws unless the schema is this binary's.
void require_current_schema(database& db);

void insert_audit(database& db, const audit_row& row);

class sqlite_store final : public store {
 public:
  sqlite_store(location where, open_mode mode);

  result<node_identity> attach(time_point now) override;
  result<write_result> write(const write_batch& batch) override;
  result<std::unique_ptr<store_reader>> reader() override;
  result<void> count_attempt(std::span<const std::uint64_t> inbox) override;
  result<void> bury(std::uint64_t inbox, const std::string& error, time_point now) override;
  result<void> requeue(std::uint64_t inbox) override;
  result<void> bury_effect(const effect_id& id, const std::string& error, time_point now) override;
  result<void> create_workspace(const workspace_id& ws, time_point now) override;
  result<std::uint64_t> put_policy(const workspace_id& ws, std::uint64_t expected, const bytes& body,
                                   const audit_row& why) override;
  result<void> put_api_key(const api_key_row& row) override;
  result<void> put_kill_switch(const kill_switch_row& row) override;
  result<void> create_kill_switch(const kill_switch_row& row) override;
  result<void> put_meta(const std::string& name, const bytes& value) override;
  result<void> swap_meta(const std::string& name, const std::optional<bytes>& read, const bytes& value) override;
  result<void> put_idempotent_answer(const workspace_id& ws, const std::string& key,
                                     const bytes& request_hash, const bytes& answer, time_point now) override;
  result<void> add_audit(const audit_row& row) override;
  result<std::uint64_t> add_suppressions(std::span<const suppression_row> rows) override;
  result<std::uint64_t> lift_suppression(const workspace_id& ws, const std::string& hash,
                                         const audit_row& why) override;
  result<void> put_account_config(const account_config_row& row) override;
  result<void> note_ignored(std::span<const ignored_row> rows, std::size_t most) override;
  result<void> add_alert(const alert_row& row, std::span<const notification_row> carried_by) override;
  result<void> settle_notification(std::uint64_t number, std::optional<time_point> next_at,
                                   const std::string& error) override;

 private:
  /// Runs `f(db)` in one write transaction; exceptions become values.
  template <class F>
  auto change(F&& f) -> result<std::invoke_result_t<F, database&>> {
    if (mode_ == open_mode::read_only) return fail(errc::refused, "the store was opened for reading");
    return guarded([&] {
      transaction tx(db_, transaction::kind::immediate);
      writer_.prepare();
      if constexpr (std::is_void_v<std::invoke_result_t<F, database&>>) {
        f(db_);
        tx.commit();
      } else {
        auto out = f(db_);
        tx.commit();
        return out;
      }
    });
  }

  location where_;
  open_mode mode_;
  process_lock lock_;
  database db_;
  writer writer_;
};

}  // namespace heed::sqlite
