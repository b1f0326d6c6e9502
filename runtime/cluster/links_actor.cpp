#include "runtime/cluster/links_actor.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <caf/send.hpp>

#include "persistence/codec/codec.hpp"
#include "runtime/cluster/connector.hpp"

namespace heed::cluster {
namespace {

using namespace std::chrono_literals;

constexpr auto look_after_every = 50ms;
constexpr std::size_t window = 2'048;        ///< things said and not acknowledged
constexpr std::size_t batch_things = 256;
constexpr std::size_t batch_bytes = 256 * 1024;
constexpr std::size_t queue_most = 20'000;   ///< beyond it what nobody waits for is left to the store
constexpr auto homeless_most = 5s;           ///< the same, of what has no owner
constexpr auto ticket_most = 60s;            ///< longer than any caller waits
constexpr auto direct_most = 1s;             ///< then the door keeps it in the inbox; its key says whether it was decided meanwhile
constexpr auto config_most = 400ms;
constexpr std::chrono::milliseconds shortest_pause = 50ms;
constexpr std::chrono::milliseconds longest_pause = 1s;

/// Told by the lead what became of a stimulus whose caller waits at another node.
class remote_waiter final : public waiter {
 public:
  remote_waiter(caf::actor_addr links, std::uint64_t to, std::uint64_t ticket)
      : links_(std::move(links)), to_(to), ticket_(ticket) {}
  void decided(std::size_t, std::uint64_t seq, const std::vector<fact>& facts, std::vector<std::string> calls) override {
    tell({to_, ticket_, true, seq, facts, std::move(calls), false});
  }
  void given_up(std::size_t) override { tell({to_, ticket_, false, 0, {}, {}, false}); }
  void repeated(std::size_t) override { tell({to_, ticket_, false, 0, {}, {}, true}); }

