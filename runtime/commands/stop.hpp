#pragma once

#include <iosfwd>
#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "persistence/rows.hpp"

/// `heed stop` and `heed go`: the kill switches of people, from a shell.
namespace heed::commands {

struct stop_options {
  std::string url = "http://127.0.0.1:8080";  ///< of the running node
  std::string api_key = {};
  std::string store_url = {};  ///< set = no node runs: the switch is written into the store itself
  std::string workspace = {};
  std::string campaign = {};
  std::string account = {};
  bool all = false;  ///< everything of the installation
  std::string reason = {};
};

/// What is stopped, or what is wrong with the options.
struct stop_target {
  stop_scope scope = stop_scope::global;
  std::string workspace = {};
  std::string name = {};  ///< of the campaign or the account
};
[[nodiscard]] tl::expected<stop_target, std::string> target_of(const stop_options& o);
/// Where the API has its switch.
[[nodiscard]] std::string path_of(const stop_target& t);

/// Prints what is stopped (or goes on), since when, and the calls that were on the wire. 0 = done, 1 =
/// refused, 2 = nobody answered, or the options say nothing that can be done.
int run_stop(const stop_options& o, bool engaged, std::ostream& out, std::ostream& err);

}  // namespace heed::commands
