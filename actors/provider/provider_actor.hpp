#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "actors/component_actor.hpp"
#include "actors/provider/circuit.hpp"
#include "actors/provider/lane.hpp"
#include "actors/provider/latency_book.hpp"
#include "actors/provider/pacer.hpp"
#include "actors/provider/pulse.hpp"
#include "adapters/outbound/sender.hpp"

namespace heed::llm {
class prompt_book;
}

namespace heed {

/// What an account needs to send, secrets included; asked at every call, so that a change counts at once.
class account_source {
 public:
  virtual ~account_source() = default;
  [[nodiscard]] virtual std::optional<outbound::sending_account> find(const workspace_id& ws,
                                                                      const account_id& account) const = 0;
};

class provider_figures {
 public:
  virtual ~provider_figures() = default;
  virtual void sent(std::string_view provider, std::string_view result) = 0;
  virtual void circuit(const std::string& account, bool open) = 0;
};

struct provider_options {
  std::size_t slots = 32;                        ///< calls at once per account
  std::chrono::milliseconds start_by{300};       ///< from before the claim was sent to the hand-over
  std::size_t sandbox_slots = 512;               ///< deliveries at once into the sandbox, which calls nobody
  std::chrono::milliseconds slot_pause{10};      ///< before asking for a connection again
  std::chrono::milliseconds look_again{15'000};  ///< at what a stop or a full stop of the account held
  unsigned fetch_attempts = 5;
  std::chrono::minutes patience{5};  ///< who would wait longer for the account's pace goes back with a slot
};

/// What provider actors share; outlives them.
struct provider_environment {
  const services* all = nullptr;
  const account_source* accounts = nullptr;
  outbound::transport* calls = nullptr;
  provider_figures* figures = nullptr;
  provider_options options;
  call_slots* slots = nullptr;  ///< null = only the account's own bound counts
  account_rooms* rooms = nullptr;
  call_lanes* lanes = nullptr;
  const llm::prompt_book* prompts = nullptr;  ///< null = no model is asked
  account_pulses* pulses = nullptr;  ///< null = nobody looks
  latency_book* latencies = nullptr;  ///< null = nothing is measured
};

/// One sending account. An effect is claimed only when a slot is free, called only in time after the claim,
/// and its outcome is recorded together with the stimulus that tells its lead. What may have been delivered
/// is settled by evidence and never simply called again.
class provider_actor final : public component_actor {
 public:
  provider_actor(caf::actor_config& cfg, std::string path, caf::actor boss, const provider_environment* env,
                 workspace_id ws, account_id account);
  ~provider_actor() override;
  [[nodiscard]] const char* name() const override { return "provider"; }

  // What tests look at.
  [[nodiscard]] std::size_t waiting() const { return queue_.size(); }
  [[nodiscard]] std::size_t flying() const { return flights_.size(); }
  [[nodiscard]] const heed::circuit& state() const { return circuit_; }

 protected:
  caf::behavior running() override;
  void restarted() override;

 private:
  struct flight;
  using flight_ptr = std::unique_ptr<flight>;

  // Claiming.
  void take(dispatch_ptr d);
  void take_claimed(dispatch_ptr d);
  void pump();
  void claim_waiting();
  void claim(dispatch_ptr d, bool repeat, permit_ptr permit);
  void on_claimed(claim_done& d);
  void read_limits();
  /// True when a send may be claimed now; else it has been seen to that somebody looks again.
  bool may_claim_send();
  void defer_excess();
  [[nodiscard]] claim_request deferral(const dispatch& d);
  void on_deferred(claim_done& d);
  void publish_room();
  void publish_lane();
  void publish_pulse();
  void trouble(const std::string& code);
  void give_back(flight& f, const char* why);
  void ask_again(const dispatch& d, std::uint32_t attempt);

  // Calling.
  void begin(flight& f);
  void deliver_to_sandbox(flight& f, const outbound::sending_account& a);
  void call(flight& f, outbound::call c, bool guarded);
  void on_answer(call_answered& a);
  void read_send(flight& f, const outbound::answer& a);
  void read_fetched(flight& f, const outbound::answer& a);
  void submit_reply(const flight& f, const nlohmann::json& fetched);
  void submit(const flight& f, std::string key, channel on, stimulus_body body);

