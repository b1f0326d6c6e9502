#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "persistence/store.hpp"
#include "runtime/clock.hpp"
#include "runtime/policies.hpp"

/// What a node writes to its store before it runs: the clock's anchor, the zones it decides under, and the
/// parts of a workspace's policy that belong to the configuration file.
namespace heed {

/// Where the store keeps its clock.
inline constexpr auto clock_anchor_name = "clock_anchor";
inline constexpr auto clock_high_water_name = "clock_high_water";

/// Domain time of this store, with `scale` from now on; `start` is where a new store's time begins.
[[nodiscard]] result<std::unique_ptr<anchored_clock>> set_up_clock(store& s, store_reader& r,
                                                                   std::int64_t scale,
                                                                   std::optional<time_point> start);
/// The latest domain time a node of this store has kept; the epoch when none has.
[[nodiscard]] result<time_point> clock_high_water(store_reader& r);
[[nodiscard]] result<void> keep_high_water(store& s, const anchored_clock& c);

/// Makes the key of the store's links once; links given out stay good for as long as the store lives.
[[nodiscard]] result<void> keep_link_key(store& s, store_reader& r);

[[nodiscard]] result<void> keep_zones(store& s, store_reader& r, const zone_table& zones);

/// Settings and campaigns of the file make the workspace when it is new; afterwards they belong to the API.
/// The file's accounts, the recipients real accounts may write to, the public address and a dry run of the whole
/// installation are the file's at every start; accounts set up over the API stay. A workspace that gets its first real
/// account starts stopped.
struct workspace_setup {
  config::workspace_config given;
  std::optional<std::set<std::string>> allow_recipients;
  bool dry_run = false;
  std::string public_url = {};
  bool auto_send_disabled = false;
  bool revision_disabled = false;
};
[[nodiscard]] result<void> set_up_workspace(store& s, store_reader& r, const workspace_setup& w,
                                            zone_library& zones, time_point now);

}  // namespace heed
