#pragma once

#include <memory>

#include "persistence/store.hpp"

namespace heed {

/// Hands every call on; what stands in between overrides the calls it is about, or looks at the errors of
/// all.
class store_decorator : public store {
 public:
  explicit store_decorator(store& inner) : inner_(inner) {}
  explicit store_decorator(std::unique_ptr<store> inner) : owned_(std::move(inner)), inner_(*owned_) {}

  result<node_identity> attach(time_point now) override { return heard(inner_.attach(now)); }
  result<write_result> write(const write_batch& batch) override { return heard(inner_.write(batch)); }
  [[nodiscard]] std::size_t writers() const override { return inner_.writers(); }
  result<std::unique_ptr<store_reader>> reader() override { return inner_.reader(); }
  result<void> count_attempt(std::span<const std::uint64_t> inbox) override {
    return heard(inner_.count_attempt(inbox));
  }
  result<void> bury(std::uint64_t inbox, const std::string& error, time_point now) override {
    return heard(inner_.bury(inbox, error, now));
  }
  result<void> requeue(std::uint64_t inbox) override { return heard(inner_.requeue(inbox)); }
  result<void> bury_effect(const effect_id& id, const std::string& error, time_point now) override {
    return heard(inner_.bury_effect(id, error, now));
  }
  result<void> create_workspace(const workspace_id& ws, time_point now) override {
    return heard(inner_.create_workspace(ws, now));
  }
  result<std::uint64_t> put_policy(const workspace_id& ws, std::uint64_t expected, const bytes& body,
                                   const audit_row& why) override {
    return heard(inner_.put_policy(ws, expected, body, why));
  }
  result<void> put_api_key(const api_key_row& row) override { return heard(inner_.put_api_key(row)); }
  result<void> put_kill_switch(const kill_switch_row& row) override {
    return heard(inner_.put_kill_switch(row));
  }
  result<void> create_kill_switch(const kill_switch_row& row) override {
    return heard(inner_.create_kill_switch(row));
  }
  result<void> put_meta(const std::string& name, const bytes& value) override {
    return heard(inner_.put_meta(name, value));
  }
  result<void> swap_meta(const std::string& name, const std::optional<bytes>& read, const bytes& value) override {
    return heard(inner_.swap_meta(name, read, value));
  }
  result<void> put_idempotent_answer(const workspace_id& ws, const std::string& key,
                                     const bytes& request_hash, const bytes& answer,
                                     time_point now) override {
    return heard(inner_.put_idempotent_answer(ws, key, request_hash, answer, now));
  }
  result<void> add_audit(const audit_row& row) override { return heard(inner_.add_audit(row)); }
  result<std::uint64_t> add_suppressions(std::span<const suppression_row> rows) override {
    return heard(inner_.add_suppressions(rows));
  }
  result<std::uint64_t> lift_suppression(const workspace_id& ws, const std::string& hash,
                                         const audit_row& why) override {
    return heard(inner_.lift_suppression(ws, hash, why));
  }
  result<void> put_account_config(const account_config_row& row) override {
    return heard(inner_.put_account_config(row));
  }
  result<void> note_ignored(std::span<const ignored_row> rows, std::size_t most) override {
    return heard(inner_.note_ignored(rows, most));
  }
  result<void> add_alert(const alert_row& row, std::span<const notification_row> carried_by) override {
    return heard(inner_.add_alert(row, carried_by));
  }
  result<void> settle_notification(std::uint64_t number, std::optional<time_point> next_at,
                                   const std::string& error) override {
    return heard(inner_.settle_notification(number, next_at, error));
  }

 protected:
  [[nodiscard]] store& inner() { return inner_; }

  /// Told of every change that failed.
  virtual void failed(const store_error&) {}

 private:
  template <class T>
  result<T> heard(result<T> r) {
    if (!r) failed(r.error());
    return r;
  }

  std::unique_ptr<store> owned_;
  store& inner_;
};

}  // namespace heed
