#include <algorithm>
#include <set>

#include "actors/lead/deliberation.hpp"
#include "actors/lead/timing/week.hpp"

/// Engagement becomes evidence of when a person is there to be spoken to (SF-2, SF-19). It is a set: what arrives late or
/// out of order leaves the same evidence.
namespace heed {

namespace {

void note(deliberation& d, timing::engagement_kind kind, time_point at, bool taken_back) {
  const auto& zone = zone_of(d.lead(), nullptr, d.rules);
  d.conclude(engagement_noted{kind, timing::local_minute_of(zone, at), taken_back});
}

}  // namespace

void engage(deliberation& d, timing::engagement_kind kind) { note(d, kind, d.what.occurred_at, false); }

/// Another installation's evidence is a set like ours: what is known already is not noted again (SF-52).
void on(deliberation& d, const habits_imported& s) {
  const auto known = d.lead().engagements.events();
  const auto told = s.engagements.events();
  std::vector<timing::engagement> news;
  std::ranges::set_difference(told, known, std::back_inserter(news));
  for (const auto& e : news) d.conclude(engagement_noted{e.kind, e.at, false});
}

click_verdicts judge_clicks(const lead_state& lead) {
  click_verdicts out;
  for (const auto& s : lead.signals)
    if (s.kind == signal_kind::click) out[s.source_key] = {s.at, !is_machine_click(s, lead)};
  return out;
}

void engage_by_clicks(deliberation& d, const click_verdicts& before) {
  for (const auto& [key, now] : judge_clicks(d.lead())) {
    const auto known = before.find(key);
    const bool counted = known != before.end() && known->second.by_a_person;
    if (counted != now.by_a_person) note(d, timing::engagement_kind::click, now.at, counted);
  }
}

void note_hot_path(deliberation& d, const std::string& name) {
  if (d.is_backfill()) return;
  const auto timed = [&](const run& r) {
    const auto* c = d.rules.find_campaign(r.campaign);
    return !is_final(r.status) && c && c->timing_window;
  };
  if (std::ranges::any_of(d.lead().runs, timed)) d.conclude(hot_path_noted{name, d.what.occurred_at});
}

}  // namespace heed
