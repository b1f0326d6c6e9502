#pragma once

#include <caf/event_based_actor.hpp>
#include <memory>
#include <string>

#include "actors/protocol.hpp"

namespace heed {

/// A coarse actor (store, region, timers, ...) that is restarted in place: an exception costs the message
/// that threw, never the handle, the mailbox or the order of what waits in it. The supervisor decides when it
/// goes on.
class component_actor : public caf::event_based_actor {
 public:
  component_actor(caf::actor_config& cfg, std::string path, caf::actor boss, supervision* board);

  caf::behavior make_behavior() final;
  void on_exit() override;
  void enqueue(caf::mailbox_element_ptr x, caf::execution_unit* on) override;
  [[nodiscard]] const std::string& path() const { return path_; }

 protected:
  /// The handlers of a healthy actor.
  virtual caf::behavior running() = 0;
  /// Forget what may be broken and read again what is needed; called before the first message after a crash.
  virtual void restarted() = 0;
  /// A component this one was started after has crashed and goes on: what was asked of it may never be answered.
  virtual void on_earlier_restart(const earlier_restarted&) { restarted(); }
  /// Somebody wants it to start again; what its state holds is made anew.
  virtual void restart_wanted(const restart_asked&) { restarted(); }
  /// Told when this actor ends, whyever.
  virtual void ended() {}

  caf::invoke_message_result consume(caf::mailbox_element& x) override;
  [[nodiscard]] caf::actor self() { return caf::actor{this}; }
  /// This cannot be repaired in here: the process ends and starts again.
  void escalate(std::string_view why) {
    if (board_) board_->escalate(path_, why);
  }

 private:
  caf::invoke_message_result handle(caf::mailbox_element& x);
  bool take_care(caf::mailbox_element& x);
  void crashed(const char* what);
  void go_on();

  std::string path_;
  caf::actor boss_;
  supervision* board_;
  std::shared_ptr<pulse> pulse_ = std::make_shared<pulse>();
  bool broken_ = false;
  std::uint64_t crashes_ = 0;
};

}  // namespace heed
