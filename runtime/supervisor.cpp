#include "runtime/supervisor.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <caf/send.hpp>

namespace heed {
namespace {

bool is_lead(std::string_view path) { return path.find("/lead/") != std::string_view::npos; }

std::string component_of(std::string_view path) {
  if (is_lead(path)) return "lead";
  return std::string(path.substr(0, path.find('/')));
}

bool is_orderly(const caf::error& reason) {
  return !reason || reason == caf::exit_reason::normal || reason == caf::exit_reason::user_shutdown;
}

}  // namespace

void supervision_board::started(std::string_view path) {
  std::lock_guard guard(lock_);
  auto& e = entries_[std::string(path)];
  e.running = true;
  e.since = time_.now();
}

void supervision_board::crashed(std::string_view path, std::string_view why) {
  spdlog::error("actor.crashed path={} why=\"{}\"", path, why);
  if (on_crash_) on_crash_(component_of(path));
  std::lock_guard guard(lock_);
  if (is_lead(path)) note_lead(path);
  auto& e = entries_[std::string(path)];
  // A lead restarts in place at once; everybody else waits for its supervisor.
  e.running = is_lead(path);
  ++e.crashes;
  e.history.push_back({time_.now(), std::string(why)});
  if (e.history.size() > history_kept) e.history.pop_front();
}

void supervision_board::note_lead(std::string_view path) {
  if (entries_.contains(path)) return;
  leads_.emplace_back(path);
  if (leads_.size() <= leads_listed) return;
  entries_.erase(leads_.front());
  leads_.pop_front();
}

void supervision_board::stopped(std::string_view path, std::string_view) {
  std::lock_guard guard(lock_);
  const auto at = entries_.find(path);
  if (at != entries_.end()) at->second.running = false;
}

void supervision_board::escalate(std::string_view path, std::string_view why) {
  {
    std::lock_guard guard(lock_);
    if (std::exchange(left_, true)) return;
  }
  spdlog::critical("root.escalated path={} why=\"{}\"", path, why);
  if (leave_) leave_(std::string(path), std::string(why));
}

nlohmann::json supervision_board::to_json() const {
  std::lock_guard guard(lock_);
  auto list = nlohmann::json::array();
  for (const auto& [path, e] : entries_) {
    nlohmann::json j{{"path", path}, {"running", e.running}, {"crashes", e.crashes}};
    if (e.since != time_point{}) j["since"] = to_iso(e.since);
    auto& history = j["history"] = nlohmann::json::array();
    for (const auto& c : e.history)
      history.push_back({{"at", to_iso(c.at)}, {"why", c.why}});
    list.push_back(std::move(j));
  }
  return list;
}

supervisor::supervisor(caf::actor_config& cfg, std::string path, caf::actor boss, supervision* board,
                       supervisor_options o)
    : event_based_actor(cfg), path_(std::move(path)), boss_(std::move(boss)), board_(board), options_(o) {
  set_default_handler(caf::drop);
  set_error_handler([](caf::error&) {});
  set_down_handler([this](caf::down_msg& d) { gone(d); });
}

caf::behavior supervisor::make_behavior() {
  if (board_) board_->started(path_);
  return {
      [this](adopt& a) {
        monitor(a.who);
        const auto id = a.who.id();
        children_.emplace(id, child{std::move(a.path), std::move(a.who), 0, {}});
      },
      [this](const crash_report& r) { crashed(r); },
  };
}

void supervisor::on_exit() {
  for (auto& [id, c] : children_)
    send_exit(c.who, caf::exit_reason::user_shutdown);
  children_.clear();
  boss_ = nullptr;
  if (board_) board_->stopped(path_, "exit");
}

void supervisor::crashed(const crash_report& r) {
  const auto found = children_.find(r.who.id());
  if (found == children_.end()) return;
  auto& c = found->second;
  const auto now = clock().now();
  while (!recent_.empty() && recent_.front() + options_.window < now)
    recent_.pop_front();
  while (!c.recent.empty() && c.recent.front() + options_.window < now)
    c.recent.pop_front();
  if (c.recent.empty()) c.crashes = 0;
  recent_.push_back(now);
  c.recent.push_back(now);
  if (recent_.size() > options_.max_restarts) return give_up(r.path, "too many crashes: " + r.why);
  const auto base =
      std::min(options_.longest_pause, options_.first_pause * (1u << std::min(c.crashes++, 10u)));
  const auto hash = stable_hash(r.path + "#" + std::to_string(c.crashes));
  const auto jitter = std::chrono::milliseconds(hash % static_cast<std::uint64_t>(base.count() / 4 + 1));
  delayed_send(c.who, base + jitter, restart_now{});
}

void supervisor::gone(const caf::down_msg& d) {
  const auto found = children_.find(d.source.id());
  if (found == children_.end()) return;
  const auto path = found->second.path;
  children_.erase(found);
  if (!is_orderly(d.reason)) give_up(path, "ended: " + to_string(d.reason));
}

void supervisor::give_up(const std::string& path, const std::string& why) {
  if (!boss_ && board_) board_->escalate(path, why);
  quit(caf::make_error(caf::sec::runtime_error, path + ": " + why));
}

}  // namespace heed
