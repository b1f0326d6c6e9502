#pragma once

#include <iosfwd>
#include <string>

#include "persistence/store.hpp"

namespace heed::commands {

struct timing_state_options {
  std::string store_url;
  std::string workspace;
  std::string file;  ///< import: where it comes from
};

/// `heed timing export`: what a workspace has learned of when to speak, as one document of lines: the priors, each account's
/// arrivals, and each person's engagements, who is named by the hash of the address where there is one. Exit codes: 0; 2 = the
/// store cannot be read.
int run_timing_export(const timing_state_options& o, std::ostream& out, std::ostream& err);
/// `heed timing import`: the same into another store, with no node on it. Priors and arrivals hold from the next start on; what is
/// known of people goes through the door, to those the store knows, and is decided then. Doing it again changes nothing.
/// Exit codes: 0; 2 = the file or the store cannot be read; nothing is taken over unless the whole file is understood.
int run_timing_import(const timing_state_options& o, std::ostream& out, std::ostream& err);

/// The same over an open store.
[[nodiscard]] result<void> export_timing(store_reader& r, const workspace_id& ws, time_point now, std::ostream& out);
struct timing_imported {
  std::uint64_t priors = 0;  ///< version; 0 = the file has none, or they are in force already
  std::size_t accounts = 0, people = 0, known_before = 0, unknown_people = 0;
};
[[nodiscard]] result<timing_imported> import_timing(store& s, const workspace_id& ws, time_point now, std::istream& in);

}  // namespace heed::commands
