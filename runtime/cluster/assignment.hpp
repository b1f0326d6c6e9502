#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "persistence/rows.hpp"

/// Which node should have which shard (DESIGN 8): rendezvous hashing, sticky, balanced, and no shard moves that need not. Pure,
/// and the same on every node that has read the same rows.
namespace heed::cluster {

/// How much a node is worth to a shard; the highest is its first choice. By the node's name, which its next life has too.
[[nodiscard]] std::uint64_t weight(shard_id shard, std::string_view node);

/// For each shard the index of the node that should have it.
///
/// An owner keeps a shard unless it is not among `nodes` or has more than its share; shares differ by one at most, and the
/// larger ones are theirs who have the most already. What is to be placed goes to whoever has room, by weight; what an
/// owner gives up is what it is worth the least to. So with n nodes a node that leaves moves its own shards and no
/// others, and one that comes gets a share and moves nothing between the others.
/// @param nodes names, each once; empty = nobody gets anything
/// @param owners index of each shard's owner; none = free
[[nodiscard]] std::vector<std::optional<std::size_t>> assign(std::span<const std::string> nodes,
                                                             std::span<const std::optional<std::size_t>> owners);

}  // namespace heed::cluster
