#include "runtime/timers.hpp"

#include <algorithm>
#include <caf/send.hpp>

namespace heed {
namespace {

/// The tick that looks for rows to load; wake-ups count from 1.
constexpr std::uint64_t refill_tick = 0;

}  // namespace

timers_actor::timers_actor(caf::actor_config& cfg, caf::actor boss, const services* all, telemetry& figures,
                           timers_options options)
    : component_actor(cfg, "timers", std::move(boss), all->board),
      all_(all),
      figures_(figures),
      options_(options) {}

caf::behavior timers_actor::running() {
  if (!started_) {
    started_ = true;
    refill();
  }
  return {
      [this](const arm_timer& a) {
        arm(a);
        fire_due();
      },
      [this](const timer_void& v) {
        const auto at = slots_.find(v.lead.value);
        if (at == slots_.end() || at->second.generation != v.generation || !at->second.fired) return;
        drop(at);
        fire_due();
      },
      [this](timers_loaded& l) {
        on_loaded(l);
        fire_due();
      },
      [this](const shards_changed& c) { shards_moved(c); },
      [this](tick t) {
        if (t.generation == refill_tick) return refill();
        if (t.generation != wake_) return;
        wake_at_.reset();
        fire_due();
      },
      [this](due_scan& s) {
        const auto now = all_->time->now();
        const auto due = std::distance(queue_.begin(), queue_.upper_bound(now));
        s.done(static_cast<std::size_t>(due) + fired_, slots_.size());
        fire_due();
      },
  };
}

void timers_actor::restarted() {
  slots_.clear();
  queue_.clear();
  fired_ = 0;
  loading_ = false;
  wake_at_.reset();
  horizon_.reset();
  load(all_->time->now() + options_.window);
}

void timers_actor::arm(const arm_timer& a) {
  const auto at = slots_.find(a.lead.value);
  if (at != slots_.end()) {
    if (at->second.generation > a.generation) return;
    drop(at);
  }
  if (!all_->is_ours(a.lead)) return;
  if (a.due && horizon_ && *a.due <= *horizon_) put(a.workspace, a.lead, a.generation, *a.due);
}

void timers_actor::put(const workspace_id& ws, const lead_id& lead, std::uint64_t generation,
                       time_point due) {
  const auto [at, fresh] = slots_.try_emplace(lead.value, slot{ws, generation, due, false, {}});
  if (fresh) queue_.emplace(due, &*at);
}

void timers_actor::drop(slots::iterator at) {
  if (at->second.fired) {
    --fired_;
  } else {
    auto [first, last] = queue_.equal_range(at->second.due);
    first = std::find_if(first, last, [&](const auto& q) { return q.second == &*at; });
    if (first != last) queue_.erase(first);
  }
  slots_.erase(at);
}

void timers_actor::fire_due() {
  const auto now = all_->time->now();
  while (!queue_.empty() && queue_.begin()->first <= now && fired_ < options_.in_flight) {
    auto* s = queue_.begin()->second;
    queue_.erase(queue_.begin());
    fire(*s);
    figures_.timer_late(now - s->second.due);
  }
  sleep();
}

void timers_actor::fire(slots::value_type& s) {
  s.second.fired = true;
  s.second.fired_at = all_->time->steady();
  ++fired_;
  auto p = std::make_shared<parcel>();
  p->workspace = s.second.workspace;
  p->lead = lead_id{s.first};
  p->what.key = "timer:" + s.first + ":" + std::to_string(s.second.generation);
  p->what.occurred_at = s.second.due;
  p->what.received_at = all_->time->now();
  p->what.source = "timer";
  p->what.body = timer_fired{s.second.generation};
  const auto& region = all_->region_of(p->lead);
  send(region, std::move(p));
}

void timers_actor::sleep() {
  // With the most firings under way, the next answer goes on.
  if (queue_.empty() || fired_ >= options_.in_flight) return;
  const auto due = queue_.begin()->first;
  if (wake_at_ && *wake_at_ <= due) return;
  wake_at_ = due;
  delayed_send(this, all_->time->real_delay_until(due), tick{++wake_});
}

void timers_actor::refill() {
  delayed_send(this, options_.refill_every, tick{refill_tick});
  repeat_lost();
  fire_due();
  const auto now = all_->time->now();
  if (!loading_ && (!horizon_ || *horizon_ - now < options_.window / 2)) load(now + options_.window);
}

void timers_actor::load(time_point until) {
  loading_ = true;
  // Rows from the old horizon on; the first time, whatever is due since ever.
  std::optional<timer_row> after;
  if (horizon_) after = timer_row{{}, {}, 0, *horizon_};
  reader_job job{[after, until, limit = options_.window_rows, me = self()](store_reader& r) {
    caf::anon_send(me, timers_loaded{until, limit, r.timers(until, after, limit)});
  }};
  // From here on commits arm up to the new horizon: what this read misses, they bring.
  horizon_ = until;
  send(all_->readers.front(), std::move(job));
}

void timers_actor::on_loaded(timers_loaded& l) {
  loading_ = false;
  if (!l.rows) throw std::runtime_error("reading timers failed: " + l.rows.error().detail);
  for (const auto& row : *l.rows) {
    if (!all_->is_ours(row.lead)) continue;
    const auto at = slots_.find(row.lead.value);
    if (at != slots_.end() && at->second.generation >= row.generation) continue;
    if (at != slots_.end()) drop(at);
    put(row.workspace, row.lead, row.generation, row.due);
  }
  // A full page says there are more before `until`.
  if (l.rows->size() >= l.limit) horizon_ = l.rows->back().due;
}

/// Timers of leads that went are their new node's; of those that came whatever is due within the horizon is read.
void timers_actor::shards_moved(const shards_changed& c) {
  if (c.lost && !c.lost->empty())
    for (auto at = slots_.begin(); at != slots_.end();) {
      const auto next = std::next(at);
      if (c.lost->contains(shard_of(lead_id{at->first}))) drop(at);
      at = next;
    }
  if (!c.gained || c.gained->empty()) return;
  horizon_.reset();
  load(all_->time->now() + options_.window);
}

void timers_actor::repeat_lost() {
  const auto long_ago = all_->time->steady() - options_.fire_again;
  for (auto& s : slots_) {
    if (!s.second.fired || s.second.fired_at > long_ago) continue;
    s.second.fired = false;
    --fired_;
    queue_.emplace(s.second.due, &s);
  }
}

}  // namespace heed
