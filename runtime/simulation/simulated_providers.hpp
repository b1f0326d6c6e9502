#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "adapters/outbound/sender.hpp"
#include "runtime/simulation/dice.hpp"
#include "runtime/simulation/machine.hpp"
#include "runtime/simulation/trace.hpp"

namespace heed::simulation {

/// What providers do to calls, in thousandths.
struct provider_faults {
  std::uint64_t accepted_no_answer = 0;
  std::uint64_t lost = 0;  ///< neither accepted nor answered
  std::uint64_t not_connected = 0;
  std::uint64_t too_many = 0;        ///< 429, with and without Retry-After
  std::uint64_t error_accepted = 0;  ///< 500 for what was accepted
  std::uint64_t error = 0;           ///< 500 for what was not
  std::uint64_t refused_final = 0;
  std::uint64_t credentials = 0;  ///< 401: the account is at fault
  std::uint64_t late = 0;         ///< answered only just before the caller gives up
  std::uint64_t outage = 0;       ///< a call begins ten minutes in which nobody can be reached
};

/// One distinct message that a provider took for delivery.
struct accepted_message {
  effect_id effect;
  account_id account;
  std::string provider_id;
  std::string to;
  std::string text;  ///< of an SMS, for look-ups
  duration at{};     ///< steady
  time_point wall{};
  duration visible_at{};
};

/// The providers of the world: Resend (repeats by key are one message), SMTP (forgets at once), Twilio (can
/// be asked). They know nothing of nodes and outlive them.
class simulated_providers {
 public:
  using answered = std::function<void(outbound::answer)>;
  using later = std::function<void(duration, std::function<void()>)>;

  simulated_providers(dice rolls, const machine_time& time, later run_later, tally& counts)
      : rolls_(rolls), time_(time), later_(std::move(run_later)), counts_(counts) {}

  /// A call has left its node. `done` is called later, unless the caller is gone by then.
  void call(const account_id& account, const outbound::call& c, answered done);
  [[nodiscard]] const std::vector<accepted_message>& accepted() const { return accepted_; }
  [[nodiscard]] bool has(const effect_id& effect) const;

  /// Told of every message when it is taken.
  std::function<void(const accepted_message&)> on_accepted;
  provider_faults faults;

 private:
  struct known_key {
    std::string body;
    std::string provider_id;
    duration at{};
  };
  enum class fate : std::uint8_t {
    sound,
    accepted_no_answer,
    lost,
    not_connected,
    too_many,
    error_accepted,
    error,
    refused_final,
    credentials
  };
  fate draw();
  outbound::answer accept(const account_id& account, const outbound::call& c);
  outbound::answer take(const account_id& account, const outbound::call& c, const std::string& key);
  outbound::answer think(const outbound::call& c);
  nlohmann::json meaning(const outbound::call& c);
  outbound::answer list(const account_id& account, const outbound::call& c);

  dice rolls_;
  const machine_time& time_;
  later later_;
  tally& counts_;
  std::vector<accepted_message> accepted_;
  std::map<std::string, known_key> keys_;
  duration outage_until_{};
};

/// Which effect a call is about, as the provider's own fields name it; empty for look-ups.
[[nodiscard]] effect_id effect_of_call(const outbound::call& c);

/// Whom a call is to reach.
[[nodiscard]] std::string addressee_of(const outbound::call& c);

/// What is wrong with a node's transport; planted.
struct transport_bugs {
  bool resends = false;     ///< doubtful calls are sent again under another key
  bool rewrites = false;    ///< the second call of an effect has other bytes
  bool misdirects = false;  ///< every eleventh call goes to somebody else
};

/// A node's transport into that world; what it has on the wire when the node dies is answered to nobody.
class simulated_transport final : public outbound::transport {
 public:
  struct surroundings {
    simulated_providers* providers = nullptr;
    /// Just before a call leaves, with the effect it is about.
    std::function<void(const effect_id&, const outbound::call&)> on_start;
    transport_bugs bugs = {};
  };
  explicit simulated_transport(surroundings around) : around_(std::move(around)) {}
  void start(outbound::call c, std::function<bool()> may_start, done when_done) override;
  [[nodiscard]] std::size_t running() const override { return *running_; }
  void cut_off() { *alive_ = false; }

 private:
  void spoil(const effect_id& effect, outbound::call& c);

  surroundings around_;
  std::map<effect_id, int> calls_;
  std::uint64_t started_ = 0;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  std::shared_ptr<std::size_t> running_ = std::make_shared<std::size_t>(0);
};

}  // namespace heed::simulation
