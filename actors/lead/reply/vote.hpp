#pragma once

#include <array>
#include <cstdint>

#include "actors/lead/reply/findings.hpp"
#include "actors/lead/reply/reply.hpp"

/// The trained vote: a linear model over words, word pairs and the rules' concepts, asked where rules are silent.
/// It knows wordings no rule spells out. It may stop or pause, it never makes anything go on.
namespace heed::reply {

/// From here on the vote makes an opt-out against any wish that a rule saw.
inline constexpr double vote_sure_bar = 0.85;
/// From here on it makes one where rules saw nothing.
inline constexpr double vote_opt_out_bar = 0.5;
/// From here on it names a class where rules saw nothing, unless an opt-out is as likely as the second bar says.
inline constexpr double vote_name_bar = 0.4;
inline constexpr double vote_doubt_bar = 0.35;
/// The confidence of what would go on and is only named: below `act_from`.
inline constexpr double named_only = 0.5;

struct ballot_line {
  double probability = 0;
  std::uint32_t first = 0;  ///< the words that speak for it most
  std::uint32_t last = 0;
};

struct ballot {
  std::array<ballot_line, reply_class_count> lines{};
  [[nodiscard]] const ballot_line& of(reply_class c) const { return lines[static_cast<std::size_t>(c)]; }
};

class vote_model;

/// Looks at every sentence, every two neighbours and a short text as a whole; each class keeps its best.
[[nodiscard]] ballot vote_on(const findings& f, const vote_model& model);
/// With the model that the build trained.
[[nodiscard]] ballot vote_on(const findings& f);

}  // namespace heed::reply
