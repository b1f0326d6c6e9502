#include "runtime/recovery.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <caf/send.hpp>

#include "actors/lead/check.hpp"
#include "actors/provider/settling.hpp"
#include "persistence/codec/codec.hpp"
#include "persistence/dead_letters.hpp"

namespace heed {
namespace {

constexpr std::size_t scan_page = 4'096;
constexpr std::size_t most_effects = 200'000;

dispatch_ptr to_dispatch(const effect_row& e) {
  auto d = std::make_shared<dispatch>();
  d->workspace = e.workspace;
  d->lead = e.lead;
  d->id = e.id;
  d->campaign = e.campaign;
  d->account = e.account;
  d->kind = e.kind;
  d->request = e.request;
  return d;
}

/// Leads that a newer release decided last: they wait for it, and nothing of theirs is decided here.
std::set<lead_id> leads_of_newer(store_reader& r, const std::vector<pending_row>& rows) {
  std::set<lead_id> asked, out;
  for (const auto& row : rows) asked.insert(row.lead);
  const std::vector<lead_id> ids(asked.begin(), asked.end());
  const auto found = r.leads(ids);
  if (!found) return out;
  for (const auto& l : *found)
    if (l.rules > rules_version) out.insert(l.lead);
  return out;
}

/// True when the inbox already holds word of this effect's unknown outcome: taking the store wrote it.
bool is_told(store_reader& r, const effect_row& e) {
  const auto rows = r.pending_of(e.lead);
  if (!rows) return false;
  return std::ranges::any_of(*rows, [&](const pending_row& row) {
    const auto what = codec::decode_stimulus(row.body);
    const auto* o = what ? std::get_if<effect_outcome>(&what->body) : nullptr;
    return o && o->effect == e.id;
  });
}

}  // namespace

recovery_actor::recovery_actor(caf::actor_config& cfg, caf::actor boss, const services* all,
                               recovery_options options, std::function<void(std::size_t)> begun)
    : component_actor(cfg, options.path, std::move(boss), all->board),
      all_(all),
      options_(std::move(options)),
      begun_(std::move(begun)) {}

caf::behavior recovery_actor::running() {
  if (!std::exchange(started_, true)) ask();
  return {
      [this](page_read& p) { take_page(p); },
      [this](counted& c) { hand_over(std::move(c.rows)); },
      [this](tick) { ask(); },
  };
}

void recovery_actor::ask() {
  const auto busy = under_way_->undecided.load(std::memory_order_relaxed);
  const bool alone = !suspects_.empty();
  if (!looking_for_end_ && (alone ? busy > 0 : busy >= static_cast<std::int64_t>(options_.at_once)))
    return delayed_send(this, options_.look_every, tick{});
  if (alone) {
    auto row = std::move(suspects_.back());
    suspects_.pop_back();
    if (row.attempts >= options_.attempts_allowed) {
      give_up(row);
      return send(self(), tick{});
    }
    std::vector<pending_row> one;
    one.push_back(std::move(row));
    return count(std::move(one));
  }
  if (!looking_for_end_ && after_ >= last_) return quit();
  const auto size = looking_for_end_ ? scan_page : options_.page;
  reader_job job{[me = self(), from = after_, size](store_reader& r) {
    auto rows = r.pending(from, size);
    if (!rows) return caf::anon_send(me, page_read{{}, true, {}});
    auto newer = leads_of_newer(r, *rows);
    caf::anon_send(me, page_read{std::move(*rows), false, std::move(newer)});
  }};
  send(all_->readers.front(), std::move(job));
}

void recovery_actor::take_page(page_read& p) {
  if (p.failed) return delayed_send(this, options_.look_every * 20, tick{});
  if (looking_for_end_) {
    found_ += static_cast<std::size_t>(
        std::ranges::count_if(p.rows, [&](const pending_row& row) { return is_asked(shard_of(row.lead)); }));
    if (!p.rows.empty()) after_ = last_ = p.rows.back().inbox;
    if (p.rows.size() == scan_page) return ask();
    looking_for_end_ = false;
    after_ = 0;
    spdlog::info("recovery.began pending={}", found_);
    recover_effects();
    begun_(found_);
    return ask();
  }
  std::vector<pending_row> rows;
  for (auto& row : p.rows) {
    after_ = std::max(after_, row.inbox);
    // Rows of this life are delivered by the gateway.
    if (row.inbox > last_ || !is_asked(shard_of(row.lead))) continue;
    // In the middle of an upgrade: whoever knows the lead's rules takes it up from here, and no start counts against it.
    if (p.of_newer.contains(row.lead)) continue;
    auto& to = row.attempts > 0 ? suspects_ : rows;
    to.push_back(std::move(row));
  }
  if (p.rows.empty()) after_ = last_;
  if (rows.empty()) return ask();
  if (!options_.after_a_death) return hand_over(std::move(rows));
  count(std::move(rows));
}

void recovery_actor::count(std::vector<pending_row> rows) {
  std::vector<std::uint64_t> ids;
  for (const auto& row : rows)
    ids.push_back(row.inbox);
  store_job job{[ids = std::move(ids), rows = std::move(rows), me = self()](store& s) mutable {
    (void)s.count_attempt(ids);
    caf::anon_send(me, counted{std::move(rows)});
  }};
  send(all_->store, std::move(job));
}

void recovery_actor::hand_over(std::vector<pending_row> rows) {
  for (auto& row : rows) {
    auto what = codec::decode_stimulus(row.body);
    if (!what) {
      give_up(row);
      continue;
    }
    auto p = parcel_ptr(new parcel, [counts = under_way_](parcel* decided) { delete decided; });
    p->workspace = row.workspace;
    p->lead = row.lead;
    p->inbox = row.inbox;
    p->what = std::move(*what);
    p->again = true;
    p->count(*under_way_);
    const auto& region = all_->region_of(p->lead);
    send(region, std::move(p));
  }
  ask();
}

void recovery_actor::give_up(const pending_row& row) {
  store_job job{[row, all = all_](store& s) {
    auto what = codec::decode_stimulus(row.body);
    const auto why =
        what ? "the process ended while it was being decided" : "unreadable: " + what.error().detail;
    auto marker = bury_stimulus(s, row.workspace, row.lead, row.inbox, what ? *what : stimulus{}, why,
                                all->time->now());
    if (marker && *marker) caf::anon_send(all->region_of(row.lead), deliver_pending{row.workspace, row.lead});
  }};
  send(all_->store, std::move(job));
  if (all_->observer) all_->observer->buried(row.lead, "recovered", "given up at start");
}

void recovery_actor::recover_effects() {
  reader_job job{[all = all_, shards = options_.shards](store_reader& r) {
    const auto asked = [&](const effect_row& e) {
      return !shards || shards->contains(dispatch_shard_of(e.workspace, e.account));
    };
    auto planned = r.open_effects(std::nullopt, effect_state::planned, most_effects);
    if (planned)
      for (const auto& e : *planned)
        if (asked(e)) caf::anon_send(all->providers, to_dispatch(e));
    auto unknown = r.open_effects(std::nullopt, effect_state::unknown, most_effects);
    if (!unknown || unknown->empty()) return;
    auto batch = std::make_shared<submission_batch>();
    for (const auto& e : *unknown) {
      if (!asked(e)) continue;
      if (e.kind == "send") {
        // Its settling died with an earlier process.
        if (!is_told(r, e))
          batch->items.push_back(
              {e.workspace,
               ask_to_settle(e.id, e.attempt, "node_lost", std::to_string(all->epoch), all->time->now()), e.lead});
        continue;
      }
      auto d = to_dispatch(e);
      d->kind = "settle";
      caf::anon_send(all->providers, std::move(d));
    }
    caf::anon_send(all->gateway, std::move(batch));
  }};
  send(all_->readers.front(), std::move(job));
}

}  // namespace heed
