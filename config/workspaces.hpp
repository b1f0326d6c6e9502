#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>

#include "config/config.hpp"
#include "config/secrets.hpp"

namespace heed::config {

/// What workspaces are read with.
struct workspace_context {
  std::filesystem::path directory;  ///< campaign files count from here
  const secret_reader& secrets;
  const zone_table* zones = nullptr;
  std::string public_url;  ///< of the installation
};

[[nodiscard]] std::vector<workspace_config> read_workspaces(const nlohmann::json& list,
                                                            const std::string& where,
                                                            const workspace_context& context, problems& out);

}  // namespace heed::config
