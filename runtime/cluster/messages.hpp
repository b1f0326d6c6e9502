#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "actors/protocol.hpp"
#include "persistence/leases.hpp"

/// What the two actors of a cluster's node say to each other and are told. Nothing here crosses a node; what does is in wire.hpp.
namespace heed::cluster {

/// To the links: who is there by now, and who owns what.
struct members_changed {
  std::shared_ptr<const cluster_reading> now;
};
/// To the cluster actor: something may have changed; read at once.
struct look_now {};
/// To the cluster actor: a link broke; perhaps its node is gone.
struct peer_lost {
  std::uint64_t epoch = 0;
};
/// To the cluster actor: give everything away, and take nothing.
struct drain_asked {};
/// To the cluster actor: calls of dead nodes were settled as unknown; these leads have word of it.
struct calls_lost {
  std::vector<told_lead> leads;
};
/// To the links: tell all nodes to take up a workspace's configuration, then call `done`; it does not wait for long.
struct tell_config {
  workspace_id workspace;
  std::function<void()> done;
};
/// To the links: tell all nodes to read the membership.
struct tell_look {};
/// To the links: what became of a remote node's parcel.
struct remote_result {
  std::uint64_t to = 0;  ///< that node
  std::uint64_t ticket = 0;
  bool decided = false;
  std::uint64_t seq = 0;
  std::vector<fact> facts;
  std::vector<std::string> calls;
  bool known = false;  ///< its key was decided before
};
/// INTERNAL to the links: a workspace's configuration was taken up, as that node had asked.
struct config_taken_up {
  std::uint64_t to = 0;
  std::uint64_t ticket = 0;
};
/// INTERNAL to the links: an attempt to reach a node came to its end.
struct connect_ended {
  std::uint64_t epoch = 0;
  caf::actor remote;  ///< none: it failed
  std::string why;
};

}  // namespace heed::cluster

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::cluster::members_changed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::cluster::look_now)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::cluster::peer_lost)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::cluster::drain_asked)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::cluster::calls_lost)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::cluster::tell_config)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::cluster::tell_look)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::cluster::remote_result)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::cluster::config_taken_up)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::cluster::connect_ended)
