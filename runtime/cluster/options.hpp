#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "runtime/cluster/membership.hpp"

namespace heed::cluster {

struct cluster_options {
  bool enabled = false;
  std::string name;                    ///< the same in every life; other nodes have other ones
  std::string listen = "127.0.0.1";    ///< address to listen on for other nodes
  std::string address;                 ///< where they reach it; empty = `listen`
  std::uint16_t port = 7400;           ///< 0 = any free one
  std::uint16_t advertised_port = 0;   ///< where they reach it, when something stands between; 0 = `port`
  std::string ca, certificate, key;    ///< files; the CA is of this cluster alone
  lease_times times;
  move_limits limits;
  bool proof_by_process = true;        ///< a process that is gone from this host is dead at once
  std::chrono::milliseconds notice{2'000};  ///< a balancer is given that long to see that a node wants no more requests
  std::chrono::milliseconds look_for_lost{2'000};  ///< how often undecided stimuli are looked for that nobody told of
};

}  // namespace heed::cluster
