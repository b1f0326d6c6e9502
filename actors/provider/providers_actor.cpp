#include <caf/send.hpp>

#include "actors/provider/provider_actor.hpp"
#include "persistence/codec/codec.hpp"
#include "persistence/store_rules.hpp"

namespace heed {

providers_actor::providers_actor(caf::actor_config& cfg, caf::actor boss, caf::actor children_boss,
                                 const provider_environment* env)
    : component_actor(cfg, "providers", std::move(boss), env->all->board),
      children_boss_(std::move(children_boss)),
      env_(env) {}

caf::behavior providers_actor::running() {
  return {
      [this](dispatch_ptr& d) {
        // One that is claimed already is this node's call.
        if (!d->permit && !env_->all->dispatches(d->workspace, d->account)) {
          if (env_->all->elsewhere) send(env_->all->elsewhere, std::move(d));
          return;
        }
        const auto& to = actor_of(d->workspace, d->account);
        send(to, std::move(d));
      },
      [this](const settled_by_callback& c) { settle_by_callback(c); },
      [this](callback_proof& p) { record(p); },
      [this](const finish_done& d) { on_settled(d); },
      [this](receipt_came& r) {
        const auto& to = actor_of(r.workspace, r.account);
        send(to, std::move(r));
      },
      [this](const account_word& w) { send(actor_of(w.workspace, w.account), account_troubled{w.code}); },
      [this](const shards_changed& c) {
        for (auto& [name, account] : accounts_)
          if (c.lost && c.lost->contains(dispatch_shards_.at(name))) send(account, account_left{});
      },
      [this](providers_resume) {
        for (auto& [name, account] : accounts_)
          send(account, providers_resume{});
      },
      [this](providers_pause) {
        for (auto& [name, account] : accounts_)
          send(account, providers_pause{});
      },
  };
}

const caf::actor& providers_actor::actor_of(const workspace_id& ws, const account_id& account) {
  auto name = ws.value + "/" + account.value;
  auto& found = accounts_[name];
  if (!found) {
    auto path = "providers/" + name;
    dispatch_shards_.emplace(name, dispatch_shard_of(ws, account));
    found = spawn<provider_actor>(path, children_boss_, env_, ws, account);
    if (children_boss_) send(children_boss_, adopt{std::move(path), found});
  }
  return found;
}

void providers_actor::settle_by_callback(const settled_by_callback& c) {
  reader_job job{[c, all = env_->all, me = self()](store_reader& r) {
    const auto row = c.id.empty() ? r.effect_by_provider_id(c.workspace, c.provider_id) : r.effect(c.id);
    if (!row || !*row || (*row)->workspace != c.workspace) return;
    const auto& e = **row;
    if (c.delivered_at && e.kind == "send" && e.claimed_at) {
      const auto to = store_rules::addresses_of(e.request);
      arrival_row seen{e.id, to.empty() ? std::string{} : domain_of(to.front().value), *e.claimed_at, c.delivered_at};
      caf::anon_send(me, receipt_came{e.workspace, e.account, std::move(seen)});
    }
    if (!c.trouble.empty()) caf::anon_send(me, account_word{e.workspace, e.account, c.trouble});
    const bool doubtful = e.state == effect_state::unknown;
    if (!doubtful && e.state != effect_state::in_flight) return;
    effect_outcome o;
    o.effect = e.id;
    o.attempt = e.attempt;
    o.result = send_result::accepted;
    o.provider_id = c.provider_id;
    o.evidence = "callback";
    o.started_at = e.claimed_at;
    const auto at = all->time->now();
    finish_request f;
    f.id = e.id;
    f.attempt = e.attempt;
    f.result = send_result::accepted;
    f.from_unknown = doubtful;
    f.provider_id = c.provider_id;
    f.evidence = "callback";
    f.now = at;
    f.body = codec::encode(codec::outcome_stimulus(o, at));
    caf::anon_send(me, callback_proof{c.workspace, std::move(f)});
  }};
  send(env_->all->readers.front(), std::move(job));
}

void providers_actor::record(callback_proof& p) {
  settling_.insert_or_assign(p.outcome.id.value, std::move(p.workspace));
  send(env_->all->store, finish_work{std::move(p.outcome), std::nullopt, self()});
}

/// The lead is told through its inbox, once the outcome is written there.
void providers_actor::on_settled(const finish_done& d) {
  const auto found = settling_.extract(d.id.value);
  if (!found || !d.answer || !d.answer->inbox) return;
  const auto& lead = d.answer->inbox->lead;
  send(env_->all->region_of(lead), deliver_pending{found.mapped(), lead});
}

void providers_actor::ended() {
  for (auto& [name, account] : accounts_)
    send_exit(account, caf::exit_reason::user_shutdown);
  accounts_.clear();
  children_boss_ = nullptr;
}

}  // namespace heed
