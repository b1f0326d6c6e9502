#include "runtime/cluster/cluster_actor.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <caf/send.hpp>

#include "runtime/cluster/own_card.hpp"

namespace heed::cluster {
namespace {

using namespace std::chrono_literals;

/// Ticks with a meaning of their own; beats count from 3.
constexpr std::uint64_t look_tick = 0;
constexpr std::uint64_t patience_tick = 1;
constexpr std::uint64_t first_beat = 3;

constexpr auto beat_again_after_failure = 100ms;
/// Nudges closer together are one.
constexpr auto least_between_beats = 10ms;
/// What is not quiet by then is given away as it is: the fence refuses what comes late.
constexpr auto patience = 400ms;
constexpr std::size_t most_looked_at = 4'096;
constexpr std::size_t most_fetched = 256;
constexpr unsigned looks_between_sweeps = 5;

std::chrono::microseconds since(ticks t) {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - t);
}

}  // namespace

cluster_actor::cluster_actor(caf::actor_config& cfg, caf::actor boss, const services* all, shard_table* table,
                             std::shared_ptr<lease_store> leases, node_card me, anchored_clock* time,
                             telemetry* figures, cluster_board* shown, cluster_options options, cluster_hooks hooks)
    : component_actor(cfg, "cluster", std::move(boss), all->board),
      all_(all),
      table_(table),
      leases_(std::move(leases)),
      me_(std::move(me)),
      time_(time),
      figures_(figures),
      shown_(shown),
      options_(std::move(options)),
      hooks_(std::move(hooks)),
      beat_wanted_(first_beat) {}

caf::behavior cluster_actor::running() {
  if (!read_once_) {
    send(self(), tick{beat_wanted_});
    delayed_send(this, options_.look_for_lost, tick{look_tick});
  }
  return {
      [this](tick t) {
        if (t.generation == look_tick) {
          delayed_send(this, options_.look_for_lost, tick{look_tick});
          look_for_lost();
        } else if (t.generation == patience_tick) {
          if (leaving_ && since(leaving_->began) >= patience) release();
        } else if (t.generation == beat_wanted_) {
          beat();
        }
      },
      [this](look_now) { beat_at_once(); },
      [this](const peer_lost&) { beat_at_once(); },
      [this](drain_asked) {
        if (std::exchange(draining_, true)) return;
        spdlog::info("cluster.draining shards={}", held_.size());
        beat_at_once();
      },
      [this](const shards_quiet& q) { quiet(q.round); },
      [this](const calls_lost& c) {
        for (const auto& told : c.leads)
          send(all_->region_of(told.lead), deliver_pending{told.workspace, told.lead});
      },
  };
}

void cluster_actor::restarted() {
  leaving_.reset();
  for (const auto& [s, epoch] : held_)
    if (!table_->owns(s)) table_->take(s, epoch);
  beat_at_once();
}

void cluster_actor::plan_next_beat(std::chrono::microseconds in) { delayed_send(this, in, tick{++beat_wanted_}); }

void cluster_actor::beat_at_once() {
  const auto gone_by = std::chrono::steady_clock::now() - beaten_at_;
  if (gone_by >= least_between_beats) return beat();
  plan_next_beat(std::chrono::duration_cast<std::chrono::microseconds>(least_between_beats - gone_by));
}

void cluster_actor::beat() {
  const auto asked = std::chrono::steady_clock::now();
  beaten_at_ = asked;
  auto r = leases_->beat(options_.times.ttl, draining_);
  if (!r && r.error().code == errc::fatal) {
    spdlog::critical("cluster.dead detail=\"{}\"", r.error().detail);
    return escalate(r.error().detail);
  }
  if (!r) {
    spdlog::warn("cluster.not_renewed code={} detail=\"{}\"", to_string(r.error().code), r.error().detail);
    return plan_next_beat(beat_again_after_failure);
  }
  table_->trust_until(trusted_until(asked, options_.times));
  const auto answered = std::chrono::steady_clock::now();
  time_->follow(r->now, asked + (answered - asked) / 2);
  if (bury_the_dead(*r)) return beat();
  take_in(*r);
  move_shards(*r);
  last_ = std::move(*r);
  read_once_ = true;
  shown_->read(last_, me_.epoch, held_.size(), draining_);
  const bool others = std::ranges::any_of(
      last_.nodes, [&](const node_seen& n) { return n.who.epoch != me_.epoch && !n.draining; });
  shown_->drained = draining_ && !leaving_ && (held_.empty() || !others);
  shown_->joined = true;
  if (calls_to_lose_) lose_calls();
  plan_next_beat(next_look(last_, me_.epoch, options_.times));
}

