#pragma once

#include <memory>

#include "persistence/store.hpp"

namespace heed::simulation {

/// Hands every call on; what stands in between overrides the calls it is about.
class store_decorator : public store {
 public:
  explicit store_decorator(std::unique_ptr<store> inner) : inner_(std::move(inner)) {}

  result<node_identity> attach(time_point now) override { return inner_->attach(now); }
  result<write_result> write(const write_batch& batch) override { return inner_->write(batch); }
  result<std::unique_ptr<store_reader>> reader() override { return inner_->reader(); }
  result<void> count_attempt(std::span<const std::uint64_t> inbox) override { return inner_->count_attempt(inbox); }
  result<void> bury(std::uint64_t inbox, const std::string& error, time_point now) override {
    return inner_->bury(inbox, error, now);
  }
  result<void> requeue(std::uint64_t inbox) override { return inner_->requeue(inbox); }
  result<void> bury_effect(const effect_id& id, const std::string& error, time_point now) override {
    return inner_->bury_effect(id, error, now);
  }
  result<void> create_workspace(const workspace_id& ws, time_point now) override {
    return inner_->create_workspace(ws, now);
  }
  result<std::uint64_t> put_policy(const workspace_id& ws, std::uint64_t expected, const bytes& body,
                                   const audit_row& why) override {
    return inner_->put_policy(ws, expected, body, why);
  }
  result<void> put_api_key(const api_key_row& row) override { return inner_->put_api_key(row); }
  result<void> put_kill_switch(const kill_switch_row& row) override { return inner_->put_kill_switch(row); }
  result<void> put_meta(const std::string& name, const bytes& value) override { return inner_->put_meta(name, value); }
  result<void> put_idempotent_answer(const workspace_id& ws, const std::string& key, const bytes& request_hash,
                                     const bytes& answer, time_point now) override {
    return inner_->put_idempotent_answer(ws, key, request_hash, answer, now);
  }
  result<void> add_audit(const audit_row& row) override { return inner_->add_audit(row); }
  result<std::uint64_t> add_suppressions(std::span<const suppression_row> rows) override {
    return inner_->add_suppressions(rows);
  }
  result<std::uint64_t> lift_suppression(const workspace_id& ws, const std::string& hash,
                                         const audit_row& why) override {
    return inner_->lift_suppression(ws, hash, why);
  }
  result<void> put_account_config(const account_config_row& row) override { return inner_->put_account_config(row); }
  result<void> note_ignored(std::span<const ignored_row> rows, std::size_t most) override {
    return inner_->note_ignored(rows, most);
  }
  result<void> add_alert(const alert_row& row, std::span<const notification_row> carried_by) override {
    return inner_->add_alert(row, carried_by);
  }
  result<void> settle_notification(std::uint64_t number, std::optional<time_point> next_at,
                                   const std::string& error) override {
    return inner_->settle_notification(number, next_at, error);
  }

 protected:
  [[nodiscard]] store& inner() { return *inner_; }

 private:
  std::unique_ptr<store> inner_;
};

}  // namespace heed::simulation
