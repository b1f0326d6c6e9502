#include "actors/component_actor.hpp"

#include <caf/send.hpp>
#include <chrono>
#include <stdexcept>
#include <thread>

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
  if (board_) {
    board_->started(path_);
    board_->watch(path_, pulse_, self());
  }
  return running();
}

void component_actor::on_exit() {
  ended();
  boss_ = nullptr;
  if (board_) board_->stopped(path_, "exit");
}

void component_actor::enqueue(caf::mailbox_element_ptr x, caf::execution_unit* on) {
  pulse_->waiting.fetch_add(1, std::memory_order_relaxed);
  event_based_actor::enqueue(std::move(x), on);
}

caf::invoke_message_result component_actor::consume(caf::mailbox_element& x) {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  pulse_->busy_since.store(std::chrono::duration_cast<std::chrono::microseconds>(now).count(), std::memory_order_relaxed);
  const auto out = handle(x);
  pulse_->busy_since.store(0, std::memory_order_relaxed);
  // What is skipped stays in the mailbox and comes again.
  if (out == caf::invoke_message_result::skipped) return out;
  pulse_->handled.fetch_add(1, std::memory_order_relaxed);
  pulse_->waiting.fetch_sub(1, std::memory_order_relaxed);
  return out;
}

caf::invoke_message_result component_actor::handle(caf::mailbox_element& x) {
  try {
    return take_care(x) ? caf::invoke_message_result::consumed : event_based_actor::consume(x);
  } catch (const std::exception& e) {
    crashed(e.what());
  } catch (...) {
    crashed("unknown exception");
  }
  return caf::invoke_message_result::consumed;
}

/// Words of supervision reach every component, whatever it is doing; true when `x` was one.
bool component_actor::take_care(caf::mailbox_element& x) {
  auto& content = x.content();
  if (content.match_elements<restart_asked>()) {
    broken_ ? go_on() : restart_wanted(content.get_as<restart_asked>(0));
    return true;
  }
  if (content.match_elements<earlier_restarted>()) {
    if (!broken_) on_earlier_restart(content.get_as<earlier_restarted>(0));
    return true;
  }
  if (content.match_elements<chaos_order>()) {
    const auto& order = content.get_as<chaos_order>(0);
    std::this_thread::sleep_for(order.hang);
    if (order.crash) throw std::runtime_error("chaos");
    return true;
  }
  return false;
}

void component_actor::crashed(const char* what) {
  if (board_) board_->crashed(path_, what);
  broken_ = true;
  ++crashes_;
  set_default_handler(caf::skip);
  become(caf::behavior{[this](restart_now r) {
    if (r.crash == crashes_) go_on();
  }});
  if (boss_)
    send(boss_, crash_report{path_, what, self(), crashes_});
  else
    send<caf::message_priority::high>(self(), restart_now{crashes_});
}

void component_actor::go_on() {
  broken_ = false;
  set_default_handler(caf::drop);
  become(running());
  restarted();
  if (board_) board_->started(path_);
  if (boss_) send(boss_, restart_done{self()});
}

}  // namespace heed
