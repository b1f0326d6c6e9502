#include "runtime/cluster/assignment.hpp"

#include <algorithm>
#include <map>
#include <random>

#define CAF_SUITE cluster_assignment
#include <caf/test/dsl.hpp>

using namespace heed;
using heed::cluster::assign;

namespace {

using owners = std::vector<std::optional<std::size_t>>;

std::vector<std::string> names(std::size_t n) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < n; ++i)
    out.push_back("node-" + std::to_string(i));
  return out;
}

std::vector<std::size_t> counts(const owners& all, std::size_t nodes) {
  std::vector<std::size_t> out(nodes);
  for (const auto& o : all)
    if (o) ++out[*o];
  return out;
}

bool is_balanced(const owners& all, std::size_t nodes) {
  const auto n = counts(all, nodes);
  const auto [least, most] = std::ranges::minmax(n);
  return std::ranges::none_of(all, [](const auto& o) { return !o; }) && most - least <= 1;
}

std::size_t moved(const owners& before, const owners& after) {
  std::size_t n = 0;
  for (std::size_t i = 0; i < before.size(); ++i)
    n += before[i] != after[i] ? 1 : 0;
  return n;
}

}  // namespace

CAF_TEST(every shard has an owner and shares differ by one at most) {
  for (const std::size_t n : {1u, 2u, 3u, 5u, 10u, 100u, 255u, 256u}) {
    const auto all = assign(names(n), owners(shard_count));
    CAF_CHECK(is_balanced(all, n));
  }
  for (const auto& o : assign({}, owners(shard_count)))
    CAF_CHECK(!o);
}

CAF_TEST(what is balanced stays as it is) {
  for (const std::size_t n : {1u, 3u, 7u, 100u}) {
    const auto all = assign(names(n), owners(shard_count));
    CAF_CHECK_EQUAL(moved(all, assign(names(n), all)), 0u);
  }
}

CAF_TEST(a node that leaves moves its own shards and no others) {
  constexpr std::size_t n = 5;
  const auto before = assign(names(n), owners(shard_count));
  auto without = before;
  for (auto& o : without)
    if (o == n - 1) o.reset();
  const auto after = assign(names(n - 1), without);
  CAF_CHECK(is_balanced(after, n - 1));
  for (std::size_t s = 0; s < before.size(); ++s)
    if (before[s] != n - 1) CAF_CHECK(after[s] == before[s]);
}

CAF_TEST(a node that comes gets its share and moves nothing between the others) {
  for (const std::size_t n : {1u, 2u, 3u, 9u, 40u}) {
    const auto before = assign(names(n), owners(shard_count));
    const auto after = assign(names(n + 1), before);
    CAF_CHECK(is_balanced(after, n + 1));
    for (std::size_t s = 0; s < before.size(); ++s)
      if (after[s] != n) CAF_CHECK(after[s] == before[s]);
    CAF_CHECK(moved(before, after) <= shard_count / (n + 1) + 1);
  }
}

CAF_TEST(a node that flaps gets back what it had and nothing else moves) {
  // Method: the last of four goes and comes ten times; the shards of the others never change hands between them.
  constexpr std::size_t n = 4;
  auto all = assign(names(n), owners(shard_count));
  for (int flap = 0; flap < 10; ++flap) {
    auto gone = all;
    for (auto& o : gone)
      if (o == n - 1) o.reset();
    const auto without = assign(names(n - 1), gone);
    const auto again = assign(names(n), without);
    for (std::size_t s = 0; s < all.size(); ++s)
      if (again[s] != n - 1 && all[s] != n - 1) CAF_CHECK(again[s] == all[s]);
    CAF_CHECK(is_balanced(again, n));
    all = again;
  }
}

CAF_TEST(any history ends balanced with no more moves than the balance needs) {
  const std::uint64_t seed = 20'261'126;
  CAF_MESSAGE("seed " << seed);
  std::mt19937_64 dice(seed);
  std::vector<std::string> present;
  std::map<std::string, std::size_t> have;
  std::vector<std::string> owner_names(shard_count);
  for (int step = 0; step < 300; ++step) {
    const bool add = present.empty() || (dice() % 2 == 0 && present.size() < 12);
    if (add)
      present.push_back("n" + std::to_string(step));
    else
      present.erase(present.begin() + static_cast<std::ptrdiff_t>(dice() % present.size()));
    if (present.empty()) continue;
    owners before;
    for (const auto& name : owner_names) {
      const auto at = std::ranges::find(present, name);
      before.push_back(at == present.end() ? std::nullopt : std::optional(static_cast<std::size_t>(at - present.begin())));
    }
    const auto held = counts(before, present.size());
    const auto after = assign(present, before);
    CAF_CHECK(is_balanced(after, present.size()));
    // Of what had an owner only the excess over a share moves.
    std::size_t excess = 0, given_up = 0;
    const auto share = shard_count / present.size();
    for (const auto n : held)
      excess += n > share ? n - share : 0;
    for (std::size_t s = 0; s < before.size(); ++s)
      given_up += before[s] && after[s] != before[s] ? 1 : 0;
    CAF_CHECK(given_up <= excess);
    for (std::size_t s = 0; s < after.size(); ++s)
      owner_names[s] = present[*after[s]];
  }
}
