#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/contract/support/stores.hpp"

namespace heed::contract {

/// One open, attached store with a workspace `acme`, a campaign `spring` and an account `mail`, and short
/// words for what the tests do with it. Time moves a second with every write.
class world {
 public:
  explicit world(store_kind kind);
  ~world();

  /// Closes and opens again, as after a restart; attaches only if asked.
  void reopen(bool attach = true);
  void close();

  [[nodiscard]] store& db() { return *store_; }
  [[nodiscard]] store_home& home() { return *home_; }
  [[nodiscard]] store_reader& read();
  [[nodiscard]] time_point now() const { return now_; }
  time_point tick();

  write_result write(const write_batch& batch);
  accept_result accept(const inbox_item& item);
  commit_result commit(const lead_commit& c);
  finish_result finish(const finish_request& f);
  claim_result claim(const effect_id& id, bool repeat = false);

  /// An event of a person with these keys.
  [[nodiscard]] inbox_item event(const std::string& key, std::vector<lead_key> keys);
  /// A lead made by such an event; its one stimulus is pending.
  accepted_for new_lead(const std::string& mail);
  /// The next decision of a lead: version and seq filled in, nothing else in it.
  [[nodiscard]] lead_commit decision(const lead_id& lead);
  /// A send to `to` as a plan; key and id belong together.
  [[nodiscard]] planned_effect send(const lead_id& lead, const std::string& step,
                                    const std::string& to = "ana@example.com");
  /// A lead with one planned send.
  planned_effect planned(const std::string& mail, const std::string& step = "hello");
  [[nodiscard]] finish_request outcome(const effect_id& id, std::uint32_t attempt, send_result r);

  [[nodiscard]] lead_row lead(const lead_id& id);
  [[nodiscard]] effect_row effect(const effect_id& id);
  /// What an effect's lead will be told: the results of its pending outcome stimuli.
  [[nodiscard]] std::vector<effect_outcome> outcomes(const lead_id& lead);
  [[nodiscard]] std::vector<std::string> violations();

 private:
  std::unique_ptr<store_home> home_;
  std::unique_ptr<store> store_;
  std::unique_ptr<store_reader> reader_;
  time_point now_;
  int leads_ = 0;
};

inline const workspace_id acme{"acme"};
[[nodiscard]] lead_key mail(const std::string& address);
[[nodiscard]] lead_key phone(const std::string& number);

/// A copy. The test macros keep references to their arguments, which must not point into a temporary.
template <class T>
[[nodiscard]] T by_value(const T& x) {
  return x;
}

/// The value, or an exception with the store's words.
template <class T>
T must(result<T> r) {
  if (!r) throw std::runtime_error(std::string(to_string(r.error().code)) + ": " + r.error().detail);
  if constexpr (!std::is_void_v<T>) return std::move(*r);
}

/// Runs a test's body on every kind of store; what a body must leave behind is a sound store.
void on_every_store(const std::function<void(world&)>& body);

}  // namespace heed::contract
