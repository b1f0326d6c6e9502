#include <algorithm>

#include "actors/lead/deliberation.hpp"
#include "actors/lead/gates.hpp"

namespace heed {

namespace {

std::vector<campaign_id> live_runs(const deliberation& d) {
  std::vector<campaign_id> out;
  for (const auto& r : d.lead().runs)
    if (!is_final(r.status)) out.push_back(r.campaign);
  return out;
}

std::string action_type(const std::string& reason) {
  if (reason == "suppressed_hot") return "sender.suppressed_hot";
  if (reason == "complaint" || reason == "bounce" || reason == "not_interested" || reason == "erased")
    return "sender.suppressed_" + reason;
  return "sender.suppressed_opt_out";
}

/// A run whose remaining steps all need an address that is held has nothing left to do (RULES, Scope of a stop).
bool has_channel_left(const deliberation& d, const run& r) {
  auto* c = d.rules.find_campaign(r.campaign);
  auto* sequence = c ? c->find_sequence(r.sequence_version) : nullptr;
  if (!sequence) return true;
  for (std::size_t i = r.cursor; i < sequence->steps.size(); ++i) {
    auto on = sequence->steps[i].on;
    auto address = address_for(d.lead(), on);
    if (!address.empty() && !address_held(d.lead(), on, address)) return true;
  }
  return false;
}

}  // namespace

void cancel_touch(deliberation& d, const run& r, const std::string& why) {
  if (!r.touch || r.touch->state != touch_state::planned || r.touch->cancel_asked) return;
  auto id = r.touch->effect;
  d.conclude(cancel_requested{id, why});
  d.ask(cancel_effect{id});
}

void end_run(deliberation& d, const campaign_id& c, run_status status, const std::string& reason) {
  const run& r = *d.lead().find_run(c);
  cancel_touch(d, r, reason);
  if (status == run_status::suppressed) {
    auto* plan = d.rules.find_campaign(c);
    auto threshold = plan ? plan->profile.threshold : d.defaults().default_profile.threshold;
    d.conclude(audience_action{action_type(reason), c, campaign_score(d, r).points, threshold});
  }
  d.conclude(run_ended{c, status, reason});
}

void pause_live_runs(deliberation& d, pause_flag flag, std::optional<time_point> until) {
  for (const auto& c : live_runs(d)) {
    const run& r = *d.lead().find_run(c);
    cancel_touch(d, r, std::string(to_string(flag)));
    if (!r.pauses.has(flag)) d.conclude(run_paused{c, flag, {}, until});
  }
}

void snooze(deliberation& d, time_point until, const std::string& by) {
  d.conclude(snoozed{until, by});
  pause_live_runs(d, pause_flag::snoozed, until);
}

void clear_flag(deliberation& d, const campaign_id& c, pause_flag flag, const std::string& by) {
  const run* r = d.lead().find_run(c);
  if (r && !is_final(r->status) && r->pauses.has(flag)) d.conclude(run_unpaused{c, flag, by});
}

void suppress_person(deliberation& d, const std::string& reason, const std::string& via) {
  // What a part brought may be taken back with it; the person's own word to this lead stands by itself.
  const bool restated = d.lead().suppressed_by_part && via != via_merge;
  if (d.lead().suppressed && !restated) {
    d.note("already_suppressed", *d.lead().suppressed);
    return;
  }
  d.conclude(person_suppressed{reason, via});
  for (const auto& c : live_runs(d)) end_run(d, c, run_status::suppressed, reason);
}

void suppress_address(deliberation& d, const lead_key& key, const std::string& reason) {
  bool known = std::ranges::any_of(d.lead().held_addresses,
                                   [&](auto& h) { return h.kind == key.kind && h.value == key.value; });
  if (!known) d.conclude(address_suppressed{key.kind, key.value, reason});
  for (const auto& c : live_runs(d)) {
    const run& r = *d.lead().find_run(c);
    if (r.touch && address_kind(r.touch->on) == key.kind && address_for(d.lead(), r.touch->on) == key.value)
      cancel_touch(d, r, "address_suppressed");
    if (!has_channel_left(d, r)) end_run(d, c, run_status::suppressed, "bounce");
  }
}

void tell_people(deliberation& d, const std::string& what, const std::string& reason) {
  const auto& h = d.defaults().handoff;
  if (!h.reaches_somebody()) return d.note("nobody_told", what + ": handoff.to is not set");
  const auto& owned = d.lead().handoff;
  std::optional<time_point> again;
  // A reminder is the last word; what a human took already needs none; other news leaves the handoff's own as it is.
  if (what == "handoff" && owned && owned->acknowledged_by.empty()) again = d.now() + h.remind_after;
  if (what == "meeting_canceled" && owned) again = owned->remind_at;
  d.conclude(people_notified{what, reason, again});
  d.ask(notify_effect{d.new_effect_id(), what, reason});
}

void hand_off(deliberation& d, const std::string& reason, const std::string& by) {
  if (!d.lead().handoff) {
    d.conclude(handed_off{reason, d.lead().handoff_episodes + 1, by});
    auto* word = std::get_if<command>(&d.what.body);
    if (word && word->what == command_kind::take)
      d.conclude(handoff_acknowledged{by, d.now()});
    else if (!d.is_backfill())
      tell_people(d, "handoff", reason);
  }
  pause_live_runs(d, pause_flag::handed_off);
}

}  // namespace heed
