#include "actors/component_actor.hpp"

#include <caf/send.hpp>

namespace heed {

component_actor::component_actor(caf::actor_config& cfg, std::string path, caf::actor boss,
                                 supervision* board)
    : event_based_actor(cfg), path_(std::move(path)), boss_(std::move(boss)), board_(board) {
  // The defaults of these handlers print to standard output; an unexpected message is a bug that must be
  // seen.
  set_default_handler(caf::drop);
  set_error_handler([](caf::error&) {});
  set_down_handler([](caf::down_msg&) {});
}

caf::behavior component_actor::make_behavior() {
  if (board_) board_->started(path_);
  return running();
}

void component_actor::on_exit() {
  ended();
  boss_ = nullptr;
  if (board_) board_->stopped(path_, "exit");
}

caf::invoke_message_result component_actor::consume(caf::mailbox_element& x) {
  try {
    return event_based_actor::consume(x);
  } catch (const std::exception& e) {
    crashed(e.what());
  } catch (...) {
    crashed("unknown exception");
  }
  return caf::invoke_message_result::consumed;
}

void component_actor::crashed(const char* what) {
  if (board_) board_->crashed(path_, what);
  set_default_handler(caf::skip);
  become(caf::behavior{[this](restart_now) {
    set_default_handler(caf::drop);
    become(running());
    restarted();
    if (board_) board_->started(path_);
  }});
  if (boss_)
    send(boss_, crash_report{path_, what, self()});
  else
    send<caf::message_priority::high>(self(), restart_now{});
}

}  // namespace heed
