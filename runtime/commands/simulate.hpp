#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>

#include "config/config.hpp"

namespace heed::commands {

struct simulate_options {
  std::string workspace;          ///< empty = the configuration's only one
  std::string campaign;           ///< a campaign document, or the id of one of the workspace's
  std::string leads;              ///< a list of people; empty = a copy of the store
  std::string start;              ///< RFC 3339; empty = now
  std::uint32_t days = 14;
  std::string enrol_over = "0s";
  std::string people = "warm";    ///< a built-in profile, or `measured`
  std::uint64_t seed = 1;
  std::uint32_t handoffs_per_day = 0;
  bool without_stops = false;
  std::string format = "table";   ///< table, json, html
  std::string policy;             ///< other rules: the journal lives again under them
  std::string since = "30d";
};
/// `heed simulate`: what would happen in the next days, or what would have happened under other rules; nobody is written
/// to and the store is only read. 0 = done, 1 = the input makes no sense (problems on `err`), 2 = could not.
int run_simulate(const simulate_options& o, const config::config& c, std::ostream& out, std::ostream& err);

}  // namespace heed::commands
