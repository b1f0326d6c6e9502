#pragma once

#include <array>
#include <cstdint>

#include "actors/lead/reply/findings.hpp"
#include "actors/lead/reply/reply.hpp"

/// The trained vote: a linear model over words, word pairs and the rules' concepts, asked where rules are
/// silent. It knows wordings no rule spells out. It may stop or pause, it never makes anything go on.
namespace heed::reply {

/// How likely an opt-out must be for the vote to make one: where rules saw nothing; where they saw what waits
/// for a human anyway; where they saw what would go on. Chosen on the held-out corpus: an opt-out that goes
/// on is the dearest mistake, one that waits the cheapest.
inline constexpr double vote_opt_out_bar = 0.35;
inline constexpr double vote_against_a_pause = 0.65;
inline constexpr double vote_against_going_on = 0.65;
/// From here on what would go on waits for a human.
inline constexpr double vote_doubt = 0.5;
/// From here on the vote names a class where rules saw nothing, as long as an opt-out is less likely than the
/// second says, or the third for what goes on. What goes on is only named: its confidence stays below
/// `act_from`.
inline constexpr double vote_name_bar = 0.4;
inline constexpr double vote_names_below = 0.35;
inline constexpr double vote_names_going_on_below = 0.2;
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
