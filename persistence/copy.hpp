#pragma once

#include <filesystem>
#include <string>

#include "persistence/errc.hpp"

namespace heed {

/// A consistent copy of a store, which may be in use, as a new SQLite store in that file, made to try
/// things on.
/// @return the copy's URL
[[nodiscard]] result<std::string> copy_store(const std::string& url, const std::filesystem::path& file);

}  // namespace heed
