#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "actors/component_actor.hpp"
#include "runtime/cluster/messages.hpp"
#include "runtime/cluster/options.hpp"
#include "runtime/cluster/view.hpp"
#include "runtime/cluster/wire.hpp"

namespace heed::cluster {

/// Links to the other nodes: passes on what belongs to their shards and takes what belongs to ours.
///
/// CAF's middleman carries texts and nothing more: what it drops, this sends again or leaves to the store, where everything
/// is that matters. Each direction of a link is numbered, acknowledged and held to a window, so that a peer that is slow or
/// hangs costs its own queue and nobody else; what waits for it counts at the door, which refuses before acceptance.
class links_actor final : public component_actor {
 public:
  /// @param take_up a workspace's configuration; to be called when it is done
  links_actor(caf::actor_config& cfg, caf::actor boss, const services* all, node_card me, cluster_board* shown,
              std::function<void(const workspace_id&, std::function<void()>)> take_up);
  [[nodiscard]] const char* name() const override { return "links"; }

 protected:
  caf::behavior running() override;
  void restarted() override;
  void ended() override;

 private:
  using thing = std::variant<parcel_ptr, dispatch_ptr, deliver_pending, wire::item>;
  struct queued {
    thing what;
    std::uint64_t ticket = 0;
    clock::ticks since{};
  };
  struct peer {
    node_card card;
    caf::actor remote;
    bool greeted = false;
    int speaks = 1;
    bool connecting = false;
    clock::ticks next_try{};
    std::chrono::milliseconds pause{0};
    std::deque<queued> queue;  ///< the first `sent` are said and not acknowledged
    std::size_t sent = 0;
    std::uint64_t first = 1;     ///< number of the queue's first
    std::uint64_t received = 0;  ///< of theirs
    bool owes_ack = false;
  };
  struct waiting {
    parcel_ptr what;
    std::uint64_t at = 0;  ///< the node it was passed on to
    clock::ticks since{};
  };
  struct config_round {
    std::function<void()> done;
    std::size_t open = 0;
    clock::ticks until{};
  };

  // Routing.
  void route(thing t);
  [[nodiscard]] std::uint64_t owner_of(const thing& t) const;
  void keep_here(thing t);
  void enqueue(peer& p, thing t);
  void try_again();

  // Membership and connections.
  void members(const cluster_reading& r);
  void connect(peer& p);
  void connected(connect_ended& c);
  void greet(peer& p);
  void greeted(peer& p);
  void lost(peer& p);
  void forget(std::uint64_t epoch);
  [[nodiscard]] peer* find(const caf::actor_addr& whose);

  // The wire.
  void pump(peer& p);
  [[nodiscard]] std::string encoded(peer& p, queued& q);
  void hear(const std::string& text, const caf::actor& from);
  void hear(const wire::hello& h, const caf::actor& from);
  void hear(const wire::batch& b, peer& p);
  void hear(const wire::ack& a, peer& p);
  void take(wire::item i, peer& p);
  void take(wire::stimulus_item& s, peer& p);
  void take(wire::dispatch_item& d);
  void take(wire::result_item& r);
  void acknowledge(peer& p);
  [[nodiscard]] bool has_room() const;

  void tell_all_config(tell_config& t);
  void config_done(std::uint64_t ticket);
  void look_after();
  void show();

  const services* all_;
  node_card me_;
  cluster_board* shown_;
  std::function<void(const workspace_id&, std::function<void()>)> take_up_;
  caf::actor cluster_;
  std::map<std::uint64_t, peer> peers_;
  std::map<std::uint64_t, std::string> members_;  ///< ids by epoch, as last read
  std::deque<queued> homeless_;                   ///< whose owner is not known or not there
  std::unordered_map<std::uint64_t, waiting> tickets_;
  std::unordered_map<std::uint64_t, config_round> rounds_;
  std::uint64_t last_ticket_ = 0;
  std::set<std::string> complained_;  ///< kinds nobody here understands
  bool ticking_ = false;
};

}  // namespace heed::cluster
