// How a provider actor calls: sends, sandbox deliveries, fetches, look-ups; and what it makes of them after a
// crash.
#include <array>
#include <caf/send.hpp>

#include "actors/lead/check.hpp"
#include "actors/provider/flight.hpp"
#include "adapters/inbound/automated.hpp"
#include "persistence/codec/codec.hpp"

namespace heed {
namespace {

using outbound::answer;

constexpr std::string_view sandbox = "sandbox";

/// Pauses between look-ups that told nothing; after the last one the effect stays unknown for the operator.
constexpr std::array<std::chrono::minutes, 6> look_up_pauses{
    std::chrono::minutes(1),  std::chrono::minutes(5),   std::chrono::minutes(15),
    std::chrono::minutes(60), std::chrono::minutes(240), std::chrono::minutes(720)};
constexpr auto repeat_margin = std::chrono::hours(1);

outbound::send_report no_account() {
  outbound::send_report r;
  r.result = send_result::refused_account;
  r.detail = "account_unknown";
  r.stop_account = true;
  return r;
}

outbound::send_report refused(const char* why) {
  outbound::send_report r;
  r.result = send_result::refused_final;
  r.detail = why;
  return r;
}

sandbox_message to_sandbox(const dispatch& d, const send_effect& e, const std::string& from, time_point at) {
  sandbox_message m;
  m.workspace = d.workspace;
  m.lead = d.lead;
  m.effect = d.id;
  m.on = e.message.on;
  m.from = from;
  m.to = e.message.to;
  for (const auto& copy : e.message.cc)
    m.to += ", " + copy;
  m.subject = e.message.subject;
  m.body = e.message.body;
  m.message_id = "<" + d.id.value + "@sandbox.invalid>";
  m.in_reply_to = e.message.in_reply_to;
  m.at = at;
  return m;
}

}  // namespace

void provider_actor::begin(flight& f) {
  if (env_->all->time->steady() - f.claim_sent > env_->options.start_by) return give_back(f, "start_by");
  f.started_at = now();
  auto decoded = codec::decode_effect(f.what->request);
  if (!decoded) return finish(f, refused("unreadable_request"), "call", std::nullopt);
  const auto account = env_->accounts->find(workspace_, account_);
  if (auto* ask = std::get_if<ask_model_effect>(&*decoded)) return begin_asking(f, std::move(*ask), account);
  const auto* how = account ? outbound::find_sender(account->public_part.provider) : nullptr;
  const bool boxed = account && account->public_part.provider == sandbox;
  if (!how && !boxed) {
    auto r = no_account();
    weigh(r, f.started_at);
    return finish(f, std::move(r), "call", std::nullopt);
  }
  if (auto* fetch = std::get_if<fetch_reply_effect>(&*decoded)) {
    f.why = flight::purpose::fetch;
    f.fetch_id = fetch->provider_id;
    auto request = how ? how->build_fetch_reply(*account, fetch->provider_id) : std::nullopt;
    if (request) return call(f, std::move(*request), true);
    return finish(f, refused("no_fetch"), "call", std::nullopt);
  }
  auto* send = std::get_if<send_effect>(&*decoded);
  if (!send) return finish(f, refused("unreadable_request"), "call", std::nullopt);
  f.send = std::move(*send);
  if (boxed) return deliver_to_sandbox(f, *account);
  outbound::call request;
  try {
    request = how->build(*account, f.send);
  } catch (const std::exception&) {
    // What cannot be built cannot be sent by trying again.
    return finish(f, refused("unbuildable_request"), "call", std::nullopt);
  }
  call(f, std::move(request), true);
}

void provider_actor::deliver_to_sandbox(flight& f, const outbound::sending_account& a) {
  outbound::send_report r;
  r.result = send_result::accepted;
  r.provider_id = "sandbox-" + f.what->id.value;
  auto copy = to_sandbox(*f.what, f.send, a.public_part.from, f.started_at);
  r.message_id = copy.message_id;
  weigh(r, f.started_at);
  note_hand_over(f, r);
  if (env_->figures) env_->figures->sent(sandbox, to_string(r.result));
  finish(f, std::move(r), "call", std::move(copy));
}

void provider_actor::call(flight& f, outbound::call c, bool guarded) {
  std::function<bool()> may_start = [] { return true; };
  if (guarded)
    may_start = [time = env_->all->time, until = f.claim_sent + env_->options.start_by] {
      return time->steady() <= until;
    };
  f.at = flight::stage::called;
  f.called_at = env_->all->time->steady();
  env_->calls->start(
      std::move(c), std::move(may_start),
      [me = caf::actor_cast<caf::actor_addr>(self()), id = f.what->id, attempt = f.attempt](answer a) {
        if (auto to = caf::actor_cast<caf::actor>(me))
          caf::anon_send(to, call_answered{id, attempt, std::make_shared<answer>(std::move(a))});
      });
}

void provider_actor::on_answer(call_answered& c) {
  const auto found = flights_.find(c.id.value);
  if (found == flights_.end() || found->second->attempt != c.attempt) return;
  auto& f = *found->second;
  const auto& a = *std::static_pointer_cast<answer>(c.answer);
  if (f.why == flight::purpose::look_up) return read_look_up(f, a);
  if (a.reached == answer::phase::not_connected && a.error == "start_by") return give_back(f, "start_by");
  times_.add(std::chrono::duration_cast<std::chrono::microseconds>(env_->all->time->steady() - f.called_at));
  ++answered_;
  answered_at_ = now();
  if (f.why == flight::purpose::fetch) return read_fetched(f, a);
  if (f.why == flight::purpose::ask) return on_model_answer(f, a);
  read_send(f, a);
  // Its connection is free.
  pump();
}

void provider_actor::read_send(flight& f, const answer& a) {
  const auto account = env_->accounts->find(workspace_, account_);
  const auto* how = account ? outbound::find_sender(account->public_part.provider) : nullptr;
  outbound::send_report r;
  // Without the account, or with an answer that breaks its reader, nobody knows what became of the message.
  r.detail = "unreadable_answer";
  try {
    if (how) r = how->read(a);
    if (how && r.result == send_result::accepted && r.message_id.empty())
      r.message_id = how->message_id(*account, f.send);
  } catch (const std::exception& e) {
    if (env_->all->board) env_->all->board->crashed(path(), e.what());
  }
  weigh(r, f.started_at);
  if (env_->figures)
    env_->figures->sent(account ? account->public_part.provider : "unknown", to_string(r.result));
  // The refusal of a repeat says nothing of the call it repeats: that one may have been delivered.
  if (f.repeat && r.result != send_result::accepted) r.result = send_result::unknown;
  note_hand_over(f, r);
  finish(f, std::move(r), f.repeat ? "repeat" : "call", std::nullopt);
}

void provider_actor::read_fetched(flight& f, const answer& a) {
  const auto account = env_->accounts->find(workspace_, account_);
  const auto* how = account ? outbound::find_sender(account->public_part.provider) : nullptr;
  auto fetched = how ? how->read_fetch_reply(a) : std::nullopt;
  outbound::send_report r;
  if (fetched) {
    submit_reply(f, *fetched);
    r.result = send_result::accepted;
    return finish(f, std::move(r), "call", std::nullopt);
  }
  // A GET may be repeated: the effect goes back, and is given up after some attempts.
  if (++tries_[f.what->id.value] < env_->options.fetch_attempts) {
    circuit_.failed(now(), f.started_at, std::nullopt);
    return give_back(f, "fetch_failed");
  }
  tries_.erase(f.what->id.value);
  r = refused("fetch_failed");
  send(env_->all->store_of(f.what->lead), store_job{[id = f.what->id, at = now()](store& s) {
         (void)s.bury_effect(id, "the reply's text could not be fetched", at);
       }});
  finish(f, std::move(r), "call", std::nullopt);
}

void provider_actor::submit_reply(const flight& f, const nlohmann::json& fetched) {
  reply_received reply;
  reply.message.provider_id = f.fetch_id;
  reply.message.message_id = fetched.value("message_id", "");
  reply.from = fetched.value("from", "");
  reply.subject = fetched.value("subject", "");
  reply.text = fetched.value("text", "");
  inbound::mail_headers headers;
  if (const auto given = fetched.find("headers"); given != fetched.end() && given->is_object())
    for (const auto& [name, value] : given->items())
      if (value.is_string()) headers.emplace_back(name, value.get<std::string>());
  reply.automated = inbound::automated_reply(headers);
  submit(f, "fetch:" + f.what->id.value, channel::email, std::move(reply));
}

void provider_actor::submit(const flight& f, std::string key, channel on, stimulus_body body) {
  stimulus s;
  s.key = std::move(key);
  s.occurred_at = s.received_at = now();
  s.source = "dispatcher";
  s.on = on;
  s.body = std::move(body);
  auto batch = std::make_shared<submission_batch>();
  batch->items.push_back({f.what->workspace, std::move(s), f.what->lead});
  send(env_->all->gateway, std::move(batch));
}

void provider_actor::settle(dispatch_ptr d) {
  doubted_since_.try_emplace(d->id.value, env_->all->time->steady());
  reader_job job{[d, me = self()](store_reader& r) {
    effect_read out{d, r.effect(d->id)};
    // Two messages may say the same: one that is known to be another one's is not ours.
    if (const auto all = r.effects_of(d->lead))
      for (const auto& e : *all)
        if (e.id != d->id && !e.provider_id.empty()) out.others.insert(e.provider_id);
    caf::anon_send(me, std::move(out));
  }};
  send(env_->all->readers.front(), std::move(job));
}

void provider_actor::on_effect_read(effect_read& r) {
  if (!r.row) return settle_later(r.what, look_up_pauses.front());
  if (flights_.contains(r.what->id.value)) return;
  if (!*r.row || (*r.row)->state != effect_state::unknown) {
    doubted_since_.erase(r.what->id.value);
    return;
  }
  auto& row = **r.row;
  r.what->request = row.request;
  r.what->campaign = row.campaign;
  auto decoded = codec::decode_effect(row.request);
  CHECK(decoded.has_value());
  auto* sent = std::get_if<send_effect>(&*decoded);
  const auto account = env_->accounts->find(workspace_, account_);
  if (!account) return settle_later(r.what, look_up_pauses.back());
  const auto* how = outbound::find_sender(account->public_part.provider);
  if (!sent) {
    // A fetch changes nothing at the provider, so doubt about it is no doubt.
    r.what->kind = "repeat";
    return take(r.what);
  }
  if (how && r.what->may_repeat) {
    const auto window = how->idempotency_window(*account);
    if (window && now() - row.planned_at < *window - repeat_margin) {
      r.what->kind = "repeat";
      return take(r.what);
    }
  }
  auto permit = lane_->take_connection();
  if (!permit) return settle_later(r.what, std::chrono::seconds(1));
  auto f = std::make_unique<flight>(std::move(permit));
  f->what = r.what;
  f->why = flight::purpose::look_up;
  f->attempt = row.attempt;
  f->claimed_at = row.claimed_at.value_or(row.planned_at);
  f->send = std::move(*sent);
  f->others = std::move(r.others);
  auto& placed = *flights_.emplace(r.what->id.value, std::move(f)).first->second;
  look_up(placed);
}

void provider_actor::look_up(flight& f) {
  const auto account = env_->accounts->find(workspace_, account_);
  CHECK(account.has_value());
  if (account->public_part.provider == sandbox) {
    // Outcome and mailbox row are one transaction: with the outcome missing, so is the row.
    outbound::send_report r;
    r.result = send_result::absent;
    return finish(f, std::move(r), "look_up", std::nullopt);
  }
  const auto* how = outbound::find_sender(account->public_part.provider);
  auto request = how ? how->build_look_up(*account, f.send, f.claimed_at) : std::nullopt;
  if (!request) return drop(f.what->id);
  const auto timeout = std::chrono::duration_cast<duration>(request->timeout);
  const duration delay = how->visibility_delay_of(*account);
  const auto visible_at = f.claimed_at + timeout + delay;
  // The wall clock may have been set since the claim; the time this process has waited itself is beyond
  // doubt.
  const auto waited = doubted_for(f.what->id);
  f.absent_counts = now() >= visible_at && waited >= delay;
  if (!f.absent_counts) {
    auto d = f.what;
    const auto id = d->id;
    settle_later(std::move(d), std::max(visible_at - now(), delay - waited));
    return drop(id);
  }
  call(f, std::move(*request), false);
}

duration provider_actor::doubted_for(const effect_id& id) const {
  const auto since = doubted_since_.find(id.value);
  return since == doubted_since_.end()
             ? duration{0}
             : std::chrono::duration_cast<duration>(env_->all->time->steady() - since->second);
}

void provider_actor::read_look_up(flight& f, const answer& a) {
  const auto account = env_->accounts->find(workspace_, account_);
  const auto* how = account ? outbound::find_sender(account->public_part.provider) : nullptr;
  outbound::look_up_report found;
  if (how) found = how->read_look_up(a, f.send, f.claimed_at, f.others);
  const bool absent = found.found == outbound::look_up_report::what::absent && f.absent_counts;
  const bool present = found.found == outbound::look_up_report::what::present;
  if (!absent && !present) {
    auto& tries = tries_[f.what->id.value];
    if (tries < look_up_pauses.size()) settle_later(f.what, look_up_pauses[tries]);
    ++tries;
    return drop(f.what->id);
  }
  tries_.erase(f.what->id.value);
  doubted_since_.erase(f.what->id.value);
  outbound::send_report r;
  r.result = present ? send_result::accepted : send_result::absent;
  r.provider_id = std::move(found.provider_id);
  r.detail = std::move(found.detail);
  if (present && how) r.message_id = how->message_id(*account, f.send);
  finish(f, std::move(r), "look_up", std::nullopt);
}

void provider_actor::settle_later(dispatch_ptr d, duration pause) {
  // Evidence is asked for again with the same permission; a repeat needs a new decision.
  delayed_send(this, env_->all->time->real_delay_until(now() + pause), std::move(d));
}

void provider_actor::restarted() {
  // Calls under way answer to their flights, which are still there; what waited goes on.
  looking_again_ = asking_ = false;
  std::vector<effect_id> broken;
  for (const auto& [id, f] : flights_)
    if (f->at == flight::stage::unclaimed || f->what == in_hand_) broken.emplace_back(id);
  for (const auto& id : broken)
    take_up_again(id);
  const bool settles = in_hand_ && in_hand_->kind == "settle" && broken.empty();
  if (settles) settle_later(in_hand_, look_up_pauses.front());
  in_hand_.reset();
  resume_stopped();
}

/// The message that would have taken it on is gone, and nobody brings it again.
void provider_actor::take_up_again(const effect_id& id) {
  auto& f = *flights_.at(id.value);
  const auto leave = [&] { flights_.erase(id.value); };
  // Whether its lead has decided about it nobody here knows any more; the record finds out.
  if (f.record) return on_undecided({id});
  if (f.at == flight::stage::recording && !f.gave_back) {
    send(env_->all->region_of(f.what->lead), deliver_pending{f.what->workspace, f.what->lead});
    return leave();
  }
  if (f.why == flight::purpose::look_up) {
    settle_later(f.what, look_up_pauses.front());
    return leave();
  }
  const bool called = f.at == flight::stage::called;
  if (called && f.why == flight::purpose::send) {
    outbound::send_report r;
    r.detail = "answer_lost";
    return finish(f, std::move(r), "call", std::nullopt);
  }
  if (called || f.at == flight::stage::claimed) return give_back(f, "crash");
  (f.what->kind == "send" ? queue_ : unpaced_).push_front(f.what);
  leave();
}

}  // namespace heed
