#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/lead/stimulus.hpp"

/// How people answer messages, as numbers. Pure: the same seed, person and touch give the same reactions on every run.
namespace heed::forecast {

enum class reaction_kind : std::uint8_t {
  delivered = 0, hard_bounce = 1, opened = 2, clicked = 3, replied = 4, out_of_office = 5, form = 6, opted_out = 7,
  complained = 8,
};
inline constexpr std::size_t reaction_kinds = 9;
[[nodiscard]] std::string_view to_string(reaction_kind k);

/// Shares of accepted messages, each from 0 to 1, that are followed by each kind.
struct response_rates {
  std::array<double, reaction_kinds> of{};
  [[nodiscard]] double& operator[](reaction_kind k) { return of[static_cast<std::size_t>(k)]; }
  [[nodiscard]] double operator[](reaction_kind k) const { return of[static_cast<std::size_t>(k)]; }
  bool operator==(const response_rates&) const = default;
};

/// People are not alike: the `interested` share of them gives `theirs` of all clicks, replies and forms, so that some
/// grow hot and most stay silent at the same mean.
struct response_model {
  std::string name;
  std::map<channel, response_rates> rates;  ///< a channel that is missing answers nothing but `delivered`
  double interested = 0.1;
  double theirs = 0.7;
  bool operator==(const response_model&) const = default;
};

/// `silent`, `cold`, `warm` and `keen`: round figures to plan by, not findings. Measure your own where there is a journal.
[[nodiscard]] std::optional<response_model> built_in(std::string_view name);
[[nodiscard]] const std::vector<std::string_view>& built_in_names();

/// What a message was, to whoever reacts to it.
struct received_message {
  std::string person;   ///< the address it went to: the same in every run
  std::string campaign;
  std::string step;
  channel on = channel::email;
  std::string landing_page;
  message_ref ref;
  time_point at{};
};
struct reaction {
  time_point at{};
  reaction_kind kind = reaction_kind::delivered;
  stimulus_body body;
};
/// Earliest first. Somebody whose address bounced does nothing else; an opt-out is by the link, or the word on a phone.
[[nodiscard]] std::vector<reaction> react(const response_model& m, std::uint64_t seed, const received_message& to);

[[nodiscard]] nlohmann::json to_json(const response_model& m);

}  // namespace heed::forecast