  // Asking a model (asking_actor.cpp).
  void begin_asking(flight& f, ask_model_effect what, const std::optional<outbound::sending_account>& account);
  void on_conversation(conversation_read& c);
  void on_model_answer(flight& f, const outbound::answer& a);
  void on_asking_paused(const asking_paused& p);
  template <class Step>
  void go_on_asking(flight& f, Step step);

  // How long messages take (latency_actor.cpp).
  void read_arrivals();
  void note_hand_over(const flight& f, const outbound::send_report& r);
  void on_receipt(const receipt_came& r);
  void look_at_latency();
  void publish_queue();
  /// What waits for its minute through this account is told of it.
  void tell_waiting(const latency_tracker::spike& s);

  // Recording.
  void finish(flight& f, outbound::send_report r, std::string evidence, std::optional<sandbox_message> copy);
  /// The lead decides about the outcome in the transaction that records it.
  void hand_to_lead(flight& f, finish_request q);
  /// It could not: the outcome is recorded first and decided after.
  void on_undecided(const outcome_undecided& u);
  void on_finished(finish_done& d);
  void weigh(const outbound::send_report& r, time_point started);
  void drop(const effect_id& id);

  // After a crash.
  template <class Handler>
  void holding(dispatch_ptr d, Handler handler);
  template <class Handler>
  void holding_flight(const effect_id& id, Handler handler);
  void take_up_again(const effect_id& id);

  // Settling what is unknown.
  void settle(dispatch_ptr d);
  void on_effect_read(effect_read& r);
  void look_up(flight& f);
  void read_look_up(flight& f, const outbound::answer& a);
  void settle_later(dispatch_ptr d, duration pause);
  [[nodiscard]] duration doubted_for(const effect_id& id) const;

  [[nodiscard]] time_point now() const { return env_->all->time->now(); }
  void wake_at(time_point when);
  void ask_again_soon();
  void resume_stopped();
  void left();

  const provider_environment* env_;
  workspace_id workspace_;
  account_id account_;
  heed::circuit circuit_;
  pacer pace_;
  call_times times_;
  std::uint64_t answered_ = 0;
  std::optional<time_point> answered_at_;
  std::shared_ptr<const zone_table> zones_;
  std::deque<dispatch_ptr>
      queue_;  ///< sends that are planned and wait for a connection or the account's pace
  std::deque<dispatch_ptr> unpaced_;  ///< fetches and repeats: no bound of the account counts them
  std::unordered_map<std::string, dispatch_ptr> deferring_;
  std::optional<time_point> alerted_at_;
  std::vector<dispatch_ptr> stopped_;  ///< a switch held them at the claim
  std::unordered_map<std::string, flight_ptr> flights_;
  dispatch_ptr
      in_hand_;  ///< what the message being handled is about; set after a crash: it is lost with the message
  std::unordered_map<std::string, unsigned> tries_;  ///< look-ups and fetches that told nothing so far
  /// Since when this actor has known of a call in doubt, by a clock that nobody sets.
  std::unordered_map<std::string, clock::ticks> doubted_since_;
  std::shared_ptr<call_lane> lane_;
  std::uint64_t wake_ = 1;
  std::optional<time_point> waking_at_;
  bool looking_again_ = false;
  bool paused_ = false;
  bool asking_ = false;
  bool arrivals_asked_ = false;
  std::size_t queue_told_ = 0;
  bool watching_latency_ = false;
};

/// Hands each effect to the actor of its account, which it starts when it is first needed.
class providers_actor final : public component_actor {
 public:
  providers_actor(caf::actor_config& cfg, caf::actor boss, caf::actor children_boss,
                  const provider_environment* env);
  [[nodiscard]] const char* name() const override { return "providers"; }

 protected:
  caf::behavior running() override;
  void restarted() override {}
  void ended() override;

 private:
  const caf::actor& actor_of(const workspace_id& ws, const account_id& account);
  void settle_by_callback(const settled_by_callback& c);
  void record(callback_proof& p);
  void on_settled(const finish_done& d);

  caf::actor children_boss_;
  const provider_environment* env_;
  std::unordered_map<std::string, caf::actor> accounts_;
  std::unordered_map<std::string, shard_id> dispatch_shards_;  ///< of the same
  std::unordered_map<std::string, workspace_id> settling_;  ///< effects that a callback is settling
};

}  // namespace heed
