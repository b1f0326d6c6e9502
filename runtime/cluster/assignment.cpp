#include "runtime/cluster/assignment.hpp"

#include <algorithm>
#include <numeric>

#include "actors/lead/check.hpp"

namespace heed::cluster {
namespace {

using owner = std::optional<std::size_t>;

/// How many each may have.
std::vector<std::size_t> shares(std::span<const std::string> nodes, const std::vector<std::size_t>& have,
                                std::size_t shards) {
  const auto n = nodes.size();
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
    return have[a] != have[b] ? have[a] > have[b] : nodes[a] < nodes[b];
  });
  std::vector<std::size_t> out(n, shards / n);
  for (std::size_t i = 0; i < shards % n; ++i)
    ++out[order[i]];
  return out;
}

}  // namespace

std::uint64_t weight(shard_id shard, std::string_view node) {
  // The hash of the pair, mixed once more: names often differ in their last letter only.
  auto x = stable_hash(node) ^ (std::uint64_t{shard} + 1) * 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

std::vector<owner> assign(std::span<const std::string> nodes, std::span<const owner> owners) {
  std::vector<owner> out(owners.begin(), owners.end());
  if (nodes.empty()) return std::vector<owner>(owners.size());
  std::vector<std::vector<shard_id>> kept(nodes.size());
  std::vector<shard_id> free;
  for (std::size_t s = 0; s < out.size(); ++s) {
    if (out[s] && *out[s] < nodes.size())
      kept[*out[s]].push_back(static_cast<shard_id>(s));
    else
      free.push_back(static_cast<shard_id>(s));
  }
  std::vector<std::size_t> have(nodes.size());
  std::ranges::transform(kept, have.begin(), [](const auto& k) { return k.size(); });
  const auto share = shares(nodes, have, out.size());
  for (std::size_t n = 0; n < nodes.size(); ++n) {
    if (have[n] <= share[n]) continue;
    std::ranges::sort(kept[n], {}, [&](shard_id s) { return weight(s, nodes[n]); });
    const auto excess = have[n] - share[n];
    free.insert(free.end(), kept[n].begin(), kept[n].begin() + static_cast<std::ptrdiff_t>(excess));
    have[n] = share[n];
  }
  std::ranges::sort(free);
  for (const auto s : free) {
    std::size_t best = nodes.size();
    for (std::size_t n = 0; n < nodes.size(); ++n)
      if (have[n] < share[n] && (best == nodes.size() || weight(s, nodes[n]) > weight(s, nodes[best]))) best = n;
    CHECK(best < nodes.size());
    out[s] = best;
    ++have[best];
  }
  return out;
}

}  // namespace heed::cluster
