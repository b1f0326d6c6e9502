// What the links say to other nodes and hear from them.
#include <spdlog/spdlog.h>

#include <caf/send.hpp>

#include "persistence/codec/codec.hpp"
#include "runtime/cluster/links_actor.hpp"

namespace heed::cluster {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t window = 2'048;        ///< things said and not acknowledged
constexpr std::size_t batch_things = 256;
constexpr std::size_t batch_bytes = 256 * 1024;
constexpr std::uint64_t owed_at_once = 512;  ///< fewer are acknowledged at the next look, for the window is wider
constexpr auto soon = 50ms;

/// Told by the lead what became of a stimulus whose caller waits at another node.
class remote_waiter final : public waiter {
 public:
  remote_waiter(caf::actor_addr links, std::uint64_t to, std::uint64_t ticket, bool facts)
      : links_(std::move(links)), to_(to), ticket_(ticket), facts_(facts) {}
  void decided(std::size_t, std::uint64_t seq, const std::vector<fact>& facts, std::vector<std::string> calls) override {
    tell({to_, ticket_, true, seq, facts_ ? facts : std::vector<fact>{}, std::move(calls), false});
  }
  void given_up(std::size_t) override { tell({to_, ticket_, false, 0, {}, {}, false}); }
  void repeated(std::size_t) override { tell({to_, ticket_, false, 0, {}, {}, true}); }
  [[nodiscard]] bool reads_facts() const override { return facts_; }

 private:
  void tell(remote_result r) const {
    if (const auto to = caf::actor_cast<caf::actor>(links_)) caf::anon_send(to, std::move(r));
  }
  caf::actor_addr links_;
  std::uint64_t to_, ticket_;
  bool facts_;
};

}  // namespace

/// Behind what stands in the mailbox: whatever came meanwhile goes as one message, for each costs a call of the kernel and a record of
/// TLS, however little is in it.
void links_actor::speak() {
  if (!std::exchange(speaking_, true)) send(self(), speak_now{});
}

void links_actor::say_all() {
  speaking_ = false;
  for (auto& [epoch, p] : peers_) {
    pump(p);
    if (p.received >= p.acknowledged + owed_at_once) acknowledge(p);
  }
}

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
                                                     codec::encode(parcel->what), parcel->inbox, q.ticket, parcel->direct,
                                                     parcel->waits && parcel->waits->reads_facts()}});
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
    p->next_try = all_->time->steady() + soon;
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
  p.received = p.acknowledged = 0;
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
  speak();
}

/// Only with room for more: who is not told so waits, and refuses at its own door in time.
void links_actor::acknowledge(peer& p) {
  if (p.received == p.acknowledged || !p.greeted || !has_room()) return;
  p.acknowledged = p.received;
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
    parcel->waits = std::make_shared<remote_waiter>(address(), p.card.epoch, s.ticket, s.facts);
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
  if (r.decided) {
    auto facts = r.entry.empty() ? std::vector<fact>{} : wire::decode_facts(r.entry);
    return p.waits->decided(p.index, r.seq, facts, std::move(r.calls));
  }
  if (r.known) return p.waits->repeated(p.index);
  if (!p.direct) p.waits->given_up(p.index);
}

}  // namespace heed::cluster
