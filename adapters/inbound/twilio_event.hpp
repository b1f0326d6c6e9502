#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "adapters/inbound/normalizer.hpp"
#include "adapters/inbound/urlencoded.hpp"

namespace heed::inbound {

/// One verified event under the names of Twilio's form posts.
struct twilio_parameters {
  parameter_list all;
  std::string type;                       ///< the event's own name, when it has one
  std::string where;                      ///< prefix of a parameter's name in problems
  std::optional<time_point> occurred_at;  ///< form posts carry none
};

/// An inbound message, a status callback, or something that says nothing about a lead. `url` is the verified
/// one: `effect` in its query is our effect id, put there when the message was sent.
[[nodiscard]] tl::expected<std::variant<stimulus, ignored_event>, hook_problem> read_twilio_event(
    const twilio_parameters& parameters, std::string_view url, time_point now);

/// What a Twilio error number says about address and sender (RULES, Scope of a stop).
[[nodiscard]] bounce_class twilio_error_class(std::string_view code);

}  // namespace heed::inbound