 private:
  void tell(remote_result r) const {
    if (const auto to = caf::actor_cast<caf::actor>(links_)) caf::anon_send(to, std::move(r));
  }
  caf::actor_addr links_;
  std::uint64_t to_, ticket_;
};

/// In no inbox: when it is let go undecided the door keeps it.
bool is_direct(const std::variant<parcel_ptr, dispatch_ptr, deliver_pending, wire::item>& t) {
  const auto* p = std::get_if<parcel_ptr>(&t);
  return p && (*p)->direct;
}

bool is_awaited(const std::variant<parcel_ptr, dispatch_ptr, deliver_pending, wire::item>& t) {
  const auto* p = std::get_if<parcel_ptr>(&t);
  return p && (*p)->waits;
}

}  // namespace

links_actor::links_actor(caf::actor_config& cfg, caf::actor boss, const services* all, node_card me,
                         cluster_board* shown,
                         std::function<void(const workspace_id&, std::function<void()>)> take_up)
    : component_actor(cfg, "links", std::move(boss), all->board),
      all_(all),
      me_(std::move(me)),
      shown_(shown),
      take_up_(std::move(take_up)) {
  set_down_handler([this](const caf::down_msg& d) {
    if (auto* p = find(d.source)) lost(*p);
  });
}

caf::behavior links_actor::running() {
  if (!std::exchange(ticking_, true)) delayed_send(this, look_after_every, tick{});
  return {
      [this](parcel_ptr& p) { route(std::move(p)); },
      [this](dispatch_ptr& d) { route(std::move(d)); },
      [this](deliver_pending& d) { route(std::move(d)); },
      [this](const members_changed& m) {
        cluster_ = caf::actor_cast<caf::actor>(current_sender());
        members(*m.now);
      },
      [this](connect_ended& c) { connected(c); },
      [this](remote_result& r) {
        const auto to = peers_.find(r.to);
        if (to == peers_.end()) return;
        enqueue(to->second, wire::item{wire::result_item{r.ticket, r.seq, r.decided, wire::encode_facts(std::move(r.facts)),
                                                         std::move(r.calls), r.known}});
      },
      // Undecided here: it came from a node that keeps it then.
      [](direct_returned& r) {
        if (r.waits) r.waits->given_up(r.index);
      },
      [this](config_taken_up c) {
        const auto to = peers_.find(c.to);
        if (to != peers_.end()) enqueue(to->second, wire::item{wire::config_done_item{c.ticket}});
      },
      [this](tell_config& t) { tell_all_config(t); },
      [this](tell_look) {
        for (auto& [epoch, p] : peers_)
          if (p.greeted) enqueue(p, wire::item{wire::look_item{}});
      },
      [this](const std::string& text) { hear(text, caf::actor_cast<caf::actor>(current_sender())); },
      [this](tick) {
        delayed_send(this, look_after_every, tick{});
        look_after();
      },
  };
}

void links_actor::restarted() {
  // Numbers may be out of step: links begin anew.
  for (auto& [epoch, p] : peers_)
    if (p.greeted) greet(p);
  try_again();
}

void links_actor::ended() {
  peers_.clear();
  homeless_.clear();
  tickets_.clear();
  for (auto& [ticket, r] : rounds_)
    if (r.done) r.done();
  rounds_.clear();
  cluster_ = nullptr;
  take_up_ = {};
}

// ---- routing ----

std::uint64_t links_actor::owner_of(const thing& t) const {
  if (const auto* p = std::get_if<parcel_ptr>(&t)) return all_->shards->owner(shard_of((*p)->lead));
  if (const auto* d = std::get_if<dispatch_ptr>(&t))
    return all_->shards->owner(dispatch_shard_of((*d)->workspace, (*d)->account));
  if (const auto* f = std::get_if<deliver_pending>(&t)) return all_->shards->owner(shard_of(f->lead));
  return 0;
}

void links_actor::route(thing t) {
  const auto owner = owner_of(t);
  if (owner == me_.epoch) return keep_here(std::move(t));
  const auto to = peers_.find(owner);
  if (is_direct(t) && (to == peers_.end() || !to->second.greeted || to->second.speaks < wire::takes_direct)) return;
  if (to != peers_.end()) return enqueue(to->second, std::move(t));
  homeless_.push_back({std::move(t), 0, all_->time->steady()});
}

/// Ours by the leases; while it is being given away or is just coming, it waits for its next owner.
void links_actor::keep_here(thing t) {
  if (auto* p = std::get_if<parcel_ptr>(&t)) {
    if (all_->is_ours((*p)->lead)) {
      (*p)->again = !(*p)->direct;
      const auto& region = all_->region_of((*p)->lead);
      return send(region, std::move(*p));
    }
  } else if (auto* d = std::get_if<dispatch_ptr>(&t)) {
    if (all_->dispatches((*d)->workspace, (*d)->account)) return send(all_->providers, std::move(*d));
  } else if (auto* f = std::get_if<deliver_pending>(&t)) {
    if (all_->is_ours(f->lead)) return send(all_->region_of(f->lead), std::move(*f));
  }
  if (!is_direct(t)) homeless_.push_back({std::move(t), 0, all_->time->steady()});
}

void links_actor::enqueue(peer& p, thing t) {
  if (p.queue.size() >= queue_most && !is_awaited(t) && !std::holds_alternative<wire::item>(t)) return;
  p.queue.push_back({std::move(t), 0, all_->time->steady()});
  pump(p);
}

void links_actor::try_again() {
  const auto now = all_->time->steady();
  for (auto& q : std::exchange(homeless_, {})) {
    const bool old = now - q.since > homeless_most;
    if (old && !is_awaited(q.what)) continue;
    if (now - q.since > ticket_most) continue;
    const auto since = q.since;
    const auto before = homeless_.size();
    route(std::move(q.what));
    if (homeless_.size() > before) homeless_.back().since = since;
  }
}

// ---- membership and connections ----

void links_actor::members(const cluster_reading& r) {
  members_.clear();
  for (const auto& n : r.nodes)
    members_.emplace(n.who.epoch, n.who.id);
  for (const auto& n : r.nodes) {
    if (n.who.epoch == me_.epoch) continue;
    auto& p = peers_[n.who.epoch];
    p.card = n.who;
  }
  std::vector<std::uint64_t> gone;
  for (const auto& [epoch, p] : peers_)
    if (!members_.contains(epoch)) gone.push_back(epoch);
  for (const auto epoch : gone)
    forget(epoch);
  try_again();
  look_after();
}

/// Of two nodes the younger connects, so that there is one link between them.
void links_actor::connect(peer& p) {
  p.connecting = true;
  spawn<connector, caf::detached>(self(), p.card.epoch, p.card.address, p.card.port);
}

void links_actor::connected(connect_ended& c) {
  const auto at = peers_.find(c.epoch);
  if (at == peers_.end()) return;
  auto& p = at->second;
  p.connecting = false;
  if (!c.remote) {
    p.pause = std::clamp(p.pause * 2, shortest_pause, longest_pause);
    p.next_try = all_->time->steady() + p.pause;
    spdlog::debug("cluster.not_linked to={} why=\"{}\"", p.card.name, c.why);
    return;
  }
  p.remote = std::move(c.remote);
  monitor(p.remote);
  greet(p);
}

void links_actor::greet(peer& p) {
  p.greeted = false;
  p.sent = 0;
  p.first = 1;
  p.received = 0;
  p.next_try = all_->time->steady() + longest_pause;
  send(p.remote, wire::encode(wire::hello{me_.epoch, me_.id, wire::version, false}));
}

void links_actor::greeted(peer& p) {
  p.greeted = true;
  p.pause = 0ms;
  spdlog::info("cluster.linked to={} epoch={}", p.card.name, p.card.epoch);
  pump(p);
  show();
}

/// What was said to it is said again when it is back, or goes to who has its shards then.
void links_actor::lost(peer& p) {
  if (p.greeted) spdlog::warn("cluster.link_lost to={} queued={}", p.card.name, p.queue.size());
  p.remote = nullptr;
  p.greeted = false;
  p.sent = 0;
  p.next_try = all_->time->steady() + shortest_pause;
  // What only its decision would keep goes back to the door at once: whoever has the shards next finds it in the inbox.
  std::erase_if(p.queue, [](const queued& q) { return is_direct(q.what); });
  std::erase_if(tickets_, [&](const auto& t) { return t.second.at == p.card.epoch && t.second.what->direct; });
  if (cluster_) send(cluster_, peer_lost{p.card.epoch});
  show();
}

void links_actor::forget(std::uint64_t epoch) {
  auto at = peers_.extract(epoch);
  auto& p = at.mapped();
  if (p.remote) demonitor(p.remote);
  for (auto& q : p.queue) {
    if (std::holds_alternative<wire::item>(q.what)) continue;
    if (q.ticket != 0) tickets_.erase(q.ticket);
    if (!is_direct(q.what)) route(std::move(q.what));
  }
  // It had these in hand; whoever decides them now tells.
  std::vector<parcel_ptr> again;
  for (auto t = tickets_.begin(); t != tickets_.end();) {
    if (t->second.at != epoch) {
      ++t;
      continue;
    }
    again.push_back(std::move(t->second.what));
    t = tickets_.erase(t);
  }
  for (auto& p_again : again)
    if (!p_again->direct) route(std::move(p_again));
  for (auto& [ticket, r] : rounds_)
    if (r.open > 0) --r.open;
  show();
}

links_actor::peer* links_actor::find(const caf::actor_addr& whose) {
  for (auto& [epoch, p] : peers_)
    if (p.remote && p.remote.address() == whose) return &p;
  return nullptr;
}

// ---- the wire ----

std::string links_actor::encoded(peer& p, queued& q) {
  if (auto* i = std::get_if<wire::item>(&q.what)) return wire::encode(*i);
  if (auto* d = std::get_if<dispatch_ptr>(&q.what)) {
    const auto& e = **d;
    return wire::encode(wire::item{wire::dispatch_item{e.workspace.value, e.lead.value, e.id.value, e.campaign.value,
                                                       e.account.value, e.kind, e.request, e.may_repeat, e.allowed_at}});
  }
  if (auto* f = std::get_if<deliver_pending>(&q.what))
    return wire::encode(wire::item{wire::fetch_item{f->workspace.value, f->lead.value}});
  const auto& parcel = std::get<parcel_ptr>(q.what);
  if (parcel->waits && q.ticket == 0) {
    q.ticket = ++last_ticket_;
    tickets_[q.ticket] = {parcel, p.card.epoch, all_->time->steady()};
  }
  return wire::encode(wire::item{wire::stimulus_item{parcel->workspace.value, parcel->lead.value,
                                                     codec::encode(parcel->what), parcel->inbox, q.ticket, parcel->direct}});
}

void links_actor::pump(peer& p) {
  while (p.greeted && p.sent < p.queue.size() && p.sent < window) {
    wire::batch b;
    b.first = p.first + p.sent;
    std::size_t bytes = 0;
    while (p.sent < p.queue.size() && p.sent < window && b.items.size() < batch_things && bytes < batch_bytes) {
      b.items.push_back(encoded(p, p.queue[p.sent++]));
      bytes += b.items.back().size();
    }
    send(p.remote, wire::encode(wire::message{std::move(b)}));
  }
}

void links_actor::hear(const std::string& text, const caf::actor& from) {
  if (!from) return;
  const auto m = wire::decode(text);
  if (!m) return send(from, wire::encode(wire::message{wire::unknown{"no message"}}));
  if (const auto* h = std::get_if<wire::hello>(&*m)) return hear(*h, from);
  auto* p = find(from.address());
  if (!p) return send(from, wire::encode(wire::message{wire::who{}}));
  if (std::holds_alternative<wire::who>(*m)) {
    // It has not read of us yet, or has begun anew: `look_after` greets again.
    p->greeted = false;
    p->next_try = all_->time->steady() + shortest_pause;
    return;
  }
  if (const auto* u = std::get_if<wire::unknown>(&*m)) {
    // Ours come to us as answers; others' are answered once each.
    if (u->what.empty() || !complained_.insert(u->what).second) return;
    spdlog::warn("cluster.not_understood kind={} from={}", u->what, p->card.name);
    return send(from, wire::encode(wire::message{wire::unknown{u->what}}));
  }
  if (!p->greeted) return send(from, wire::encode(wire::message{wire::who{}}));
  if (const auto* b = std::get_if<wire::batch>(&*m)) return hear(*b, *p);
  if (const auto* a = std::get_if<wire::ack>(&*m)) hear(*a, *p);
}

/// Who it is, the certificate does not say; the node rows do.
void links_actor::hear(const wire::hello& h, const caf::actor& from) {
  const auto known = members_.find(h.epoch);
  if (known == members_.end() || known->second != h.id) {
    if (cluster_) send(cluster_, look_now{});
    return send(from, wire::encode(wire::message{wire::who{}}));
  }
  const auto at = peers_.find(h.epoch);
  if (at == peers_.end()) return;
  auto& p = at->second;
  p.speaks = h.speaks;
  if (h.answer) {
    if (p.remote && p.remote == from) greeted(p);
    return;
  }
  if (p.remote != from) {
    if (p.remote) demonitor(p.remote);
    p.remote = from;
    monitor(p.remote);
  }
  p.sent = 0;
  p.first = 1;
  p.received = 0;
  send(p.remote, wire::encode(wire::message{wire::hello{me_.epoch, me_.id, wire::version, true}}));
  greeted(p);
}

void links_actor::hear(const wire::batch& b, peer& p) {
  for (const auto& text : b.items) {
    auto i = wire::decode_item(text);
    if (i) {
      take(std::move(*i), p);
    } else if (complained_.insert("item").second) {
      spdlog::warn("cluster.not_understood kind=item from={}", p.card.name);
      send(p.remote, wire::encode(wire::message{wire::unknown{"item"}}));
    }
  }
  p.received = b.first + b.items.size() - 1;
  p.owes_ack = true;
  acknowledge(p);
}

/// Only with room for more: who is not told so waits, and refuses at its own door in time.
void links_actor::acknowledge(peer& p) {
  if (!p.owes_ack || !p.greeted || !has_room()) return;
  p.owes_ack = false;
  send(p.remote, wire::encode(wire::message{wire::ack{p.received}}));
}

bool links_actor::has_room() const {
  return !all_->door || all_->door->undecided.load(std::memory_order_relaxed) < all_->door->limit;
}

void links_actor::hear(const wire::ack& a, peer& p) {
  while (p.sent > 0 && p.first <= a.upto) {
    p.queue.pop_front();
    ++p.first;
    --p.sent;
  }
  pump(p);
}

void links_actor::take(wire::item i, peer& p) {
  if (auto* s = std::get_if<wire::stimulus_item>(&i)) return take(*s, p);
  if (auto* d = std::get_if<wire::dispatch_item>(&i)) return take(*d);
  if (auto* r = std::get_if<wire::result_item>(&i)) return take(*r);
  if (const auto* f = std::get_if<wire::fetch_item>(&i))
    return route(deliver_pending{workspace_id{f->workspace}, lead_id{f->lead}});
  if (const auto* c = std::get_if<wire::config_item>(&i)) {
    const auto ticket = c->ticket;
    if (!take_up_) return;
    return take_up_(workspace_id{c->workspace}, [me = self(), ticket, to = p.card.epoch] {
      caf::anon_send(me, config_taken_up{to, ticket});
    });
  }
  if (const auto* c = std::get_if<wire::config_done_item>(&i)) return config_done(c->ticket);
  if (std::holds_alternative<wire::look_item>(i) && cluster_) send(cluster_, look_now{});
}

void links_actor::take(wire::stimulus_item& s, peer& p) {
  auto what = codec::decode_stimulus(s.body);
  if (!what) return route(deliver_pending{workspace_id{s.workspace}, lead_id{s.lead}});
  auto parcel = std::make_shared<heed::parcel>();
  parcel->workspace = workspace_id{s.workspace};
  parcel->lead = lead_id{s.lead};
  parcel->inbox = s.inbox;
  parcel->what = std::move(*what);
  parcel->direct = s.direct;
  if (s.direct) parcel->home = self();
  parcel->again = !s.direct;
  parcel->taken = all_->time->steady();
  if (s.ticket != 0)
    parcel->waits = std::make_shared<remote_waiter>(address(), p.card.epoch, s.ticket);
  if (all_->door) parcel->count(*all_->door);
  route(std::move(parcel));
}

void links_actor::take(wire::dispatch_item& d) {
  auto out = std::make_shared<dispatch>();
  out->workspace = workspace_id{d.workspace};
  out->lead = lead_id{d.lead};
  out->id = effect_id{d.effect};
  out->campaign = campaign_id{d.campaign};
  out->account = account_id{d.account};
  out->kind = std::move(d.kind);
  out->request = std::move(d.request);
  out->may_repeat = d.may_repeat;
  out->allowed_at = d.allowed_at;
  route(std::move(out));
}

void links_actor::take(wire::result_item& r) {
  auto found = tickets_.extract(r.ticket);
  if (!found) return;
  auto& p = *found.mapped().what;
  if (r.decided || r.known) p.settle();
  if (!p.waits) return;
  if (r.decided) return p.waits->decided(p.index, r.seq, wire::decode_facts(r.entry), std::move(r.calls));
  if (r.known) return p.waits->repeated(p.index);
  if (!p.direct) p.waits->given_up(p.index);
}

// ---- configuration ----

void links_actor::tell_all_config(tell_config& t) {
  const auto ticket = ++last_ticket_;
  config_round r;
  r.done = std::move(t.done);
  r.until = all_->time->steady() + config_most;
  for (auto& [epoch, p] : peers_) {
    if (!p.greeted) continue;
    ++r.open;
    enqueue(p, wire::item{wire::config_item{t.workspace.value, ticket}});
  }
  if (r.open == 0) {
    if (r.done) r.done();
    return;
  }
  rounds_.emplace(ticket, std::move(r));
}

void links_actor::config_done(std::uint64_t ticket) {
  const auto found = rounds_.find(ticket);
  if (found == rounds_.end()) return;
  if (found->second.open > 0) --found->second.open;
  if (found->second.open > 0) return;
  if (found->second.done) found->second.done();
  rounds_.erase(found);
}

// ---- now and then ----

void links_actor::look_after() {
  const auto now = all_->time->steady();
  for (auto& [epoch, p] : peers_) {
    const bool ours_to_connect = me_.epoch > epoch;
    if (!p.greeted && ours_to_connect && !p.connecting && now >= p.next_try) p.remote ? greet(p) : connect(p);
    acknowledge(p);
  }
  if (!homeless_.empty()) try_again();
  for (auto r = rounds_.begin(); r != rounds_.end();) {
    if (r->second.open > 0 && now < r->second.until) {
      ++r;
      continue;
    }
    if (r->second.done) r->second.done();
    r = rounds_.erase(r);
  }
  std::erase_if(tickets_, [&](const auto& t) { return now - t.second.since > (t.second.what->direct ? direct_most : ticket_most); });
  show();
}

void links_actor::show() {
  std::map<std::uint64_t, link_state> out;
  for (const auto& [epoch, p] : peers_)
    out[epoch] = {p.greeted, p.queue.size()};
  shown_->links(std::move(out));
}

}  // namespace heed::cluster