/// True when somebody died by it: what was read is no longer so.
bool cluster_actor::bury_the_dead(const cluster_reading& r) {
  auto dead = expired(r, me_.epoch);
  std::vector<std::uint64_t> proved;
  for (const auto& n : r.nodes)
    if (options_.proof_by_process && n.who.epoch != me_.epoch && is_proved_dead(n.who, me_))
      proved.push_back(n.who.epoch);
  dead.insert(dead.end(), proved.begin(), proved.end());
  if (dead.empty()) return false;
  const auto buried = leases_->bury(proved);
  if (!buried || buried->empty()) return false;
  found_dead_at_ = std::chrono::steady_clock::now();
  for (const auto epoch : *buried)
    spdlog::warn("cluster.node_dead epoch={} proved={}", epoch, std::ranges::find(proved, epoch) != proved.end());
  return true;
}

/// What others did since the last reading.
void cluster_actor::take_in(const cluster_reading& r) {
  follow_owners(r);
  if (!read_once_) {
    // What was read at the start may have changed since, and nobody told who had not joined.
    last_.config = r.config;
    if (hooks_.take_up) hooks_.take_up({});
  } else {
    for (const auto& ws : changed(last_.config, r.config))
      if (hooks_.take_up) hooks_.take_up(ws);
    if (!gone(last_, r).empty()) {
      // Hints of theirs may be lost, and calls of theirs have nobody left.
      calls_to_lose_ = true;
      if (!held_.empty() && hooks_.recover) hooks_.recover(held_shards(), false);
    }
  }
  if (all_->elsewhere) send(all_->elsewhere, members_changed{std::make_shared<const cluster_reading>(r)});
}

void cluster_actor::follow_owners(const cluster_reading& r) {
  for (const auto& l : r.leases) {
    table_->set_owner(l.shard, owner_of(r, l));
    const auto mine = held_.find(l.shard);
    const bool granted = l.owner == me_.id;
    if (mine != held_.end() && (!granted || l.epoch != mine->second))
      return escalate("the leases say that others have shard " + std::to_string(l.shard));
  }
}

void cluster_actor::move_shards(const cluster_reading& r) {
  const auto asked = plan_moves(r, me_.epoch, draining_, options_.limits);
  if (!asked.take.empty()) {
    const auto got = leases_->take(asked.take);
    if (got && !got->empty()) gained(*got, asked);
    // Some were held by transactions of the dead, or taken by others.
    if (!got || got->size() < asked.take.size()) send(self(), look_now{});
  }
  if (!asked.leave.empty() && !leaving_) begin_leaving(asked.leave);
}

void cluster_actor::gained(const std::vector<granted>& all, const moves& asked) {
  auto of_the_dead = std::make_shared<std::set<shard_id>>();
  auto released = std::make_shared<std::set<shard_id>>();
  auto every = std::make_shared<std::set<shard_id>>();
  for (const auto& g : all) {
    held_[g.shard] = g.epoch;
    table_->set_owner(g.shard, me_.epoch);
    table_->take(g.shard, g.epoch);
    every->insert(g.shard);
    (asked.dead.at(g.shard) ? of_the_dead : released)->insert(g.shard);
  }
  const auto epoch = all.front().epoch;
  spdlog::info("cluster.taken shards={} of_the_dead={} epoch={} held={}", all.size(), of_the_dead->size(), epoch,
               held_.size());
  tell({every, nullptr, nullptr, 0});
  for (const auto& [which, death] : {std::pair{of_the_dead, true}, std::pair{released, false}}) {
    if (which->empty()) continue;
    const auto* why = death ? "death" : "release";
    figures_->shards_moved(why, which->size());
    shown_->note_move(why, which->size());
    if (hooks_.recover) hooks_.recover(which, death);
  }
  if (const auto found = std::exchange(found_dead_at_, std::nullopt); found && !of_the_dead->empty())
    figures_->taken_over(since(*found));
  calls_to_lose_ = true;
  if (all_->elsewhere) send(all_->elsewhere, tell_look{});
}

