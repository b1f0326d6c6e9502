#pragma once

#include <set>
#include <string>

#include "actors/provider/provider_actor.hpp"
#include "adapters/llm/asking.hpp"

namespace heed {

/// A tick of its own, beyond what wake-ups ever count to: how long messages take is looked at.
inline constexpr std::uint64_t latency_tick = ~std::uint64_t{0};

/// One effect between its claim and the record of its outcome, or one look-up of an unknown one.
struct provider_actor::flight {
  enum class purpose : std::uint8_t { send, fetch, ask, look_up };
  /// How far it has come; decides what is to be done about it when the message that takes it on is lost.
  enum class stage : std::uint8_t {
    unclaimed,  ///< the claim has not been asked for, or was refused
    claiming,
    claimed,  ///< nothing has been called for it, or for certain nothing was
    called,   ///< the provider may have it
    recording
  };

  explicit flight(permit_ptr in_hand) : permit(std::move(in_hand)) {}

  permit_ptr permit;  ///< gone when the call is over
  dispatch_ptr what;
  purpose why = purpose::send;
  stage at = stage::unclaimed;
  bool repeat = false;  ///< a repeat by key of an unknown call
  std::uint32_t attempt = 0;
  clock::ticks claim_sent{};
  clock::ticks called_at{};
  time_point started_at{};
  send_effect send;                      ///< for send and look_up
  std::string fetch_id;                  ///< the provider's id of the reply to fetch
  std::optional<ask_model_effect> question;  ///< for ask
  std::unique_ptr<llm::asking> asks;     ///< from when the conversation is read
  clock::ticks asked_at{};
  time_point claimed_at{};               ///< look_up: of the call in doubt
  std::set<std::string> others;          ///< look_up: what the provider calls the lead's other messages
  bool absent_counts = false;            ///< look_up: begun late enough for `absent` to be evidence
  stimulus outcome;                      ///< what its lead will be told
  std::optional<finish_request> record;  ///< of an outcome that is with its lead
  bool gave_back = false;
};

}  // namespace heed
