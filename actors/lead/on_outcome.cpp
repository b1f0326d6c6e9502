#include <algorithm>

#include "actors/lead/answer.hpp"
#include "actors/lead/deliberation.hpp"
#include "actors/lead/gates.hpp"

namespace heed {

namespace {

using namespace std::chrono_literals;

constexpr duration longest_backoff = 15min;
constexpr duration suppression_wait = 15min;

/// 2^attempt seconds, exponent capped at 10, plus jitter below a second by hash, never above 15 minutes (ZRG-63).
duration backoff(const effect_id& effect, std::uint32_t attempt) {
  auto base = std::chrono::seconds(1ll << std::min<std::uint32_t>(attempt, 10));
  auto jitter = std::chrono::milliseconds(stable_hash(effect.value + std::to_string(attempt)) % 1000);
  return std::min<duration>(base + jitter, longest_backoff);
}

const run* run_of(const deliberation& d, const effect_id& effect) {
  auto it = std::ranges::find_if(d.lead().runs, [&](const run& r) { return r.touch && r.touch->effect == effect; });
  return it == d.lead().runs.end() ? nullptr : &*it;
}

/// The gap between runs counts from the call, be it by a clock that has been set back since.
std::optional<time_point> called_ahead(const deliberation& d, const effect_outcome& s) {
  return s.started_at > d.now() ? s.started_at : std::nullopt;
}

void handle_step(deliberation& d, const run& r, step_outcome outcome, std::string detail) {
  auto touch = *r.touch;
  // Outcomes may reach a run after it was ended; its history takes them, its status stays.
  // A node whose clock was set back while it was away tells of it by an earlier hour than it was planned at.
  const auto called = std::get<effect_outcome>(d.what.body).started_at;
  const auto at = std::max({d.what.occurred_at, touch.since, called.value_or(touch.since)});
  d.conclude(step_handled{r.campaign, touch.step, touch.on, outcome, std::move(detail), at});
}

void know_message(deliberation& d, const effect_outcome& s, const std::string& campaign) {
  d.conclude(message_known{s.effect, s.provider_id, s.message_id, campaign});
}

void take_back(deliberation& d, const run& r, const std::string& detail) {
  d.conclude(touch_changed{r.campaign, r.touch->effect, touch_state::returned, detail});
}

/// The touch comes back unused and its step is looked at again then; no attempt is counted.
void wait_until(deliberation& d, const run& r, time_point at, const std::string& why, const std::string& returned = {}) {
  auto id = r.campaign;
  take_back(d, r, returned);
  const run& now = *d.lead().find_run(id);
  if (is_final(now.status)) return;
  reschedule(d, now, at, why);
  keep_verdicts(d, *d.lead().find_run(id));
}

/// The account has no room before then: pace, not lateness, unless it is the account that fails (PROTOCOL, Accounts).
std::string capacity_reason(const effect_outcome& s) {
  return s.detail == "account" ? "account_wait: its circuit is open" : "capacity_wait: " + s.detail;
}

void try_again(deliberation& d, const run& r, const effect_outcome& s) {
  auto id = r.campaign;
  auto failures = r.touch->attempt + 1;
  if (failures >= d.defaults().message_attempts)
    return handle_step(d, r, step_outcome::blocked, "attempts_exhausted: " + s.detail);
  take_back(d, r, "attempt");
  const run& now = *d.lead().find_run(id);
  if (is_final(now.status)) return;
  auto at = std::max(d.now() + backoff(s.effect, failures), s.retry_at.value_or(d.now()));
  reschedule(d, now, at, "retry: " + s.detail);
}

void settle(deliberation& d, const run& r, const effect_outcome& s) {
  auto id = r.campaign;
  auto account = r.touch->account;
  bool live = !is_final(r.status);
  d.conclude(touch_changed{id, s.effect, touch_state::unknown, s.detail, called_ahead(d, s)});
  bool repeat = live && !r.touch->cancel_asked && repeat_allowed(d, *d.lead().find_run(id));
  d.ask(settle_effect{s.effect, account, repeat});
  if (live) reschedule(d, *d.lead().find_run(id), d.now() + d.defaults().unknown_counts_as_sent, "outcome_unknown");
}

std::optional<lead_key> key_of(const deliberation& d, channel on) {
  auto kind = address_kind(on);
  auto address = address_for(d.lead(), on);
  if (!kind || address.empty()) return std::nullopt;
  return lead_key{*kind, {}, address};
}

void late_outcome(deliberation& d, const effect_outcome& s) {
  d.note("late_outcome", s.effect.value + ": " + std::string(to_string(s.result)));
  if (s.result == send_result::accepted) know_message(d, s, {});
  if (s.result == send_result::opted_out) suppress_person(d, "opt_out", "provider");
}

}  // namespace

void on(deliberation& d, const effect_outcome& s) {
  const run* r = run_of(d, s.effect);
  if (!r) return answer_outcome(d, s) ? void() : late_outcome(d, s);
  auto on_channel = r->touch->on;
  const auto told = s.retry_at.value_or(d.now() + 1min);
  switch (s.result) {
    case send_result::accepted:
      know_message(d, s, r->campaign.value);
      return handle_step(d, *run_of(d, s.effect), step_outcome::sent, s.evidence == "call" ? "" : s.evidence);
    case send_result::refused_account: return wait_until(d, *r, told, "account_wait: " + s.detail);
    case send_result::refused_message: return try_again(d, *r, s);
    case send_result::refused_final: return handle_step(d, *r, step_outcome::blocked, s.detail);
    case send_result::bad_address:
      handle_step(d, *r, step_outcome::blocked, "bad_address: " + s.detail);
      if (auto key = key_of(d, on_channel)) suppress_address(d, *key, "bounce");
      return;
    case send_result::opted_out:
      handle_step(d, *r, step_outcome::blocked, "opted_out: " + s.detail);
      return suppress_person(d, "opt_out", "provider");
    case send_result::unknown: return settle(d, *r, s);
    case send_result::capacity_wait: return wait_until(d, *r, told, capacity_reason(s));
    case send_result::cancelled:
      if (s.detail == "suppressed") return wait_until(d, *r, d.now() + suppression_wait, "suppression_list", "suppressed");
      [[fallthrough]];
    case send_result::stale:
    case send_result::absent: return take_back(d, *r, s.detail == "attempt" ? std::string{} : s.detail);
    case send_result::skipped_dry_run: return handle_step(d, *r, step_outcome::skipped, "dry_run");
  }
}

}  // namespace heed
