#include "runtime/simulation/trace.hpp"

#include <algorithm>
#include <cstdio>

namespace heed::simulation {
namespace {

std::uint64_t mixed(std::uint64_t hash, std::string_view text) {
  for (const char c : text)
    hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ull;
  return (hash ^ 0xffu) * 1099511628211ull;
}

std::string clock_text(duration elapsed) {
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(elapsed).count();
  char out[40];
  std::snprintf(out, sizeof out, "d%lld %02lld:%02lld:%02lld.%03lld", static_cast<long long>(ms / 86'400'000),
                static_cast<long long>(ms / 3'600'000 % 24), static_cast<long long>(ms / 60'000 % 60),
                static_cast<long long>(ms / 1000 % 60), static_cast<long long>(ms % 1000));
  return out;
}

}  // namespace

void trace::add(std::uint64_t step, duration elapsed, std::string_view lead, const std::string& what) {
  hash_ = mixed(mixed(mixed(hash_, std::to_string(elapsed.count())), lead), what);
  if (keep_) lines_.push_back({step, elapsed, std::string(lead), what});
}

std::vector<std::string> trace::about(std::string_view lead, std::size_t most) const {
  std::vector<std::string> out;
  for (auto it = lines_.rbegin(); it != lines_.rend() && out.size() < most; ++it)
    if (lead.empty() || it->lead.empty() || it->lead == lead)
      out.push_back(std::to_string(it->step) + "  " + clock_text(it->elapsed) + "  " + it->lead +
                    (it->lead.empty() ? "" : "  ") + it->what);
  std::ranges::reverse(out);
  return out;
}

}  // namespace heed::simulation
