#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>

#include "actors/lead/ids.hpp"
#include "actors/lead/time.hpp"

namespace heed {

/// Makes ids `lead_` + ULID: sorted by the time given, unique by the generator's 80 bits.
class lead_namer {
 public:
  explicit lead_namer(std::uint64_t seed) : random_(seed) {}
  [[nodiscard]] lead_id next(time_point now);

 private:
  std::mt19937_64 random_;
};

/// The lead an effect id `{lead}-{seq}-{n}` belongs to; none when it is no such id.
[[nodiscard]] std::optional<lead_id> lead_of_effect(std::string_view effect);

}  // namespace heed
