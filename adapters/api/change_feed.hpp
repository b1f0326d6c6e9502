#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/http/live_body.hpp"
#include "persistence/rows.hpp"

namespace heed::api {

/// What happens in a workspace, told to whoever looks at it, as server-sent events. Hints, not truth: an
/// event names what changed, and the page reads it anew. A listener that was away goes on from its last
/// event, or is told `reset` when that is too long ago; one that does not read misses events and is told
/// `reset` as soon as it reads again.
class change_feed {
 public:
  /// @param life tells this process's events from those of another
  explicit change_feed(std::string life) : life_(std::move(life)) {}

  /// False while nobody listens and nobody did of late: then no event need be made.
  [[nodiscard]] bool wanted(const workspace_id& ws) const;
  void publish(const workspace_id& ws, std::string_view event, std::string_view data);

  /// @param last_seen the id of the last event a listener has, empty = new here
  [[nodiscard]] std::shared_ptr<http::live_body> listen(const workspace_id& ws, std::string_view last_seen);
  /// A comment to every listener, so that proxies keep the connection and those that have gone are found.
  void beat();
  [[nodiscard]] std::size_t listeners() const;

 private:
  struct told {
    std::uint64_t number;
    std::string text;
  };
  struct listener {
    std::shared_ptr<http::live_body> to;
    bool missed = false;
  };
  struct room {
    std::uint64_t next = 1;
    std::deque<told> kept;
    std::vector<listener> listeners;
  };
  [[nodiscard]] std::string head(std::uint64_t number, std::string_view event) const;
  void tell(listener& l, const room& r, std::string_view text);

  std::string life_;
  mutable std::mutex mutex_;
  std::map<workspace_id, room> rooms_;
};

}  // namespace heed::api
