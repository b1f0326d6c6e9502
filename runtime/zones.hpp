#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "actors/workspace/zone.hpp"
#include "persistence/errc.hpp"

namespace heed {

/// All zones of the machine's tzdata as a value, transitions of 2000 to 2100. Read once at start.
[[nodiscard]] std::shared_ptr<const zone_table> load_zones();

/// A table as bytes and back: the node keeps each tzdata release it decided under in the store, so that an
/// old decision replays under the zones of its day.
[[nodiscard]] std::string encode_zones(const zone_table& zones);
[[nodiscard]] result<std::shared_ptr<const zone_table>> decode_zones(std::string_view data);

}  // namespace heed
