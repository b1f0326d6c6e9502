#pragma once

#include <functional>

#include "actors/component_actor.hpp"

namespace heed {

/// Something to do after a while of real time.
struct chore {
  std::function<void()> run;
};
struct chore_later {
  std::chrono::milliseconds delay{0};
  std::function<void()> run;
};

/// Small periodic and delayed work of the node that belongs to no other actor.
class chores_actor final : public component_actor {
 public:
  chores_actor(caf::actor_config& cfg, caf::actor boss, supervision* board, std::chrono::milliseconds every,
               std::function<void()> periodic);
  [[nodiscard]] const char* name() const override { return "chores"; }

 protected:
  caf::behavior running() override;
  void restarted() override {}
  void ended() override { periodic_ = nullptr; }

 private:
  std::chrono::milliseconds every_;
  std::function<void()> periodic_;
  bool ticking_ = false;
};

}  // namespace heed

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::chore)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::chore_later)
