#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>

#include "runtime/cluster/membership.hpp"

namespace heed::cluster {

/// How a link to one node stands.
struct link_state {
  bool greeted = false;
  std::size_t queued = 0;  ///< things said and not acknowledged, or not yet said
};

/// What a node of several shows of itself: written by its two actors, read by whoever asks over HTTP.
class cluster_board {
 public:
  void read(const cluster_reading& r, std::uint64_t me, std::size_t held, bool draining);
  void links(std::map<std::uint64_t, link_state> all);
  void note_move(const std::string& why, std::size_t shards);
  void note_lag(std::chrono::microseconds oldest);

  [[nodiscard]] nlohmann::json to_json() const;
  [[nodiscard]] double links_up() const;
  [[nodiscard]] double queued() const;
  [[nodiscard]] double nodes() const;
  [[nodiscard]] double lag_seconds() const { return static_cast<double>(lag_.load()) / 1e6; }

  std::atomic<bool> joined{false};    ///< its row is there and was renewed once
  std::atomic<bool> draining{false};
  std::atomic<bool> drained{false};   ///< it holds nothing, or there is nobody to give it to
  std::atomic<std::size_t> held{0};

 private:
  mutable std::mutex lock_;
  cluster_reading reading_;
  std::uint64_t me_ = 0;
  std::map<std::uint64_t, link_state> links_;
  std::map<std::string, std::uint64_t> moves_;
  std::atomic<std::int64_t> lag_{0};
};

}  // namespace heed::cluster
