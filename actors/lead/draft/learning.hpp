#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace heed::draft {

/// Where a piece of knowledge comes from.
enum class pack : std::uint8_t { message_performance = 0, insights = 1, persona = 2, company = 3 };

struct learnt {
  std::string id;
  pack from = pack::company;
  std::string text;
};

/// What a selector may choose from: message performance and insights, nothing else (AS-30).
[[nodiscard]] inline std::vector<learnt> offered_to_selector(std::vector<learnt> all) {
  std::erase_if(
      all, [](const learnt& l) { return l.from != pack::message_performance && l.from != pack::insights; });
  return all;
}

}  // namespace heed::draft
