#include "runtime/region.hpp"

#include <algorithm>
#include <caf/send.hpp>

#include "actors/lead/check.hpp"
#include "persistence/codec/codec.hpp"

namespace heed {

region_actor::region_actor(caf::actor_config& cfg, std::string path, caf::actor boss, const services* all,
                           region_options options, std::atomic<std::int64_t>& resident)
    : component_actor(cfg, std::move(path), std::move(boss), all->board),
      all_(all),
      options_(options),
      resident_(resident) {
  environment_.all = all;
  environment_.path = this->path();
  set_down_handler([this](caf::down_msg& d) { on_down(d); });
}

caf::behavior region_actor::running() {
  environment_.region = address();
  if (!sweeping_) {
    sweeping_ = true;
    delayed_send(this, options_.sweep_every, tick{});
  }
  return {
      [this](parcel_ptr& p) {
        in_hand_ = p->lead.value;
        route(std::move(p));
        in_hand_.clear();
      },
      [this](leads_loaded& l) { on_loaded(l); },
      [this](const passivate_ask& a) { on_ask(a); },
      [this](const still_busy& b) { on_still_busy(b); },
      [this](const deliver_pending& d) { fetch_pending(d.lead); },
      [this](pending_loaded& p) { on_pending(p); },
      [this](const shards_changed& c) { leave(c); },
      [this](tick) { sweep(); },
  };
}

void region_actor::restarted() {
  // The leads live on; only loads whose answer may have been the message that threw are asked for again.
  loads_ = 0;
  wanted_.clear();
  for (auto& [id, e] : leads_) {
    if (e.at == phase::loading) wanted_.push_back(lead_id{id});
    // It was waking when its region threw.
    if (e.at == phase::active) release(e);
  }
  load_next();
  if (!in_hand_.empty()) fetching_.insert(std::exchange(in_hand_, {}));
  for (const auto& lead : std::exchange(fetching_, {}))
    fetch_pending(lead_id{lead});
}

void region_actor::on_earlier_restart(const earlier_restarted& what) {
  for (auto& [id, e] : leads_)
    if (e.at == phase::active) send(e.lead, what);
  restarted();
}

void region_actor::restart_wanted(const restart_asked& a) {
  if (a.lead.empty()) return restarted();
  const auto found = leads_.find(a.lead);
  // One that is not in memory is read anew when something comes for it. One that decides goes on first: what its commit
  // set going must not be lost with it.
  if (found != leads_.end() && found->second.at == phase::active) send(found->second.lead, passivate_hint{});
}

void region_actor::ended() {
  for (auto& [id, e] : leads_)
    if (e.lead) send_exit(e.lead, caf::exit_reason::user_shutdown);
  resident_ -= static_cast<std::int64_t>(by_actor_.size());
  by_actor_.clear();
  leads_.clear();
  quiet_ = nullptr;
}

void region_actor::route(parcel_ptr p) {
  if (!all_->is_ours(p->lead)) return pass_on(std::move(p));
  const auto found = leads_.find(p->lead.value);
  if (found == leads_.end()) {
    auto& e = add(p->lead);
    if (p->fresh_secret.empty()) {
      e.held.push_back(std::move(p));
      return ask_load(e);
    }
    lead_row row{p->workspace, p->lead, 0, {}, std::move(p->fresh_secret), {}};
    e.held.push_back(std::move(p));
    return wake(e, std::move(row));
  }
  auto& e = found->second;
  if (e.at != phase::active) return hold(e, std::move(p));
  touch(e);
  send(e.lead, std::move(p));
}

void region_actor::hold(entry& e, parcel_ptr p) {
  const auto same = [&](const parcel_ptr& x) { return x->inbox == p->inbox; };
  if (p->again)
    if (const auto at = std::ranges::find_if(e.held, same); at != e.held.end()) {
      // Of two copies the one that knows who waits.
      if (p->waits && !(*at)->waits) *at = std::move(p);
      return;
    }
  e.held.push_back(std::move(p));
}

region_actor::entry& region_actor::add(const lead_id& lead) {
  const auto [at, fresh] = leads_.try_emplace(lead.value);
  CHECK(fresh);
  at->second.id = &at->first;
  return at->second;
}

void region_actor::wake(entry& e, lead_row row) {
  CHECK(!e.lead);
  e.lead = spawn<lead_actor, caf::lazy_init>(&environment_, std::move(row));
  e.at = phase::active;
  monitor(e.lead);
  by_actor_.emplace(e.lead.id(), &e);
  ++resident_;
  touch(e);
  release(e);
  if (by_actor_.size() > options_.resident_limit && oldest_ && oldest_ != &e) hint(*oldest_);
}

void region_actor::release(entry& e) {
  for (auto& p : e.held)
    send(e.lead, std::move(p));
  std::vector<parcel_ptr>{}.swap(e.held);
}

void region_actor::ask_load(entry& e) {
  e.at = phase::loading;
  wanted_.emplace_back(*e.id);
  load_next();
}

void region_actor::load_next() {
  while (loads_ < options_.loads_at_once && !wanted_.empty()) {
    const auto count = std::min(wanted_.size(), options_.load_batch);
    std::vector<lead_id> ids(std::make_move_iterator(wanted_.begin()),
                             std::make_move_iterator(wanted_.begin() + static_cast<std::ptrdiff_t>(count)));
    wanted_.erase(wanted_.begin(), wanted_.begin() + static_cast<std::ptrdiff_t>(count));
    ++loads_;
    reader_job job{[ids = std::move(ids), me = self()](store_reader& r) mutable {
      auto rows = r.leads(ids);
      caf::anon_send(me, leads_loaded{std::move(ids), std::move(rows)});
    }};
    send(all_->readers.front(), std::move(job));
  }
}

/// To the node whose lead it is. A timer is found by that node itself, and what came on the fast path goes back to the
/// door by its own end.
void region_actor::pass_on(parcel_ptr p) {
  if (p->inbox == 0 || !all_->elsewhere) return;
  send(all_->elsewhere, std::move(p));
}

void region_actor::pass_on_held(entry& e) {
  for (auto& p : std::exchange(e.held, {}))
    pass_on(std::move(p));
}

void region_actor::leave(const shards_changed& c) {
  if (!c.lost || c.lost->empty()) return;
  quiet_ = c.quiet;
  quiet_round_ = c.round;
  std::vector<entry*> loading;
  for (auto& [id, e] : leads_) {
    if (!c.lost->contains(shard_of(lead_id{id}))) continue;
    if (e.at == phase::loading) {
      loading.push_back(&e);
      continue;
    }
    e.at = phase::stopping;
    leaving_.insert(id);
    send(e.lead, leave_now{});
  }
  for (auto* e : loading) {
    pass_on_held(*e);
    forget(*e);
  }
  tell_if_quiet();
}

void region_actor::tell_if_quiet() {
  if (!leaving_.empty() || !quiet_) return;
  send(quiet_, shards_quiet{quiet_round_});
  quiet_ = nullptr;
}

void region_actor::on_loaded(leads_loaded& l) {
  if (loads_ > 0) --loads_;
  if (!l.rows) throw std::runtime_error("loading leads failed: " + l.rows.error().detail);
  for (auto& row : *l.rows) {
    const auto found = leads_.find(row.lead.value);
    if (found != leads_.end() && found->second.at == phase::loading) wake(found->second, std::move(row));
  }
  for (const auto& id : l.asked) {
    const auto found = leads_.find(id.value);
    if (found == leads_.end() || found->second.at != phase::loading) continue;
    if (all_->board) all_->board->crashed(path() + "/lead/" + id.value, "no such lead in the store");
    for (auto& p : found->second.held)
      if (p->waits && !p->direct) p->waits->given_up(p->index);
    forget(found->second);
  }
  load_next();
}

void region_actor::on_ask(const passivate_ask& a) {
  const auto found = leads_.find(a.lead.value);
  if (found == leads_.end() || found->second.at != phase::active) return;
  found->second.at = phase::stopping;
  send(found->second.lead, passivate_now{});
}

void region_actor::on_still_busy(const still_busy& b) {
  const auto found = leads_.find(b.lead.value);
  if (found == leads_.end() || found->second.at != phase::stopping) return;
  found->second.at = phase::active;
  release(found->second);
}

void region_actor::on_down(const caf::down_msg& d) {
  const auto found = by_actor_.find(d.source.id());
  if (found == by_actor_.end()) return;
  auto& e = *found->second;
  by_actor_.erase(found);
  --resident_;
  unlink(e);
  e.lead = nullptr;
  if (leaving_.erase(*e.id) > 0) tell_if_quiet();
  if (!all_->is_ours(lead_id{*e.id})) {
    pass_on_held(e);
    return forget(e);
  }
  const bool planned = e.at == phase::stopping;
  if (planned && e.held.empty()) return forget(e);
  if (!planned) {
    // What was in its mailbox is gone with it, but still pending in the inbox.
    if (all_->board) all_->board->crashed(path() + "/lead/" + *e.id, "ended: " + to_string(d.reason));
    fetch_pending(lead_id{*e.id});
  }
  ask_load(e);
}

void region_actor::fetch_pending(const lead_id& lead) {
  if (!all_->is_ours(lead)) {
    if (all_->elsewhere) send(all_->elsewhere, deliver_pending{{}, lead});
    return;
  }
  fetching_.insert(lead.value);
  reader_job job{[lead, me = self()](store_reader& r) {
    caf::anon_send(me, pending_loaded{lead, r.pending_of(lead)});
  }};
  send(all_->readers.front(), std::move(job));
}

void region_actor::on_pending(pending_loaded& p) {
  if (!p.rows) throw std::runtime_error("reading the inbox failed: " + p.rows.error().detail);
  fetching_.erase(p.lead.value);
  for (auto& row : *p.rows) {
    auto what = codec::decode_stimulus(row.body);
    CHECK(what.has_value());
    auto parcel = std::make_shared<heed::parcel>();
    parcel->workspace = row.workspace;
    parcel->lead = row.lead;
    parcel->inbox = row.inbox;
    parcel->what = std::move(*what);
    parcel->again = true;
    route(std::move(parcel));
  }
}

void region_actor::sweep() {
  delayed_send(this, options_.sweep_every, tick{});
  const auto now = all_->time->steady();
  std::size_t over =
      by_actor_.size() > options_.resident_limit ? by_actor_.size() - options_.resident_limit : 0;
  for (std::size_t n = 0; n < options_.sweep_most && oldest_; ++n) {
    const bool idle = now - oldest_->used >= options_.idle_after;
    if (!idle && over == 0) break;
    if (over > 0) --over;
    hint(*oldest_);
  }
}

void region_actor::hint(entry& e) {
  // To the young end: a lead that is busy now is asked again when it has grown old again.
  touch(e);
  if (e.at == phase::active) send(e.lead, passivate_hint{});
}

void region_actor::touch(entry& e) {
  e.used = all_->time->steady();
  if (newest_ == &e) return;
  unlink(e);
  e.older = newest_;
  if (newest_) newest_->newer = &e;
  newest_ = &e;
  if (!oldest_) oldest_ = &e;
}

void region_actor::unlink(entry& e) {
  if (e.newer) e.newer->older = e.older;
  if (e.older) e.older->newer = e.newer;
  if (newest_ == &e) newest_ = e.older;
  if (oldest_ == &e) oldest_ = e.newer;
  e.newer = e.older = nullptr;
}

void region_actor::forget(entry& e) {
  unlink(e);
  leads_.erase(leads_.find(*e.id));
}

}  // namespace heed
