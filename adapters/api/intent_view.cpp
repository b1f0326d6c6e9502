#include <algorithm>
#include <set>

#include "actors/lead/intent.hpp"
#include "adapters/api/present.hpp"

namespace heed::api {

namespace {

struct judged {
  const intent_profile* profile;
  intent_score score;
  [[nodiscard]] std::int32_t missing() const { return profile->threshold - score.points; }
};

/// Each live run's profile scores the same signals; the one nearest to its threshold is shown, because the
/// lead is hot as soon as any of them is reached.
judged nearest(const lead_state& state, const policy& p, time_point now) {
  const auto& fallback = p.defaults.default_profile;
  judged best{&fallback, score_of(state, fallback, p.defaults, now)};
  bool any = false;
  for (const auto& r : state.runs) {
    const auto* c = is_final(r.status) ? nullptr : p.find_campaign(r.campaign);
    if (!c) continue;
    judged next{&c->profile, score_of(state, c->profile, p.defaults, now)};
    if (!any || next.missing() < best.missing()) best = std::move(next);
    any = true;
  }
  return best;
}

constexpr std::size_t changes_shown = 48;

/// When the score may have changed: with each signal, and when one has lived out its life. The latest ones.
std::vector<time_point> changes_of(const lead_state& state, const settings& s, time_point now) {
  std::set<time_point> all;
  for (const auto& signal : state.signals)
    for (const auto at : {signal.at, signal.at + s.signal_life})
      if (at <= now) all.insert(at);
  std::vector<time_point> out(all.begin(), all.end());
  if (out.size() > changes_shown) out.erase(out.begin(), out.end() - changes_shown);
  return out;
}

/// How interest grew and faded: the score of each moment from what was known of it then.
nlohmann::json over_time(const lead_state& state, const intent_profile& profile, const settings& s, time_point now) {
  auto out = nlohmann::json::array();
  auto then = state;
  for (const auto at : changes_of(state, s, now)) {
    then.signals = state.signals;
    std::erase_if(then.signals, [&](const intent_signal& each) { return each.at > at; });
    const auto score = score_of(then, profile, s, at);
    auto parts = nlohmann::json::array();
    for (const auto& part : score.parts)
      parts.push_back({{"what", part.what}, {"points", part.points}});
    out.push_back({{"at", to_iso(at)}, {"score", score.points}, {"parts", std::move(parts)}});
  }
  return out;
}

}  // namespace

std::int32_t run_score(const lead_state& state, const policy& p, const campaign_id& campaign, time_point now) {
  const auto* c = p.find_campaign(campaign);
  return score_of(state, c ? c->profile : p.defaults.default_profile, p.defaults, now).points;
}

nlohmann::json intent_json(const lead_state& state, const policy& p, time_point now) {
  const auto found = nearest(state, p, now);
  auto signals = nlohmann::json::array();
  for (const auto& part : found.score.parts)
    signals.push_back({{"what", part.what}, {"points", part.points}, {"sources", part.signals}});
  nlohmann::json latch;
  if (state.hot)
    latch = {{"at", to_iso(state.hot->at)},
             {"score", state.hot->score},
             {"threshold", state.hot->threshold},
             {"profile", state.hot->profile}};
  return {{"score", found.score.points},    {"threshold", found.profile->threshold},
          {"profile", found.profile->name}, {"hot", state.hot.has_value()},
          {"promotion", std::move(latch)},  {"signals", std::move(signals)},
          {"over_time", over_time(state, *found.profile, p.defaults, now)}};
}

}  // namespace heed::api
