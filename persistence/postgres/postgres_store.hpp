#pragma once

#include <atomic>
#include <mutex>
#include <optional>

#include "persistence/postgres/hold.hpp"
#include "persistence/postgres/known.hpp"
#include "persistence/postgres/location.hpp"
#include "persistence/postgres/pool.hpp"
#include "persistence/leases.hpp"
#include "persistence/store.hpp"

namespace heed::postgres {

/// What `open_store` and `migrate_store` do for this scheme.
[[nodiscard]] result<std::unique_ptr<store>> open(const std::string& url, open_mode mode);
[[nodiscard]] result<std::vector<std::string>> migrate(const std::string& url);

/// Throws unless the schema is this binary's and the role may use it.
void require_current_schema(session& s);

class postgres_store final : public store {
 public:
  postgres_store(location where, open_mode mode);

  result<node_identity> attach(time_point now) override;
  [[nodiscard]] node_identity identity() const { return who(); }
  /// What the connections of this process are called in the server.
  [[nodiscard]] const std::string& sessions() const { return sessions_; }
  result<std::vector<told_lead>> lose_calls(const std::vector<bool>& shards, time_point now);
  /// From any thread; as many at once as there are writers.
  result<write_result> write(const write_batch& batch) override;
  [[nodiscard]] std::size_t writers() const override { return where_.writers; }
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
  result<void> put_meta(const std::string& name, const bytes& value) override;
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
  /// Runs `f(session)` in one transaction; what collides with another writer begins again.
  template <class F>
  auto change(F&& f) -> result<std::invoke_result_t<F, session&>>;
  template <class F>
  auto change_once(F& f, bool& collided) -> result<std::invoke_result_t<F, session&>>;
  [[nodiscard]] std::unique_ptr<transaction> begin(pool::lease& on);

  [[nodiscard]] result<write_result> write_once_known(const node_identity& me, const write_batch& batch);
  [[nodiscard]] node_identity who() const;
  void prepare_weeks(time_point at);
  result<node_identity> join_others();

  location where_;
  open_mode mode_;
  std::string sessions_;
  std::optional<hold> hold_;
  std::optional<pool> pool_;
  known_rows known_;
  mutable std::mutex lock_;
  node_identity who_;
  std::atomic<std::int64_t> prepared_until_{0};
};

/// How often a transaction is begun again after meeting another writer.
inline constexpr int collisions_max = 5;

template <class F>
auto postgres_store::change(F&& f) -> result<std::invoke_result_t<F, session&>> {
  if (mode_ == open_mode::read_only) return fail(errc::refused, "the store was opened for reading");
  for (int i = 1;; ++i) {
    bool collided = false;
    auto out = change_once(f, collided);
    if (!collided) return out;
    if (i < collisions_max) continue;
    // Nothing is wrong with what was to be written: others wrote the same at the same time, and later they are done.
    out.error().code = errc::retry;
    return out;
  }
}

template <class F>
auto postgres_store::change_once(F& f, bool& collided) -> result<std::invoke_result_t<F, session&>> {
  std::optional<pool::lease> on;
  std::unique_ptr<transaction> tx;
  try {
    on.emplace(*pool_);
    tx = begin(*on);
    if constexpr (std::is_void_v<std::invoke_result_t<F, session&>>) {
      f(**on);
      tx->commit();
      return {};
    } else {
      auto out = f(**on);
      tx->commit();
      return out;
    }
  } catch (...) {
    collided = is_collision_in_flight();
    const bool lost = on && !on->usable();
    const bool wrong_server = is_wrong_server_in_flight();
    auto error = error_in_flight(tx ? tx->reached() : reach::before_commit, lost);
    error.detail = redacted(std::move(error.detail), where_);
    tx.reset();
    if (wrong_server && on) on->drop();
    return tl::unexpected(std::move(error));
  }
}

}  // namespace heed::postgres
