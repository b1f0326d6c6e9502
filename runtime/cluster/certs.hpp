#pragma once

#include <filesystem>
#include <string>
#include <tl/expected.hpp>
#include <vector>

/// The certificates of one cluster: a CA of its own, and one certificate a node. Whoever has one of that CA is a node.
namespace heed::cluster {

struct certs_made {
  std::vector<std::filesystem::path> files;
  bool new_ca = false;
};
/// Writes `ca.pem` and `ca.key` unless they are there, then `NODE.pem` and `NODE.key` for each of the nodes. Keys are P-256,
/// readable by their owner alone; certificates are good for five years, the CA for ten.
/// @return what was written, or why not; a node's files that are there are not touched and are an error
[[nodiscard]] tl::expected<certs_made, std::string> make_certs(const std::filesystem::path& directory,
                                                               const std::vector<std::string>& nodes);

}  // namespace heed::cluster
