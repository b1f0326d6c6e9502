#pragma once

#include <cstdint>
#include <string>

#include "actors/lead/stimulus.hpp"

namespace heed::reply {

/// The newest reply, while a model is asked what the rules were not sure of; with it what its class will be about.
struct doubted_reply {
  draft::question asked;
  std::uint64_t seq = 0;  ///< of the decision that noted it; a later one overtakes it
  std::string key;        ///< of its event
  channel on = channel::email;
  time_point at{};
  message_ref message;
  std::string from, subject, text;
  reply_reading reading;  ///< by the rules
  bool operator==(const doubted_reply&) const = default;
};

}  // namespace heed::reply
