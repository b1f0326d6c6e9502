#include "actors/gateway/gateway_actor.hpp"

#include <algorithm>
#include <caf/send.hpp>

#include "actors/lead/check.hpp"
#include "actors/lead/identity/resolution.hpp"
#include "persistence/codec/codec.hpp"

namespace heed {
namespace {

constexpr auto deadline_step = std::chrono::milliseconds(20);
constexpr std::size_t keys_known = 400'000;
constexpr std::uint32_t most_crashes = 3;  ///< over one submission of the runtime's own

/// The message a stimulus is about, where it is about one of ours.
const message_ref* message_of(const stimulus_body& body) {
  return std::visit(
      [](const auto& b) -> const message_ref* {
        if constexpr (requires { b.message.effect; }) return &b.message;
        return nullptr;
      },
      body);
}

/// The lead whose message this answers, as far as the message's own names tell: our effect, our run, or a Message-ID that is
/// made of an effect. A colleague in copy answers from an address that nobody knows (ZRG-56).
std::optional<lead_id> answered_lead(const stimulus_body& body) {
  const auto* r = std::get_if<reply_received>(&body);
  if (r == nullptr) return std::nullopt;
  if (auto lead = lead_of_effect(r->message.effect)) return lead;
  const std::string_view thread = r->message.in_reply_to;
  if (thread.starts_with('<'))
    if (auto lead = lead_of_effect(thread.substr(1, thread.find('@') - 1))) return lead;
  const auto at = r->message.run.find("__");
  return at == std::string::npos ? std::nullopt : std::optional(lead_id{r->message.run.substr(at + 2)});
}

bool is_guess(const lead_key& k) { return strength_of(k) >= key_strength::probabilistic; }

/// Callbacks about a message that nobody here knows are no reason to invent a person.
bool makes_no_lead(const stimulus_body& body) {
  return std::holds_alternative<message_delivered>(body) || std::holds_alternative<message_opened>(body) ||
         std::holds_alternative<effect_outcome>(body);
}

}  // namespace

inbox_item to_inbox_item(const submitted_item& s, lead_namer& names, time_point now, guesses by) {
  inbox_item item;
  item.workspace = s.workspace;
  item.key = s.what.key;
  item.body = codec::encode(s.what);
  item.lead = s.lead;
  item.keys = s.what.keys;
  std::ranges::stable_sort(item.keys, {}, &lead_key::kind);
  // What must reach everybody it may be about reaches them by any key (RULES, Scope of a stop).
  bool told_by_guesses_alone = false;
  if (by == guesses::ignored && !item.keys.empty() && !concerns_every_match(s.what.body)) {
    std::erase_if(item.keys, is_guess);
    told_by_guesses_alone = item.keys.empty();
  }
  if (!item.lead && item.keys.empty())
    if (const auto* about = message_of(s.what.body)) item.lead = lead_of_effect(about->effect);
  // After every key of the sender's own.
  if (!item.lead && !item.keys.empty())
    if (auto lead = answered_lead(s.what.body)) item.keys.push_back({key_kind::lead, {}, std::move(lead->value)});
  item.received_at = s.what.received_at;
  item.suppresses = suppresses_person(s.what.body);
  item.may_create = !item.lead && !makes_no_lead(s.what.body) && !told_by_guesses_alone;
  item.every_match = !item.lead && concerns_every_match(s.what.body);
  if (item.may_create) {
    item.candidate = names.next(now);
    item.candidate_secret = codec::new_secret();
  }
  return item;
}

bool may_go_direct(const submitted_item& s) {
  if (s.lead || s.what.keys.size() != 1) return false;
  const auto& body = s.what.body;
  if (suppresses_person(body) || std::holds_alternative<effect_outcome>(body)) return false;
  // An email address may be the alternate one of somebody else; any other key has one holder.
  const auto kind = s.what.keys.front().kind;
  if (concerns_every_match(body) && (kind == key_kind::email || kind == key_kind::alternate_email))
    return false;
  const auto* about = message_of(body);
  return about == nullptr || about->effect.empty();
}

gateway_actor::gateway_actor(caf::actor_config& cfg, caf::actor boss, const services* all,
                             door_figures* figures, std::uint64_t seed)
    : component_actor(cfg, "gateway", std::move(boss), all->board),
      all_(all),
      figures_(figures),
      names_(seed),
      known_(keys_known) {}
gateway_actor::~gateway_actor() = default;

caf::behavior gateway_actor::running() {
  return {
      [this](std::shared_ptr<submission_batch>& b) {
        submitting_ = std::move(b);
        submit(*submitting_);
        submitting_.reset();
        replying_.reset();
      },
      [this](accept_done& d) {
        accepting_ = std::move(d);
        accepted(*accepting_);
        accepting_.reset();
      },
      [this](direct_returned& r) {
        returning_ = std::move(r);
        returned(*returning_);
        returning_.reset();
      },
      [this](tick) { expire(); },
  };
}

void gateway_actor::restarted() {
  if (submitting_) submit_again();
  submitting_.reset();
  replying_.reset();
  if (accepting_) hand_over_again();
  accepting_.reset();
  if (returning_ && returning_->waits)
    std::static_pointer_cast<submission_reply>(returning_->waits)
        ->failed({errc::retry, "the gateway crashed"});
  returning_.reset();
  if (std::exchange(ticking_, false)) expire();
}

/// Not all of it reached the store. Callers ask again themselves; what the runtime says has nobody else to
/// say it.
void gateway_actor::submit_again() {
  if (replying_) return replying_->failed({errc::retry, "the gateway crashed"});
  if (submitting_->done) return submitting_->done(fail(errc::retry, "the gateway crashed"));
  if (++submitting_->crashes < most_crashes) return send(this, submitting_);
  if (all_->board)
    all_->board->crashed(
        path(), "a submission of the runtime's own is given up: it crashed the gateway again and again");
}

/// It is durable; its parcels may or may not have been on their way.
void gateway_actor::hand_over_again() {
  const auto found = open_.extract(accepting_->ticket);
  if (!found || !accepting_->answer) return;
  const auto& o = found.mapped();
  for (std::size_t i = 0; i < accepting_->answer->size(); ++i) {
    const auto& a = (*accepting_->answer)[i];
    if (o.reply) o.reply->kept(o.index[i], a);
    if (a.outcome != accept_result::what::accepted && a.notices.empty()) continue;
    const auto fetch = [&](const lead_id& lead) {
      send(all_->region_of(lead), deliver_pending{o.items[i].workspace, lead});
    };
    for (const auto& n : a.notices)
      fetch(n.to.lead);
    for (const auto& l : a.leads)
      fetch(l.lead);
  }
  if (o.reply) o.reply->wait_no_more();
}

void gateway_actor::ended() {
  for (auto& [ticket, o] : open_)
    if (o.reply) o.reply->failed({errc::retry, "shutting down"});
  open_.clear();
}

void gateway_actor::submit(submission_batch& b) {
  // Only callers are refused: what the runtime itself says must not get lost.
  if (b.done && !b.counted && all_->door->full()) {
    if (figures_) figures_->refused_overload();
    return b.done(fail(errc::retry, "too many undecided stimuli"));
  }
  if (b.items.empty()) {
    if (b.done) b.done(std::vector<item_outcome>{});
    return;
  }
  open o;
  // What the runtime itself says is kept as it is: a crash here must find it again.
  if (!b.done) {
    o.items = b.items;
    o.index.assign(o.items.size(), 0);
    return keep(std::move(o));
  }
  const bool waits = b.wait.count() > 0;
  replying_ = std::make_shared<submission_reply>(b.items.size(), waits, b.facts, std::move(b.done), figures_);
  o.reply = replying_;
  o.counted = std::move(b.counted);
  for (std::size_t i = 0; i < b.items.size(); ++i) {
    auto& item = b.items[i];
    const bool told = may_go_direct(item) && (!is_guess(item.what.keys.front()) || guesses_in(item.workspace) == guesses::count);
    const auto* lead = told ? known_.find(item.workspace, item.what.keys.front()) : nullptr;
    if (lead != nullptr && (all_->elsewhere || all_->is_ours(*lead))) {
      settle_by_callback(item);
      send_direct(item, *lead, o.reply, i);
    } else {
      o.items.push_back(std::move(item));
      o.index.push_back(i);
    }
  }
  if (waits) watch(o.reply, all_->time->steady() + b.wait);
  if (!o.items.empty()) keep(std::move(o));
}

void gateway_actor::send_direct(submitted_item& item, const lead_id& lead, const reply_ptr& reply,
                                std::size_t index) {
  auto p = std::make_shared<parcel>();
  p->workspace = std::move(item.workspace);
  p->lead = lead;
  p->what = std::move(item.what);
  p->waits = reply;
  p->index = index;
  p->taken = all_->time->steady();
  p->count(*all_->door);
  p->direct = true;
  p->home = self();
  reply->sent(index, lead);
  if (!all_->is_ours(p->lead)) return send(all_->elsewhere, std::move(p));
  const auto& region = all_->region_of(p->lead);
  send(region, std::move(p));
}

guesses gateway_actor::guesses_in(const workspace_id& ws) const {
  const auto view = all_->policies ? all_->policies->view(ws) : nullptr;
  return view && !view->current->defaults.identity.probabilistic ? guesses::ignored : guesses::count;
}

void gateway_actor::keep(open o) {
  accept_work w{{}, ++ticket_, self()};
  const auto now = all_->time->now();
  w.items.reserve(o.items.size());
  for (const auto& item : o.items) {
    const bool guessed = std::ranges::any_of(item.what.keys, is_guess);
    w.items.push_back(to_inbox_item(item, names_, now, guessed ? guesses_in(item.workspace) : guesses::count));
    o.candidates.emplace_back(w.items.back().candidate, w.items.back().candidate_secret);
  }
  open_.emplace(ticket_, std::move(o));
  // A new lead's key collides wherever it is made twice, so any writer will do.
  send(all_->stores.empty() ? all_->store : all_->stores[ticket_ % all_->stores.size()], std::move(w));
}

/// Its lead is gone, backed up, or failed over it.
void gateway_actor::returned(direct_returned& r) {
  known_.forget(r.workspace, r.what.keys.front());
  open o;
  o.reply = std::static_pointer_cast<submission_reply>(r.waits);
  o.items.push_back({std::move(r.workspace), std::move(r.what), std::nullopt});
  o.index.push_back(r.index);
  keep(std::move(o));
}

void gateway_actor::accepted(accept_done& d) {
  const auto found = open_.find(d.ticket);
  if (found == open_.end()) return;
  if (d.answer)
    hand_over(found->second, *d.answer);
  else if (found->second.reply)
    found->second.reply->failed(d.answer.error());
  open_.erase(found);
}

void gateway_actor::hand_over(open& o, std::vector<accept_result>& answer) {
  for (std::size_t i = 0; i < answer.size(); ++i)
    if (answer[i].outcome == accept_result::what::accepted) settle_by_callback(o.items[i]);
  const auto taken = all_->time->steady();
  for (std::size_t i = 0; i < answer.size(); ++i) {
    auto& a = answer[i];
    auto& item = o.items[i];
    // What the store put before the item is decided before it.
    for (auto& n : a.notices)
      deliver_notice(item.workspace, n);
    if (o.reply)
      o.reply->kept(o.index[i], a);
    else if (figures_)
      figures_->accepted(a.outcome);
    if (a.outcome != accept_result::what::accepted) continue;
    learn(item, a);
    for (std::size_t n = 0; n < a.leads.size(); ++n) {
      auto p = std::make_shared<parcel>();
      p->workspace = item.workspace;
      p->lead = a.leads[n].lead;
      p->inbox = a.leads[n].inbox;
      if (n + 1 < a.leads.size())
        p->what = item.what;
      else
        p->what = std::move(item.what);
      auto& [candidate, secret] = o.candidates[i];
      if (a.leads[n].created && p->lead == candidate && all_->is_ours(candidate)) p->fresh_secret = std::move(secret);
      p->waits = o.reply;
      p->index = o.index[i];
      p->taken = taken;
      p->count(*all_->door);
      const auto& region = all_->region_of(p->lead);
      send(region, std::move(p));
    }
  }
}

/// Whoever was made by it has all of its keys. Of several by which somebody was found the first one counted,
/// and whose the others are the store did not say.
void gateway_actor::learn(const submitted_item& item, const accept_result& a) {
  if (item.lead || a.leads.size() != 1) return;
  const auto& to = a.leads.front();
  if (!to.created && item.what.keys.size() != 1) return;
  for (const auto& key : item.what.keys)
    known_.learn(item.workspace, key, to.lead);
}

void gateway_actor::deliver_notice(const workspace_id& ws, const accept_result::notice& n) {
  auto what = codec::decode_stimulus(n.body);
  CHECK(what.has_value());
  auto p = std::make_shared<parcel>();
  p->workspace = ws;
  p->lead = n.to.lead;
  p->inbox = n.to.inbox;
  p->what = std::move(*what);
  p->count(*all_->door);
  const auto& region = all_->region_of(p->lead);
  send(region, std::move(p));
}

void gateway_actor::settle_by_callback(const submitted_item& item) {
  const auto* about = message_of(item.what.body);
  if (!about || std::holds_alternative<reply_received>(item.what.body)) return;
  const bool delivered = std::holds_alternative<message_delivered>(item.what.body) && item.what.mode == arrival::live;
  if (about->effect.empty() && (!delivered || about->provider_id.empty())) return;
  settled_by_callback c{item.workspace, effect_id{about->effect}, about->provider_id};
  if (delivered) c.delivered_at = item.what.occurred_at;
  // Filtered, or the sender is not registered: the next message would fare no better.
  const auto* bounce = std::get_if<message_bounced>(&item.what.body);
  if (bounce && bounce->severity == bounce_class::our_sender)
    c.trouble = bounce->code.empty() ? "refused" : bounce->code;
  send(all_->providers, std::move(c));
}

void gateway_actor::watch(const reply_ptr& r, clock::ticks until) {
  deadlines_.emplace(until, r);
  if (std::exchange(ticking_, true)) return;
  delayed_send(this, deadline_step, tick{});
}

void gateway_actor::expire() {
  const auto now = all_->time->steady();
  while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
    if (auto r = deadlines_.begin()->second.lock()) r->wait_no_more();
    deadlines_.erase(deadlines_.begin());
  }
  ticking_ = !deadlines_.empty();
  if (ticking_) delayed_send(this, deadline_step, tick{});
}

}  // namespace heed
