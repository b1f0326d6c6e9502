#include "actors/lead/lead_actor.hpp"
#include "actors/lead/reply/reader.hpp"

#include <algorithm>
#include <caf/send.hpp>
#include <map>
#include <spdlog/spdlog.h>

#include "actors/lead/check.hpp"
#include "actors/lead/deciding.hpp"
#include "persistence/codec/codec.hpp"
#include "persistence/commit_builder.hpp"
#include "persistence/dead_letters.hpp"

namespace heed {
namespace {

/// Until the leases may be trusted again; and until another look whether an upgrade has come.
constexpr auto put_off_for = std::chrono::milliseconds(50);
constexpr auto upgrade_looked_for = std::chrono::milliseconds(1'000);

/// Of the fast path, behind others: more are better off in the inbox, where they wait durably.
constexpr std::size_t direct_waiting = 16;

}  // namespace

/// The stimulus being decided, and what its decision will set going once it is committed.
struct lead_actor::work {
  parcel_ptr what;
  unsigned failures = 0;
  unsigned reloads = 0;
  bool reloading = false;  ///< a reader was asked for the lead's row
  bool known = false;      ///< of the fast path: it was decided before
  bool stale = false;      ///< put off, and the row is to be read anew first
  bool put_off = false;    ///< nothing of it is under way: this node may not decide now
  decision answer;
  lead_state after;
  std::vector<effect> asked;
  std::vector<effect_id> exhausted;
  std::map<effect_id, permit_ptr> permits;  ///< of effects that are claimed with the commit
  clock::ticks claim_sent{};
  std::vector<crowd_place> places;  ///< that its minutes took
  crowd_changes crowds;
};

thread_local lead_actor* lead_actor::current_ = nullptr;

lead_actor::lead_actor(caf::actor_config& cfg, const lead_environment* env, lead_row row)
    : event_based_actor(cfg), env_(env), row_(std::move(row)), armed_(row_.version != 0) {
  set_default_handler(caf::drop);
}
lead_actor::~lead_actor() = default;

caf::behavior lead_actor::make_behavior() { return handlers(); }

caf::resumable::resume_result lead_actor::resume(caf::execution_unit* ctx, std::size_t most) {
  auto* const before = std::exchange(current_, this);
  const auto r = event_based_actor::resume(ctx, most);
  current_ = before;
  return r;
}

const caf::behavior& lead_actor::handlers() {
  static const caf::behavior shared{
      [](parcel_ptr& p) { current_->take(std::move(p)); },
      [](commit_done& d) { current_->on_commit(d); },
      [](passivate_hint) {
        auto* me = current_;
        if (me->idle()) me->send(caf::actor_cast<caf::actor>(me->env_->region), passivate_ask{me->row_.lead});
      },
      [](passivate_now) {
        auto* me = current_;
        if (me->idle()) return me->quit();
        me->send(caf::actor_cast<caf::actor>(me->env_->region), still_busy{me->row_.lead});
      },
      [](retry_now) { current_->work_ ? current_->attempt() : current_->advance(); },
      [](decide_now) { current_->decide_now_again(); },
      [](leave_now) { current_->leave(); },
      [](lead_reloaded& r) { current_->on_reloaded(r); },
      [](const lead_buried&) { current_->finish_work(); },
      // A row that was asked for may never come; a commit does, or the process ends.
      [](const earlier_restarted&) {
        if (current_->work_ && current_->work_->reloading) current_->ask_row();
      },
  };
  return shared;
}

caf::invoke_message_result lead_actor::consume(caf::mailbox_element& x) {
  try {
    return event_based_actor::consume(x);
  } catch (const std::exception& e) {
    crashed(e.what());
  } catch (...) {
    crashed("unknown exception");
  }
  return caf::invoke_message_result::consumed;
}

void lead_actor::take(parcel_ptr p) {
  if (p->again) {
    const auto same = [&](const parcel_ptr& x) { return x->inbox == p->inbox; };
    const auto at = std::ranges::find_if(waiting_, same);
    const bool deciding = work_ && same(work_->what);
    if (deciding || at != waiting_.end()) return join_waiter(*p, deciding ? *work_->what : **at);
  }
  if (p->direct && (waiting_.size() >= direct_waiting || (work_ && work_->put_off))) return;
  // What happened at a provider is kept before anything else is decided.
  if (p->finish && (work_ || !waiting_.empty())) return;
  waiting_.push_back(std::move(p));
  advance();
}

/// The one in hand was read from the inbox, where nobody waits; this copy knows who does.
void lead_actor::join_waiter(parcel& copy, parcel& in_hand) {
  if (!copy.waits || in_hand.waits) return;
  in_hand.waits = std::move(copy.waits);
  in_hand.index = copy.index;
}

void lead_actor::advance() {
  if (work_ || waiting_.empty()) return;
  work_ = std::make_unique<work>();
  work_->what = std::move(waiting_.front());
  waiting_.pop_front();
  attempt();
}

void lead_actor::attempt() {
  CHECK(work_ != nullptr);
  if (is_stale_timer(*work_->what)) {
    send(env_->all->timers, timer_void{row_.lead, std::get<timer_fired>(work_->what->what.body).generation});
    return finish_work();
  }
  if (!env_->all->is_ours(row_.lead)) return hand_back();
  if (!env_->all->is_trusted()) return wait(put_off_for);
  // Of a workspace that another node has just made: its policy is on its way to this one.
  if (!env_->all->policies->view(row_.workspace)) return wait(put_off_for);
  if (row_.rules > rules_version) return wait_for_upgrade();
  decide_and_commit();
}

/// Another node decides for this lead. What is kept in the inbox or as a timer is found there; the region passes the rest on.
void lead_actor::hand_back() {
  if (work_) waiting_.push_front(std::move(work_->what));
  work_.reset();
  hand_back_waiting();
  if (leaving_) quit();
}

void lead_actor::hand_back_waiting() {
  const auto region = caf::actor_cast<caf::actor>(env_->region);
  for (auto& p : std::exchange(waiting_, {}))
    if (region) send(region, std::move(p));
}

/// In the middle of an upgrade: a newer release decided for this lead last and remembers of it what this one would forget. Such a
/// node takes the shard, or this one is upgraded; until then what comes waits where it is kept.
void lead_actor::wait_for_upgrade() {
  if (!std::exchange(waits_for_upgrade_, true))
    spdlog::warn("lead.of_newer_release lead={} rules={} known={}", row_.lead.value, row_.rules, rules_version);
  work_->stale = true;
  wait(upgrade_looked_for);
}

/// Nobody knows for how long, so nobody's answer may hang on it: what is only here goes back to the door, which keeps it in the inbox or
/// says that it cannot.
void lead_actor::wait(std::chrono::milliseconds time) {
  std::erase_if(waiting_, [](const parcel_ptr& p) { return p->direct; });
  if (!work_->what->direct) return put_off(time);
  work_.reset();
  advance();
}

/// The leases were not renewed in time: others may hold the shard for free by now (I-05).
void lead_actor::put_off(std::chrono::milliseconds time) {
  work_->put_off = true;
  delayed_send(this, time, decide_now{});
}

void lead_actor::decide_now_again() {
  if (!work_ || !std::exchange(work_->put_off, false)) return;
  if (!env_->all->is_ours(row_.lead)) return hand_back();
  std::exchange(work_->stale, false) ? ask_row() : attempt();
}

void lead_actor::leave() {
  leaving_ = true;
  if (!work_ || work_->put_off) return hand_back();
  hand_back_waiting();
}

bool lead_actor::is_stale_timer(const parcel& p) const {
  const auto* fired = std::get_if<timer_fired>(&p.what.body);
  return fired && p.inbox == 0 && fired->generation != row_.version;
}

void lead_actor::decide_and_commit() {
  auto& w = *work_;
  const auto view = env_->all->policies->view(row_.workspace);
  CHECK(view != nullptr);
  lead_state before;
  if (row_.snapshot.empty()) {
    before = first_state(row_);
  } else {
    auto decoded = codec::decode_lead_state(row_.snapshot);
    CHECK(decoded.has_value());
    before = std::move(*decoded);
  }
  if (env_->all->chaos && env_->all->chaos->fails(row_.lead)) throw std::runtime_error("chaos");
  const auto now = std::max(env_->all->time->now(), before.last_decided);
  circumstances when{
      now, view->stops,
      env_->all->rooms ? env_->all->rooms->full(row_.workspace, now) : std::set<std::string>{}};
  reply::read_into(w.what->what, before, *view->current);
  w.places.clear();
  auto made = decide_in_the_world(*env_->all, before, w.what->what, *view, when);
  if (!made.answer) return wait(put_off_for);
  w.answer = std::move(*made.answer);
  w.places = std::move(made.places);
  auto built = build_commit(
      {row_, before, w.what->what, w.answer, *view->current, when, env_->all->epoch_of(row_.lead), w.what->inbox});
  if (w.what->direct) built.commit.direct_keys = {w.what->what.key};
  built.commit.finish = w.what->finish;
  claim_at_once(built.commit, *view->current, now);
  w.after = std::move(built.after);
  w.crowds = env_->all->crowds ? crowd_changes_of(before, w.after) : crowd_changes{};
  w.asked = std::move(built.asked);
  w.exhausted = std::move(built.exhausted);
  send(env_->all->store_of(row_.lead), commit_work{std::move(built.commit), caf::actor{this}});
}

/// What an account without bounds has a place for is claimed in the transaction that plans it; all else by
/// its account.
void lead_actor::claim_at_once(lead_commit& c, const policy& rules, time_point now) {
  work_->permits.clear();
  if (!env_->all->lanes) return;
  work_->claim_sent = env_->all->time->steady();
  for (const auto& e : c.effects) {
    if (e.kind != "send" || e.dry_run) continue;
    const auto* account = rules.find_account(e.account);
    if (!account || account->max_per_day > 0 || account->max_per_second > 0) continue;
    const auto lane = env_->all->lanes->find(c.workspace, e.account);
    if (!lane || !env_->all->dispatches(c.workspace, e.account)) continue;
    auto permit = lane->take_over(work_->what->permit);
    if (!permit) permit = lane->take_ahead();
    if (!permit) continue;
    work_->permits.emplace(e.id, std::move(permit));
    claim_request r;
    r.id = e.id;
    r.now = now;
    c.claims.push_back(std::move(r));
  }
}

void lead_actor::on_commit(commit_done& d) {
  CHECK(work_ != nullptr);
  if (!d.answer) throw std::runtime_error("commit refused: " + d.answer.error().detail);
  if (d.answer->outcome == commit_result::what::committed) return committed(d.commit, *d.answer);
  if (d.answer->outcome == commit_result::what::duplicate) return known_already();
  if (d.answer->outcome == commit_result::what::fenced) return fenced();
  reload();
}

/// Another node has the shard, or had it meanwhile: what this lead remembers may be old.
void lead_actor::fenced() {
  if (!env_->all->is_ours(row_.lead)) return hand_back();
  work_->stale = true;
  put_off(put_off_for);
}

/// Nothing was written, so the row is what it was; unless it was this lead that decided it and crashed over
/// the answer.
void lead_actor::known_already() {
  auto& p = *work_->what;
  CHECK(p.direct);
  p.settle();
  if (p.waits) p.waits->repeated(p.index);
  if (work_->failures == 0) return finish_work();
  work_->known = true;
  reload();
}

void lead_actor::committed(lead_commit& c, const commit_result& r) {
  auto& w = *work_;
  row_.version = c.journal.seq;
  row_.snapshot = std::move(c.snapshot);
  row_.snapshot.shrink_to_fit();
  row_.chain = c.journal.chain;
  if (armed_ || c.due) send(env_->all->timers, arm_timer{row_.workspace, row_.lead, row_.version, c.due});
  armed_ = c.due.has_value();
  for (auto& place : w.places) place.keep();
  if (env_->all->crowds) apply(*env_->all->crowds, row_.workspace, w.crowds);
  hand_over_effects(c, r);
  hand_over_letters(c, r);
  report_conflicts(r, row_.version);
  w.what->permit.reset();
  w.what->settle();
  if (w.what->waits) {
    std::vector<std::string> calls;
    for (const auto& id : r.not_cancelled)
      calls.push_back(id.value);
    w.what->waits->decided(w.what->index, row_.version, w.answer.facts, std::move(calls));
  }
  const auto took =
      w.what->taken == clock::ticks{}
          ? std::chrono::microseconds{0}
          : std::chrono::duration_cast<std::chrono::microseconds>(env_->all->time->steady() - w.what->taken);
  if (env_->all->observer) env_->all->observer->decided(c, w.after, w.answer, took);
  finish_work();
}

void lead_actor::hand_over_effects(lead_commit& c, const commit_result& r) {
  auto& w = *work_;
  auto row = c.effects.begin();
  bool told = false;
  for (auto& asked : w.asked) {
    auto d = std::make_shared<dispatch>();
    d->workspace = row_.workspace;
    d->lead = row_.lead;
    if (const auto* settle = std::get_if<settle_effect>(&asked)) {
      d->id = settle->id;
      d->account = settle->account;
      d->kind = "settle";
      d->may_repeat = settle->may_repeat;
      d->allowed_at = row_.version;
    } else {
      CHECK(row != c.effects.end());
      d->id = row->id;
      d->campaign = row->campaign;
      d->account = row->account;
      d->kind = row->kind;
      d->request = std::move(row->request);
      if ((row++)->dry_run) continue;
      const auto claimed = std::ranges::find(c.claims, d->id, &claim_request::id);
      if (claimed != c.claims.end()) {
        const auto& answer = r.claims.at(static_cast<std::size_t>(claimed - c.claims.begin()));
        told |= answer.inbox.has_value();
        if (answer.inbox) continue;
        if (answer.outcome == claim_result::what::claimed) {
          d->permit = std::move(w.permits[d->id]);
          d->attempt = answer.attempt;
          d->claim_sent = w.claim_sent;
        }
      }
    }
    send(env_->all->providers, std::move(d));
  }
  // What the store itself settled (dry runs, cancelled effects, claims it refused for good) waits in the
  // inbox.
  if (told || !r.outcomes.empty())
    send(caf::actor_cast<caf::actor>(env_->region), deliver_pending{row_.workspace, row_.lead});
  if (w.exhausted.empty()) return;
  store_job job{[ids = std::move(w.exhausted), now = row_.version, when = env_->all->time->now()](store& s) {
    for (const auto& id : ids)
      (void)s.bury_effect(id, "blocked by decision " + std::to_string(now), when);
  }};
  send(env_->all->store_of(row_.lead), std::move(job));
}

/// They are in their leads' inboxes; this only makes it fast.
void lead_actor::hand_over_letters(lead_commit& c, const commit_result& r) {
  for (std::size_t i = 0; i < r.letters.size(); ++i)
    for (const auto& to : r.letters[i].leads) {
      if (r.letters[i].outcome != accept_result::what::accepted) continue;
      auto what = codec::decode_stimulus(c.letters[i].body);
      CHECK(what.has_value());
      auto p = std::make_shared<parcel>();
      p->workspace = row_.workspace;
      p->lead = to.lead;
      p->inbox = to.inbox;
      p->what = std::move(*what);
      p->count(*env_->all->door);
      send(env_->all->region_of(to.lead), std::move(p));
    }
}

void lead_actor::report_conflicts(const commit_result& r, std::uint64_t seq) {
  if (r.key_conflicts.empty()) return;
  auto batch = std::make_shared<submission_batch>();
  std::size_t n = 0;
  for (const auto& [key, holder] : r.key_conflicts) {
    stimulus s;
    s.key = "key_conflict:" + decision_id(row_.lead, seq) + ":" + std::to_string(n++);
    s.occurred_at = s.received_at = env_->all->time->now();
    s.source = "store";
    s.body = key_conflict{key, holder};
    batch->items.push_back({row_.workspace, std::move(s), row_.lead});
  }
  send(env_->all->gateway, std::move(batch));
}

void lead_actor::reload() {
  if (++work_->reloads > env_->failures_allowed)
    throw std::runtime_error("the swap was lost again and again");
  ask_row();
}

void lead_actor::ask_row() {
  work_->reloading = true;
  reader_job job{[me = caf::actor{this}, lead = row_.lead](store_reader& r) {
    lead_reloaded out{fail(errc::not_found, "lead vanished"), {}};
    const lead_id ids[] = {lead};
    if (auto rows = r.leads(ids); !rows)
      out.row = tl::unexpected<store_error>(rows.error());
    else if (!rows->empty())
      out.row = std::move(rows->front());
    if (auto pending = r.pending_of(lead))
      for (const auto& p : *pending)
        out.pending.push_back(p.inbox);
    caf::anon_send(me, std::move(out));
  }};
  send(env_->all->readers.front(), std::move(job));
}

void lead_actor::on_reloaded(lead_reloaded& r) {
  // Asked for twice, it may come twice.
  if (!work_ || !std::exchange(work_->reloading, false)) return;
  if (!r.row) throw std::runtime_error("reload failed: " + r.row.error().detail);
  row_ = std::move(*r.row);
  armed_ = true;
  // The record of a call goes the other way when it could not be made with this decision.
  if (work_->known || work_->what->finish) return finish_work();
  const auto inbox = work_->what->inbox;
  if (inbox != 0 && std::ranges::find(r.pending, inbox) == r.pending.end()) {
    // Another copy of it was decided before.
    if (work_->what->waits) work_->what->waits->given_up(work_->what->index);
    return finish_work();
  }
  attempt();
}

void lead_actor::crashed(const char* what) {
  const auto path = env_->path + "/lead/" + row_.lead.value;
  if (env_->all->board) env_->all->board->crashed(path, what);
  if (!work_) return;
  // Who may not decide may not give up either.
  if (!env_->all->is_ours(row_.lead)) return hand_back();
  if (!env_->all->is_trusted()) return put_off(put_off_for);
  if (++work_->failures < env_->failures_allowed) return send<caf::message_priority::high>(this, retry_now{});
  // It has no row to bury: the door, or its account, keeps it first. What waits behind it is another
  // message's work, for that may fail as well.
  if (work_->what->direct || work_->what->finish) {
    work_.reset();
    return send<caf::message_priority::high>(this, retry_now{});
  }
  bury(what);
}

void lead_actor::bury(const std::string& error) {
  auto p = work_->what;
  store_job job{[p, error, all = env_->all, me = caf::actor{this}](store& s) {
    try {
      auto marker = bury_stimulus(s, p->workspace, p->lead, p->inbox, p->what, error, all->time->now());
      // One that is not pending any more was a copy: the gateway or the region hands over again what they had
      // in hand.
      const bool failed = !marker && marker.error().code != errc::not_found;
      if (failed && all->board) all->board->crashed("dead_letters", marker.error().detail);
      if (marker && *marker) {
        auto pause = std::make_shared<parcel>();
        pause->workspace = p->workspace;
        pause->lead = p->lead;
        pause->inbox = (*marker)->inbox;
        pause->what = std::move((*marker)->what);
        caf::anon_send(all->region_of(p->lead), std::move(pause));
      }
    } catch (const std::exception& e) {
      // Whatever goes wrong, the lead goes on; the stimulus stays in the inbox for the next start.
      if (all->board) all->board->crashed("dead_letters", e.what());
    }
    caf::anon_send(me, lead_buried{p->inbox});
  }};
  send(env_->all->store_of(row_.lead), std::move(job));
  if (env_->all->observer) env_->all->observer->buried(row_.lead, kind_name(p->what.body), error);
  if (p->waits) p->waits->given_up(p->index);
}

void lead_actor::finish_work() {
  work_.reset();
  if (leaving_) return hand_back();
  advance();
}

}  // namespace heed
