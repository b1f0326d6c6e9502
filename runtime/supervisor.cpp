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
  if (e.is == state::restarting) ++e.restarts;
  e.is = state::running;
  e.since = time_.now();
}

void supervision_board::note(entry& e, std::string_view why) {
  e.history.push_back({time_.now(), std::string(why), {}});
  if (e.history.size() > history_kept) e.history.pop_front();
}

void supervision_board::crashed(std::string_view path, std::string_view why) {
  spdlog::error("actor.crashed path={} why=\"{}\"", path, why);
  if (on_crash_) on_crash_(component_of(path));
  std::lock_guard guard(lock_);
  if (is_lead(path)) note_lead(path);
  auto& e = entries_[std::string(path)];
  // A lead restarts in place at once; everybody else waits for its supervisor.
  e.is = is_lead(path) ? state::running : state::restarting;
  if (is_lead(path)) ++e.restarts;
  ++e.crashes;
  note(e, why);
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
  if (at != entries_.end()) at->second.is = state::stopped;
}

void supervision_board::escalate(std::string_view path, std::string_view why) {
  {
    std::lock_guard guard(lock_);
    if (std::exchange(left_, true)) return;
  }
  spdlog::critical("root.escalated path={} why=\"{}\"", path, why);
  if (leave_) leave_(std::string(path), std::string(why));
}

void supervision_board::watch(std::string_view path, std::shared_ptr<const pulse> of, const caf::actor& who) {
  std::lock_guard guard(lock_);
  auto& e = entries_[std::string(path)];
  e.beats = std::move(of);
  e.who = caf::actor_cast<caf::weak_actor_ptr>(who);
}

void supervision_board::adopted(std::string_view parent, std::string_view path, const caf::actor& who) {
  std::lock_guard guard(lock_);
  auto& e = entries_[std::string(path)];
  e.parent = parent;
  if (e.since != time_point{}) return;
  // It begins with its first message.
  e.who = caf::actor_cast<caf::weak_actor_ptr>(who);
  e.is = state::running;
  e.since = time_.now();
}

void supervision_board::restarting(std::string_view path, std::chrono::milliseconds pause) {
  std::lock_guard guard(lock_);
  const auto at = entries_.find(path);
  if (at != entries_.end() && !at->second.history.empty()) at->second.history.back().pause = pause;
}

void supervision_board::stuck(std::string_view path, std::string_view what) {
  if (!what.empty()) {
    spdlog::error("actor.stuck path={} why=\"{}\"", path, what);
    if (on_stuck_) on_stuck_(component_of(path));
  }
  std::lock_guard guard(lock_);
  const auto at = entries_.find(path);
  if (at == entries_.end()) return;
  auto& e = at->second;
  e.stuck_why = what;
  if (!what.empty()) note(e, what);
  if (!what.empty() && e.is == state::running) e.is = state::stuck;
  if (what.empty() && e.is == state::stuck) e.is = state::running;
}

std::vector<progress_sample> supervision_board::samples() const {
  std::lock_guard guard(lock_);
  std::vector<progress_sample> out;
  for (const auto& [path, e] : entries_)
    // One that waits for its supervisor takes nothing, and is known to.
    if (e.beats && (e.is == state::running || e.is == state::stuck))
      out.push_back({path, e.beats->handled.load(), e.beats->waiting.load(), e.beats->busy_since.load()});
  return out;
}

caf::actor supervision_board::component(std::string_view path) const {
  std::lock_guard guard(lock_);
  const auto at = entries_.find(path);
  if (at == entries_.end() || at->second.is == state::stopped) return {};
  return caf::actor_cast<caf::actor>(at->second.who);
}

bool supervision_board::is_restarting(std::string_view path) const {
  std::lock_guard guard(lock_);
  const auto at = entries_.find(path);
  return at != entries_.end() && at->second.is == state::restarting;
}

void supervision_board::restart_wanted(std::string_view path, std::string_view why) {
  spdlog::warn("actor.restart path={} why=\"{}\"", path, why);
  std::lock_guard guard(lock_);
  auto& e = entries_[std::string(path)];
  ++e.restarts;
  note(e, why);
}

std::string_view supervision_board::word_of(state s) {
  switch (s) {
    case state::running: return "running";
    case state::restarting: return "restarting";
    case state::stuck: return "stuck";
    case state::stopped: return "stopped";
  }
  return "stopped";
}

nlohmann::json supervision_board::entry_json(const std::string& path, const entry& e) const {
  nlohmann::json j{{"path", path}, {"state", word_of(e.is)}, {"crashes", e.crashes}, {"restarts", e.restarts}};
  j["since"] = e.since == time_point{} ? nlohmann::json() : nlohmann::json(to_iso(e.since));
  j["mailbox"] = e.beats ? nlohmann::json(std::max<std::int64_t>(e.beats->waiting.load(), 0)) : nlohmann::json();
  j["handled"] = e.beats ? nlohmann::json(e.beats->handled.load()) : nlohmann::json();
  j["last_error"] = e.history.empty() ? nlohmann::json() : nlohmann::json(e.history.back().why);
  auto& history = j["history"] = nlohmann::json::array();
  for (const auto& i : e.history) {
    nlohmann::json line{{"at", to_iso(i.at)}, {"why", i.why}};
    if (i.pause) line["pause_ms"] = i.pause->count();
    history.push_back(std::move(line));
  }
  return j;
}

