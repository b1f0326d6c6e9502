#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "persistence/store.hpp"

namespace heed {

/// Prometheus figures of one node. Counters are lock-free; gauges are read when somebody asks.
class telemetry {
 public:
  telemetry();
  ~telemetry();

  void decided(std::string_view stimulus, std::chrono::microseconds took);
  void committed(std::size_t batch);
  void accepted(accept_result::what outcome);
  void refused_overload();
  void sent(std::string_view provider, std::string_view outcome);
  void dead_letter();
  /// A handoff of a workspace that named nobody to be told.
  void nobody_told();
  void alert(std::string_view what);
  void crash(std::string_view component);
  void stuck(std::string_view component);
  void timer_late(std::chrono::microseconds late);
  void circuit(const std::string& account, bool open);
  /// Writes that the store refused because another node has their shard.
  void fenced(std::size_t writes);
  [[nodiscard]] double fenced_so_far() const;
  /// Shards that came or went, and why: start, death, release, leave.
  void shards_moved(std::string_view why, std::size_t shards);
  /// From finding a node dead to having its shards.
  void taken_over(std::chrono::microseconds took);
  /// From deciding to give shards away to having released them.
  void handed_over(std::chrono::microseconds took);

  void hook(std::string_view provider, std::string_view outcome);

  /// A gauge whose value is asked for at scrape time.
  void gauge(const std::string& name, const std::string& help, std::function<double()> value);

  /// Where the counts of the store come from, at scrape time.
  void store_counts(std::function<std::optional<heed::store_counts>()> counts);

  [[nodiscard]] std::string text() const;

 private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

}  // namespace heed
