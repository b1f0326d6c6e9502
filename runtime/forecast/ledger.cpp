#include "runtime/forecast/ledger.hpp"

#include <date/date.h>

#include "actors/lead/intent.hpp"
#include "adapters/api/wait_gates.hpp"
#include "persistence/codec/codec.hpp"

namespace heed::forecast {
namespace {

constexpr std::size_t page_size = 1'000;
constexpr std::size_t alerts_shown = 20;

/// The band a score belongs to, as people read it: 0-6, 7-13, 14-20, 21+.
std::string band_name(std::int32_t score, const intent_profile& p) {
  const auto range = [](std::int32_t from, std::int32_t to) {
    return std::to_string(from) + "-" + std::to_string(to - 1);
  };
  if (score >= p.threshold) return std::to_string(p.threshold) + "+";
  if (score >= p.band_high) return range(p.band_high, p.threshold);
  if (score >= p.band_low) return range(p.band_low, p.band_high);
  return range(0, p.band_low);
}

}  // namespace

std::string local_date(const zone_rules& zone, time_point t) {
  const auto local = std::chrono::floor<std::chrono::days>(to_local(zone, t).time_since_epoch());
  return date::format("%F", date::sys_days(date::days(local.count())));
}

forecast_day& ledger::day(time_point at) { return report_.days[local_date(home_, at)]; }

std::string ledger::name_of(const lead_id& lead) const {
  const auto found = people_.find(lead.value);
  return found == people_.end() ? lead.value : found->second;
}

void ledger::read(const write_batch& batch, const write_result& r) {
  for (std::size_t i = 0; i < batch.accepts.size(); ++i)
    for (const auto& to : r.accepts[i].leads)
      if (to.created && !batch.accepts[i].keys.empty())
        people_.try_emplace(to.lead.value, batch.accepts[i].keys.front().value);
  for (std::size_t i = 0; i < batch.commits.size(); ++i)
    if (r.commits[i].outcome == commit_result::what::committed) {
      if (const auto& f = batch.commits[i].finish) finished(*f);
      committed(batch.commits[i]);
    }
  for (std::size_t i = 0; i < batch.finishes.size(); ++i)
    if (r.finishes[i].outcome == finish_result::what::finished) finished(batch.finishes[i]);
}

void ledger::committed(const lead_commit& c) {
  ++report_.decisions;
  for (const auto& key : c.keys_added)
    people_.try_emplace(c.lead.value, key.value);
  for (const auto& e : c.effects) {
    const auto asked = codec::decode_effect(e.request);
    if (!asked) continue;
    if (const auto* send = std::get_if<send_effect>(&*asked))
      planned_[e.id.value] = {c.lead,     send->campaign,   send->account,
                              send->step, send->message.on, send->message.to};
  }
  for (const auto& line : c.report)
    counted(line);
  for (const auto& h : c.history) {
    report_.touches.push_back(
        {c.lead.value, name_of(c.lead), h.campaign.value, h.step_name.value, h.outcome, h.detail, h.at});
    if (h.outcome == step_outcome::sent) ++touches_[c.lead.value];
  }
  for (const auto& h : c.handoffs)
    if (handoffs_.insert({c.lead.value, h.episode}).second) ++day(h.since).handoffs;
}

void ledger::counted(const report_row& line) {
  ++report_.counts[{line.what, line.reason}];
  auto& on = day(line.at);
  if (line.what == "suppressed" || line.what == "takeover" || line.what == "skipped" || line.what == "blocked")
    ++on.decisions[line.what];
  if (line.what == "suppressed") ++on.suppressed[line.reason];
  if (line.what == "held") ++on.pauses["awaiting_approval"];
  if (line.what == "paused") ++on.pauses[line.reason];
  if (line.what == "waited") ++on.waits[std::string(api::gate_of_wait(line.reason))];
}

void ledger::finished(const finish_request& f) {
  const auto found = planned_.find(f.id.value);
  if (found == planned_.end() || f.result != send_result::accepted) return;
  const auto& p = found->second;
  ++day(f.now).sends[p.account.value];
  ++day(f.now).channels[std::string(to_string(p.on))];
  received_message m;
  m.person = p.to;
  m.campaign = p.campaign.value;
  m.step = p.step.value;
  m.on = p.on;
  m.landing_page = pages_[p.campaign];
  m.ref = {f.provider_id, f.message_id, {}, f.id.value, {}};
  m.at = f.now;
  arrived_(m);
}

result<void> ledger::close(store_reader& reader, const policy& policy, time_point now) {
  const auto& ws = policy.workspace;
  std::map<lead_id, std::vector<campaign_id>> runs_of;
  page p{page_size, {}};
  for (;;) {
    auto rows = reader.runs(ws, {}, p);
    if (!rows) return tl::unexpected<store_error>(rows.error());
    for (const auto& [workspace, lead, run] : rows->items) {
      runs_of[lead].push_back(run.campaign);
      const auto& why = !run.reason.empty() ? run.reason : run.waiting_at;
      auto& s = report_.standings[{std::string(to_string(run.status)), why}];
      if (s.runs++ == 0) s.example = name_of(lead);
    }
    if (rows->next.empty()) break;
    p.after = rows->next;
  }
  if (auto counted = count_bands(reader, policy, runs_of, now); !counted) return counted;
  report_.leads = runs_of.size();
  const auto alerts = reader.alerts(ws, {alerts_shown, {}});
  if (!alerts) return tl::unexpected<store_error>(alerts.error());
  for (const auto& a : alerts->items)
    if (a.at >= report_.start)
      report_.notes.push_back(to_iso(a.at) + " " + a.what + " of " + a.subject + ": " + a.detail);
  count_backlog();
  return {};
}

/// A lead is in the band of its hottest run.
result<void> ledger::count_bands(store_reader& reader, const policy& policy,
                                 const std::map<lead_id, std::vector<campaign_id>>& runs_of, time_point now) {
  std::vector<lead_id> ids;
  const auto count = [&]() -> result<void> {
    const auto rows = reader.leads(ids);
    if (!rows) return tl::unexpected<store_error>(rows.error());
    for (const auto& row : *rows) {
      const auto state = codec::decode_lead_state(row.snapshot);
      if (!state) return tl::unexpected<store_error>(state.error());
      std::int32_t score = 0;
      for (const auto& id : runs_of.at(row.lead)) {
        const auto* c = policy.find_campaign(id);
        const auto& profile = c ? c->profile : policy.defaults.default_profile;
        score = std::max(score, score_of(*state, profile, policy.defaults, now).points);
      }
      const auto found = touches_.find(row.lead.value);
      ++report_.touches_by_band[band_name(score, policy.defaults.default_profile)]
                               [found == touches_.end() ? 0 : found->second];
    }
    ids.clear();
    return {};
  };
  for (const auto& [lead, campaigns] : runs_of) {
    ids.push_back(lead);
    if (ids.size() < page_size) continue;
    if (auto done = count(); !done) return done;
  }
  return count();
}

void ledger::count_backlog() {
  if (report_.handoffs_per_day == 0) return;
  std::uint64_t waiting = 0;
  for (auto& [date, each] : report_.days) {
    waiting += each.handoffs;
    waiting -= std::min<std::uint64_t>(waiting, report_.handoffs_per_day);
    each.backlog = waiting;
  }
}

}  // namespace heed::forecast
