#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "actors/lead/timing/latency.hpp"
#include "persistence/rows.hpp"

namespace heed {

/// One account's way to the inbox, by what its sends and their receipts tell: a signal for the account, one for each domain
/// that enough is known of, and the hand-overs that still wait (SF-23, SF-24). It is a function of those sends and receipts in
/// the order of their instants: read from the stored rows it is what it was.
class latency_tracker {
 public:
  /// A foretold arrival and what became of it.
  struct point {
    effect_id effect;
    std::string domain;
    time_point handed_over{}, foretold{}, delivered{};
  };
  /// The estimate is three times what was last told, or more (SF-30).
  struct spike {
    std::string domain;  ///< empty = the account as a whole
    duration before{}, now{};
  };
  static constexpr std::size_t points_kept = 1'440;
  static constexpr std::size_t waiting_most = 4 * points_kept;
  static constexpr std::size_t domains_most = 200;
  static constexpr std::uint64_t domain_known = 5;     ///< receipts from which on a domain speaks for itself
  static constexpr std::uint64_t account_known = 20;   ///< receipts from which on their absence says something
  static constexpr duration lost_after = std::chrono::hours(1);  ///< a receipt that took longer will not come
  static constexpr duration noticeable = std::chrono::seconds(30);

  void handed_over(const effect_id& id, const std::string& domain, time_point at);
  /// One that is known already changes nothing.
  void arrived(const arrival_row& receipt);
  /// What is stored of the time before, in any order.
  void take_up(std::vector<arrival_row> rows);

  /// What waits at the account before a message that is handed over now.
  void queue(std::uint32_t depth, double drained_per_second) { depth_ = depth, drained_ = drained_per_second; }

  [[nodiscard]] timing::latency_used estimate(std::string_view domain, time_point at, time_point now) const;
  [[nodiscard]] bool has_measured() const { return whole_.receipts() > 0; }
  [[nodiscard]] std::uint64_t receipts() const { return whole_.receipts(); }
  /// The oldest hand-overs that have no receipt yet and are later than any that has; earlier ones were overtaken, and are lost.
  [[nodiscard]] std::vector<time_point> unconfirmed(time_point now, std::size_t most = 3) const;
  [[nodiscard]] std::uint32_t depth() const { return depth_; }

  /// Told once: the estimate that a spike told of is what the next one is measured by, until it has fallen again.
  [[nodiscard]] std::vector<spike> spikes(time_point now);

  [[nodiscard]] const std::deque<point>& points() const { return points_; }
  /// Domains that speak for themselves, with their receipts.
  [[nodiscard]] std::vector<std::pair<std::string, std::uint64_t>> domains() const;

 private:
  struct waiting {
    std::string domain;
    time_point at{}, foretold{};
  };
  using place = std::pair<time_point, std::string>;  ///< hand-over and effect
  [[nodiscard]] const timing::latency_signal& signal_of(std::string_view domain) const;
  [[nodiscard]] timing::latency_signal* own_signal(const std::string& domain);
  void add(const effect_id& id, const waiting& w, time_point delivered);
  void forget_oldest();

  timing::latency_signal whole_;
  std::map<std::string, timing::latency_signal, std::less<>> domains_;
  std::map<place, waiting> waiting_;
  std::map<std::string, time_point> waiting_since_;  ///< of the same, by effect
  std::deque<point> points_;
  std::set<std::string> seen_;  ///< effects of `points_`
  std::optional<time_point> newest_confirmed_;  ///< when the latest confirmed one was handed over
  std::map<std::string, duration, std::less<>> told_;  ///< by domain; empty = the account
  std::uint32_t depth_ = 0;
  double drained_ = 0;
};

/// The domain of an address, empty where there is none.
[[nodiscard]] std::string domain_of(std::string_view address);

}  // namespace heed
