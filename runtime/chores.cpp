#include "runtime/chores.hpp"

namespace heed {

chores_actor::chores_actor(caf::actor_config& cfg, caf::actor boss, supervision* board,
                           std::chrono::milliseconds every, std::function<void()> periodic)
    : component_actor(cfg, "chores", std::move(boss), board), every_(every), periodic_(std::move(periodic)) {}

caf::behavior chores_actor::running() {
  if (!std::exchange(ticking_, true)) delayed_send(this, every_, tick{});
  return {
      [this](tick) {
        delayed_send(this, every_, tick{});
        if (periodic_) periodic_();
      },
      [this](chore_later& c) { delayed_send(this, c.delay, chore{std::move(c.run)}); },
      [](chore& c) { c.run(); },
  };
}

}  // namespace heed
