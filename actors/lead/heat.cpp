#include <algorithm>

#include "actors/lead/deliberation.hpp"

namespace heed {

namespace {

struct heat { intent_score score; intent_profile profile; };

/// The profile under which the lead is hot; each live run's own counts, the workspace's where no run lives.
std::optional<heat> hottest(const deliberation& d) {
  std::vector<intent_profile> profiles;
  for (const auto& r : d.lead().runs)
    if (auto* c = d.rules.find_campaign(r.campaign); c && !is_final(r.status)) profiles.push_back(c->profile);
  if (profiles.empty()) profiles.push_back(d.defaults().default_profile);
  for (auto& profile : profiles) {
    auto score = score_of(d.lead(), profile, d.defaults(), d.now());
    if (score.points >= profile.threshold) return heat{std::move(score), std::move(profile)};
  }
  return std::nullopt;
}

void promote(deliberation& d) {
  auto found = hottest(d);
  if (!found) return;
  promoted f{found->score.points, found->profile.threshold, found->profile.name, {}, found->score.with_reply};
  for (auto& part : found->score.parts) f.signals.insert(f.signals.end(), part.signals.begin(), part.signals.end());
  std::ranges::sort(f.signals);
  f.signals.erase(std::unique(f.signals.begin(), f.signals.end()), f.signals.end());
  d.conclude(std::move(f));
}

bool heat_contains_reply(const deliberation& d) {
  return std::ranges::any_of(d.lead().signals, [&](const intent_signal& s) {
    return s.kind == signal_kind::reply && !s.machine && s.at > d.now() - d.defaults().signal_life;
  });
}

/// RULES, Heat: what a hot lead means for its runs. Tested whenever score or cursor changed.
void brake(deliberation& d) {
  std::vector<campaign_id> past_first, at_first;
  for (const auto& r : d.lead().runs)
    if (!is_final(r.status)) (r.cursor >= 1 ? past_first : at_first).push_back(r.campaign);
  for (const auto& c : past_first) end_run(d, c, run_status::suppressed, "suppressed_hot");
  if (past_first.empty() && !heat_contains_reply(d)) return;
  hand_off(d, "hot", "heat");
}

/// A higher band spaces the pending step out from its own anchor, only ever later (SS-48).
void space_out(deliberation& d) {
  std::vector<campaign_id> live;
  for (const auto& r : d.lead().runs)
    if (!is_final(r.status) && !r.touch && r.next_at && *r.next_at > d.now()) live.push_back(r.campaign);
  for (const auto& id : live) {
    const run& r = *d.lead().find_run(id);
    auto* c = d.rules.find_campaign(id);
    if (!c || !current_step(d, r)) continue;
    if (band_of(campaign_score(d, r).points, c->profile) > r.band) schedule_current_step(d, id, r.anchor);
  }
}

}  // namespace

intent_score campaign_score(const deliberation& d, const run& r) {
  auto* c = d.rules.find_campaign(r.campaign);
  return score_of(d.lead(), c ? c->profile : d.defaults().default_profile, d.defaults(), d.now());
}

void weigh_heat(deliberation& d) {
  if (!d.lead().hot) promote(d);
  if (d.lead().hot) brake(d);
  space_out(d);
}

}  // namespace heed
