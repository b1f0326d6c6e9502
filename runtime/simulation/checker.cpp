#include "runtime/simulation/checker.hpp"

#include <algorithm>
#include <limits>

#include "actors/lead/quiet.hpp"
#include "persistence/codec/codec.hpp"

/// What must hold of every stimulus and every decision.
namespace heed::simulation {
namespace {

constexpr std::size_t everything = 100'000;

/// Of `effect:ID:attempt:result`.
effect_id effect_of_key(const std::string& key) {
  const auto from = key.find(':') + 1;
  return effect_id{key.substr(from, key.find(':', from) - from)};
}

}  // namespace

std::int64_t checker::day_of(time_point t) const {
  return std::chrono::floor<std::chrono::days>(to_local(*home_, t)).time_since_epoch().count();
}

void checker::know_cap(const account_id& account, std::uint32_t per_day) {
  auto& most = caps_[account];
  most = std::max(most, per_day == 0 ? std::numeric_limits<std::uint32_t>::max() : per_day);
}

void checker::written(const write_batch& batch, const write_result& r, duration elapsed) {
  for (std::size_t i = 0; i < batch.accepts.size(); ++i)
    accepted_in_store(batch.accepts[i], r.accepts[i]);
  const auto took = [&](const claim_request& c, const claim_result& answer) {
    if (answer.outcome != claim_result::what::claimed) return;
    effects_[c.id].claimed_elapsed = elapsed;
    claimed(c);
  };
  for (std::size_t i = 0; i < batch.commits.size(); ++i) {
    const auto& c = batch.commits[i];
    if (r.commits[i].outcome != commit_result::what::committed) {
      lost(c);
      continue;
    }
    if (c.finish) finished(*c.finish);
    committed(c);
    for (std::size_t k = 0; k < c.letters.size(); ++k)
      accepted_in_store(c.letters[k], r.commits[i].letters.at(k));
    for (std::size_t k = 0; k < c.claims.size(); ++k)
      took(c.claims[k], r.commits[i].claims.at(k));
  }
  for (std::size_t i = 0; i < batch.finishes.size(); ++i)
    if (r.finishes[i].outcome == finish_result::what::finished) finished(batch.finishes[i]);
  for (std::size_t i = 0; i < batch.claims.size(); ++i)
    took(batch.claims[i], r.claims[i]);
}

void checker::accepted_in_store(const inbox_item& item, const accept_result& r) {
  if (r.outcome != accept_result::what::accepted) return;
  const auto s = codec::decode_stimulus(item.body);
  if (!s) return broken("stimulus_readable", {}, item.key);
  for (const auto& to : r.leads) {
    auto& times = leads_[to.lead].accepted[s->key];
    // An opt-out is accepted again while its person is not suppressed (RULES, Scope of a stop).
    if (++times > 1 && !item.suppresses) broken("accepted_once", to.lead, s->key);
    // A stimulus that is only said to be kept has no row, and is found missing when its sender is answered.
    if (to.inbox != 0) kept_keys_[s->key].insert(to.lead.value);
  }
  for (const auto& n : r.notices)
    if (const auto told = codec::decode_stimulus(n.body)) ++leads_[n.to.lead].accepted[told->key];
}

void checker::node_began(std::uint64_t epoch) {
  epoch_ = epoch;
  // What its predecessor had on the wire is in doubt now.
  const auto rows = reader_.open_effects(std::nullopt, effect_state::unknown, everything);
  if (!rows) return;
  for (const auto& e : *rows)
    effects_[e.id].doubtful = true;
}

/// The first answer and every repeated one name leads that hold the stimulus.
void checker::acknowledged(const std::string& stimulus_key, const item_outcome& o) {
  const auto kept = kept_keys_.find(stimulus_key);
  for (const auto& lead : o.leads)
    if (kept == kept_keys_.end() || !kept->second.contains(lead.value))
      broken("answer_after_commit", lead, stimulus_key);
}

void checker::committed(const lead_commit& c) {
  auto& l = leads_[c.lead];
  const auto& j = c.journal;
  if (j.epoch != epoch_)
    broken("epoch_of_the_node", c.lead,
           "journal says " + std::to_string(j.epoch) + ", the node has " + std::to_string(epoch_));
  if (j.epoch < l.epoch) broken("epoch_of_the_node", c.lead, "the epoch falls as the journal grows");
  l.epoch = std::max(l.epoch, j.epoch);
  check_order(c, l);
  // On the fast path the decision is what keeps a stimulus.
  for (const auto& key : c.direct_keys)
    kept_keys_[key].insert(c.lead.value);
  if (++l.decided[j.stimulus_key] > 1) {
    const auto again = l.accepted.find(j.stimulus_key);
    if (again == l.accepted.end() || again->second < l.decided[j.stimulus_key])
      broken("decided_once", c.lead, j.stimulus_key);
  }
  auto after = codec::decode_lead_state(c.snapshot);
  if (!after) return broken("snapshot_readable", c.lead, after.error().detail);
  if (c.due != next_due(*after) && after->seq == j.seq)
    broken(c.due && next_due(*after) && *c.due < *next_due(*after) ? "timer_not_early" : "timer_kept", c.lead,
           "the row's timer is not the state's at seq " + std::to_string(j.seq));
  check_runs(c, l);
  if (j.kind == "effect_outcome" && j.stimulus_key.find(":accepted") != std::string::npos)
    if (const auto e = effects_.find(effect_of_key(j.stimulus_key)); e != effects_.end())
      e->second.told_at = j.decided_at;
  check_minutes(c.lead, l.state, *after);
  l.state = std::move(*after);
  l.due = next_due(l.state);
  for (const auto& r : l.state.runs)
    if (l.state.hot && !is_final(r.status) && r.cursor > 0)
      broken("brake_holds", c.lead, r.campaign.value + " goes on past its first step though the lead is hot");
  note_plans(c, l.state);
  check_one_at_a_time(c);
}

/// A minute that is chosen anew has room for it, beside all that others of the campaign keep there.
void checker::check_minutes(const lead_id& lead, const lead_state& before, const lead_state& after) {
  const auto minute_of = [](const chosen_minute& m) { return std::chrono::floor<std::chrono::minutes>(m.trigger); };
  for (const auto& r : after.runs) {
    if (!r.minute || r.minute->room == 0 || is_final(r.status)) continue;
    const auto* old = before.find_run(r.campaign);
    if (old && old->minute == r.minute) continue;
    std::uint32_t there = 1;
    for (const auto& [other, seen] : leads_) {
      const auto* theirs = other == lead ? nullptr : seen.state.find_run(r.campaign);
      if (theirs && theirs->minute && theirs->minute->room > 0 && !is_final(theirs->status) && !seen.state.absorbed)
        there += minute_of(*theirs->minute) == minute_of(*r.minute) ? 1 : 0;
    }
    if (there > r.minute->room)
      broken("minute_share_kept", lead,
             std::to_string(there) + " touches of " + r.campaign.value + " in the minute of " + to_iso(r.minute->trigger) +
                 ", which may carry " + std::to_string(r.minute->room));
  }
}

/// Each decision follows the one before it, and a timer rings once, in time, for the decision that set it.
void checker::check_order(const lead_commit& c, seen_lead& l) {
  const auto& j = c.journal;
  if (j.seq != l.state.seq + 1)
    broken("journal_gapless", c.lead,
           "seq " + std::to_string(j.seq) + " follows " + std::to_string(l.state.seq));
  if (j.kind != "timer_fired") return;
  if (l.due && j.decided_at < *l.due)
    broken("timer_not_early", c.lead, to_iso(j.decided_at) + " before " + to_iso(*l.due));
  if (!j.stimulus_key.ends_with(":" + std::to_string(l.state.seq)))
    broken("timer_of_its_decision", c.lead,
           j.stimulus_key + " is decided after seq " + std::to_string(l.state.seq));
}

/// A decision that lost the swap leaves nothing behind.
void checker::lost(const lead_commit& c) {
  const auto known = leads_.find(c.lead);
  const auto row = reader_.leads(std::span(&c.lead, 1));
  if (!row || row->empty() || known == leads_.end()) return;
  if (row->front().version != known->second.state.seq)
    broken("lost_swap_leaves_nothing", c.lead,
           "version " + std::to_string(row->front().version) + ", decided " +
               std::to_string(known->second.state.seq));
  for (const auto& p : c.effects)
    if (const auto e = reader_.effect(p.id); e && *e && !effects_.contains(p.id))
      broken("lost_swap_leaves_nothing", c.lead, p.id.value + " was planned by it");
}

/// A run's next touch is planned when the one before it is over.
void checker::check_one_at_a_time(const lead_commit& c) {
  if (c.effects.empty()) return;
  const auto rows = reader_.effects_of(c.lead);
  if (!rows) return;
  std::map<campaign_id, int> open;
  for (const auto& e : *rows)
    if (e.kind == "send" && !e.key.starts_with("draft/") && (e.state == effect_state::planned || e.state == effect_state::in_flight))
      if (++open[e.campaign] > 1)
        broken("one_touch_at_a_time", c.lead, e.id.value + " of " + e.campaign.value);
}

void checker::check_runs(const lead_commit& c, seen_lead& l) {
  for (const auto& r : c.runs) {
    const auto [at, fresh] = l.cursors.try_emplace(r.campaign, r.cursor);
    if (!fresh && r.cursor < at->second)
      broken("cursor_monotone", c.lead,
             r.campaign.value + " from " + std::to_string(at->second) + " to " + std::to_string(r.cursor));
    at->second = std::max(at->second, r.cursor);
  }
}

void checker::note_plans(const lead_commit& c, const lead_state& after) {
  for (const auto& p : c.effects) {
    if (p.kind != "send") continue;
    auto& e = effects_[p.id];
    e.lead = c.lead;
    e.campaign = p.campaign;
    e.account = p.account;
    e.planned_at = c.journal.decided_at;
    e.zone = after.time_zone;
    if (const auto decoded = codec::decode_effect(p.request))
      if (const auto* send = std::get_if<send_effect>(&*decoded)) {
        e.on = send->message.on;
        e.step = send->step;
        e.answer = send->from != origin::step;
        // People write when they want to.
        if (send->from == origin::human) continue;
      }
    // Quiet hours hold in the zone the lead named, always (RULES, Runs).
    const auto& zone = true_zones_->find(e.zone);
    if (!e.zone.empty() && zone.name == e.zone && is_quiet(e.on, zone, e.planned_at))
      broken("quiet_hours_kept", c.lead, p.id.value + " planned at " + to_iso(e.planned_at));
  }
}

}  // namespace heed::simulation
