#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <tl/expected.hpp>

#include "actors/campaign/document.hpp"
#include "actors/protocol.hpp"

namespace heed {

/// One fault as POST /admin/chaos names it.
struct chaos_request {
  enum class what : std::uint8_t {
    crash,        ///< the component fails on its next message
    hang,         ///< the component does nothing for a while
    poison,       ///< this lead fails on each of its next decisions, so often
    throw_every,  ///< one decision in so many fails, whosever it is; 0 = none any more
    exit,         ///< the process ends at once, as if it had been killed
  } is = what::crash;
  std::string path;
  std::string lead;
  std::chrono::milliseconds lasts{0};
  std::uint64_t times = 0;
};
/// Longest hang, and most poisoned decisions, that may be asked for.
inline constexpr std::chrono::milliseconds longest_hang{60'000};
inline constexpr std::uint64_t most_failures = 1'000;
[[nodiscard]] tl::expected<chaos_request, problems> read_chaos(const nlohmann::json& body);

/// Fails the decisions it was told to.
class chaos_monkey final : public chaos_source {
 public:
  bool fails(const lead_id& lead) override;
  void poison(const lead_id& lead, std::uint64_t times);
  void throw_every(std::uint64_t n) { every_ = n; }

 private:
  std::atomic<std::uint64_t> every_{0}, asked_{0};
  std::atomic<bool> any_poisoned_{false};
  std::mutex lock_;
  std::map<std::string, std::uint64_t, std::less<>> poisoned_;
};

}  // namespace heed
