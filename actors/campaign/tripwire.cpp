#include "actors/campaign/tripwire.hpp"

namespace heed {
namespace {

bool over(std::uint64_t part, std::uint64_t whole, std::uint32_t permille) { return part * 1'000 > whole * permille; }

std::string words(std::uint64_t part, std::uint64_t whole, const char* what, std::uint32_t permille) {
  return std::to_string(part) + " " + what + " in the last " + std::to_string(whole) + " sends, more than " +
         std::to_string(permille / 10) + "." + std::to_string(permille % 10) + " %";
}

}  // namespace

std::optional<std::string> tripped(std::uint64_t sends, std::uint64_t hard_bounces, std::uint64_t complaints,
                                   const tripwire_settings& t) {
  if (sends < t.at_least) return std::nullopt;
  if (over(hard_bounces, sends, t.hard_bounces_permille))
    return words(hard_bounces, sends, "hard bounces", t.hard_bounces_permille);
  if (over(complaints, sends, t.complaints_permille))
    return words(complaints, sends, "complaints", t.complaints_permille);
  return std::nullopt;
}

}  // namespace heed