nlohmann::json supervision_board::tree_json(const std::string& path, const entry& e) const {
  auto j = entry_json(path, e);
  auto& children = j["children"] = nlohmann::json::array();
  for (const auto& [name, each] : entries_)
    if (each.parent == path && name != path && !is_lead(name)) children.push_back(tree_json(name, each));
  return j;
}

nlohmann::json supervision_board::to_json() const {
  std::lock_guard guard(lock_);
  nlohmann::json out{{"tree", nlohmann::json()}, {"crashed_leads", nlohmann::json::array()}};
  if (const auto root = entries_.find(std::string_view("root")); root != entries_.end())
    out["tree"] = tree_json(root->first, root->second);
  for (const auto& [path, e] : entries_)
    if (is_lead(path)) out["crashed_leads"].push_back(entry_json(path, e));
  return out;
}

supervisor::supervisor(caf::actor_config& cfg, std::string path, caf::actor boss, supervision* board,
                       supervisor_options o)
    : event_based_actor(cfg), path_(std::move(path)), boss_(std::move(boss)), board_(board), options_(o) {
  set_default_handler(caf::drop);
  set_error_handler([](caf::error&) {});
  set_down_handler([this](caf::down_msg& d) { gone(d); });
  set_exit_handler([this](caf::exit_msg&) {
    if (std::exchange(stopping_, true)) return;
    stop_last();
  });
}

caf::behavior supervisor::make_behavior() {
  if (board_) board_->started(path_);
  return {
      [this](adopt& a) {
        monitor(a.who);
        if (board_) board_->adopted(path_, a.path, a.who);
        children_.push_back({std::move(a), 0, {}, {}});
      },
      [this](const crash_report& r) { crashed(r); },
      [this](const restart_done& d) {
        const auto c = find(d.who.id());
        if (c != children_.end() && c->spec.then == on_crash::restart_rest) tell_rest(c);
      },
      [this](const earlier_restarted& e) {
        for (const auto& c : children_)
          send(c.spec.who, e);
      },
      [this](const tick& t) {
        if (!stopping_ || t.generation != deadline_ || children_.empty()) return;
        spdlog::error("actor.left path={} why=\"did not end in time\"", children_.back().spec.path);
        demonitor(children_.back().spec.who);
        children_.pop_back();
        stop_last();
      },
  };
}

void supervisor::on_exit() {
  for (auto c = children_.rbegin(); c != children_.rend(); ++c)
    send_exit(c->spec.who, caf::exit_reason::user_shutdown);
  children_.clear();
  boss_ = nullptr;
  if (board_) board_->stopped(path_, "exit");
}

supervisor::children::iterator supervisor::find(caf::actor_id id) {
  return std::ranges::find_if(children_, [&](const child& c) { return c.spec.who.id() == id; });
}

void supervisor::crashed(const crash_report& r) {
  const auto found = find(r.who.id());
  if (found == children_.end() || stopping_) return;
  auto& c = *found;
  c.why = r.why;
  if (c.spec.then == on_crash::escalate) return give_up(r.path, r.why);
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
  if (board_) board_->restarting(r.path, base + jitter);
  delayed_send(c.spec.who, base + jitter, restart_now{r.crash});
}

void supervisor::tell_rest(children::iterator after) {
  for (auto c = std::next(after); c != children_.end(); ++c)
    send(c->spec.who, earlier_restarted{after->spec.path, after->why});
}

void supervisor::gone(const caf::down_msg& d) {
  const auto found = find(d.source.id());
  if (found == children_.end()) return;
  const auto path = found->spec.path;
  const bool awaited = stopping_ && std::next(found) == children_.end();
  children_.erase(found);
  if (awaited) return stop_last();
  if (!stopping_ && !is_orderly(d.reason)) give_up(path, "ended: " + to_string(d.reason));
}

/// The last one started ends first, so that nobody misses who it was built on.
void supervisor::stop_last() {
  if (children_.empty()) return quit(caf::exit_reason::user_shutdown);
  const auto& last = children_.back().spec;
  send_exit(last.who, caf::exit_reason::user_shutdown);
  delayed_send(this, last.shutdown, tick{++deadline_});
}

void supervisor::give_up(const std::string& path, const std::string& why) {
  if (!boss_ && board_) board_->escalate(path, why);
  quit(caf::make_error(caf::sec::runtime_error, path + ": " + why));
}

}  // namespace heed