void cluster_actor::begin_leaving(const std::vector<shard_id>& shards) {
  wave w;
  w.round = ++rounds_;
  w.began = std::chrono::steady_clock::now();
  w.waits_for = all_->regions.size();
  auto lost = std::make_shared<std::set<shard_id>>(shards.begin(), shards.end());
  w.shards = *lost;
  for (const auto s : shards)
    table_->leave(s);
  leaving_ = std::move(w);
  tell({nullptr, lost, self(), leaving_->round});
  delayed_send(this, patience, tick{patience_tick});
}

void cluster_actor::quiet(std::uint64_t round) {
  if (!leaving_ || leaving_->round != round || leaving_->waits_for == 0) return;
  if (--leaving_->waits_for == 0) release();
}

void cluster_actor::release() {
  const std::vector<shard_id> shards(leaving_->shards.begin(), leaving_->shards.end());
  if (const auto given = leases_->release(shards); !given) {
    spdlog::warn("cluster.not_released detail=\"{}\"", given.error().detail);
    leaving_->began = std::chrono::steady_clock::now();
    return delayed_send(this, patience, tick{patience_tick});
  }
  for (const auto s : shards)
    held_.erase(s);
  figures_->shards_moved("leave", shards.size());
  figures_->handed_over(since(leaving_->began));
  shown_->note_move("leave", shards.size());
  spdlog::info("cluster.released shards={} ms={} held={}", shards.size(), since(leaving_->began).count() / 1'000,
               held_.size());
  leaving_.reset();
  if (all_->elsewhere) send(all_->elsewhere, tell_look{});
  send(self(), look_now{});
}

/// By the writer, which has the connections for it.
void cluster_actor::lose_calls() {
  calls_to_lose_ = false;
  std::vector<bool> shards(shard_count, false);
  for (const auto& [s, epoch] : held_)
    shards[s] = table_->owns(s);
  store_job job{[leases = leases_, shards = std::move(shards), now = time_->now(), me = self()](store&) {
    if (auto told = leases->lose_calls(shards, now); told && !told->empty())
      caf::anon_send(me, calls_lost{std::move(*told)});
  }};
  send(all_->store, std::move(job));
}

/// Stimuli that are accepted by another node and of which no hint came. Those that were there at the last look already are
/// fetched; leads that have them in hand know them by their numbers.
void cluster_actor::look_for_lost() {
  if (held_.empty()) return;
  if (++looks_ % looks_between_sweeps == 0) {
    lose_calls();
    if (hooks_.recover) hooks_.recover(held_shards(), false);
  }
  reader_job job{[all = all_, shown = shown_, upto = seen_pending_](store_reader& r) {
    const auto rows = r.pending(0, most_looked_at);
    if (!rows) return;
    std::set<lead_id> fetched;
    std::optional<time_point> oldest;
    for (const auto& row : *rows) {
      if (!all->is_ours(row.lead)) continue;
      if (!oldest) oldest = row.received_at;
      if (row.inbox > *upto || fetched.size() >= most_fetched || !fetched.insert(row.lead).second) continue;
      caf::anon_send(all->region_of(row.lead), deliver_pending{row.workspace, row.lead});
    }
    shown->note_lag(oldest ? std::max(all->time->now() - *oldest, duration{0}) : duration{0});
    *upto = rows->empty() ? 0 : rows->back().inbox;
  }};
  send(all_->readers.front(), std::move(job));
}

void cluster_actor::tell(const shards_changed& c) {
  for (const auto& r : all_->regions)
    send(caf::actor_cast<caf::actor>(r), c);
  shards_changed quietly = c;
  quietly.quiet = nullptr;
  send(caf::actor_cast<caf::actor>(all_->timers), quietly);
  send(caf::actor_cast<caf::actor>(all_->providers), quietly);
  if (hooks_.tell_workspaces) hooks_.tell_workspaces(quietly);
}

std::shared_ptr<const std::set<shard_id>> cluster_actor::held_shards() const {
  auto out = std::make_shared<std::set<shard_id>>();
  for (const auto& [s, epoch] : held_)
    if (table_->owns(s)) out->insert(s);
  return out;
}

}  // namespace heed::cluster
