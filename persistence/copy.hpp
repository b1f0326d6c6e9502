#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "actors/lead/ids.hpp"
#include "persistence/codec/codec.hpp"
#include "persistence/errc.hpp"

namespace heed {

/// What one installation keeps under names of its own: its clock, its keys, its zones.
using meta_values = std::map<std::string, bytes>;

struct copy_options {
  std::string from, to;                   ///< URLs of two stores, of whatever kinds
  std::optional<workspace_id> workspace;  ///< none = all
  /// What is to be put into a target that lives already, so that what comes goes on as it was; without it such a target
  /// is refused. An empty one gets everything.
  std::function<result<meta_values>(const meta_values& from, const meta_values& to, const std::vector<workspace_id>& coming)>
      merge;
};

struct copy_report {
  struct table {
    std::string name;
    std::uint64_t rows = 0;
  };
  std::vector<table> tables;             ///< all of them, in the order of copying
  std::vector<workspace_id> workspaces;  ///< that were copied
  std::int64_t first_lead = 0, last_lead = 0;  ///< their numbers in the target lie between; 0 = nobody was copied
  bool target_was_empty = true;
  bool source_in_use = false;            ///< a node is attached to it: what it did since is not in the copy
  [[nodiscard]] std::uint64_t rows_of(std::string_view name) const;
};

/// Copies a snapshot of one store, which may be in use, into another, in one transaction there. The target must have this
/// binary's schema, be in use by nobody and hold none of the workspaces. Numbers of rows are kept where they are free and
/// shifted where not; a table whose count is not what came is `fatal` and undone.
[[nodiscard]] result<copy_report> copy_between(const copy_options& o);

/// A consistent copy of a store, which may be in use, as a new SQLite store in that file, made to try
/// things on.
/// @return the copy's URL
[[nodiscard]] result<std::string> copy_store(const std::string& url, const std::filesystem::path& file);

}  // namespace heed
