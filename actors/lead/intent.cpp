#include "actors/lead/intent.hpp"

#include <algorithm>
#include <map>

namespace heed {

namespace {

using namespace std::chrono_literals;

constexpr auto machine_after_delivery = 10s;
constexpr auto machine_between_links = 1s;
constexpr auto same_form_within = 60s;
constexpr auto rapid_window = 10min;
constexpr std::size_t rapid_count = 3;

using signals = std::vector<const intent_signal*>;

signals in_force(const lead_state& lead, const settings& s, time_point now) {
  signals out;
  for (const auto& x : lead.signals)
    if (x.at > now - s.signal_life) out.push_back(&x);
  // A set has no order; this one makes the parts of a score read alike however the signals arrived.
  std::ranges::sort(out, [](auto* a, auto* b) { return std::tie(a->at, a->source_key) < std::tie(b->at, b->source_key); });
  return out;
}

/// Forms with the same name within a minute of the one before are one submission.
signals distinct_forms(const signals& all) {
  std::map<std::string, time_point> latest;
  signals out;
  for (auto* x : all) {
    if (x->kind != signal_kind::form) continue;
    auto [it, fresh] = latest.try_emplace(x->about, x->at);
    if (!fresh && x->at - it->second <= same_form_within) {
      it->second = x->at;
      // The enrolling form must not vanish behind an accidental double submission before it.
      if (x->enrolling) *std::ranges::find_if(out, [&](auto* y) { return y->about == x->about; }) = x;
      continue;
    }
    it->second = x->at;
    out.push_back(x);
  }
  return out;
}

score_part part(std::string what, std::int32_t each, const signals& from) {
  score_part p{std::move(what), each * static_cast<std::int32_t>(from.size()), {}};
  for (auto* x : from) p.signals.push_back(x->source_key);
  return p;
}

/// Each weighs by what it says (RULES, Replies).
score_part reply_part(std::int32_t each, const signals& replies) {
  auto p = part("reply", 0, replies);
  for (auto* x : replies) p.points += each * (100 - x->less_pct) / 100;
  return p;
}

/// Forms count from the second on, or the first when the lead was enrolled otherwise (RULES, Heat).
signals counting_forms(const lead_state& lead, signals forms) {
  std::erase_if(forms, [](auto* x) { return x->enrolling; });
  bool first_is_free = !lead.enrolled_otherwise &&
                       std::ranges::none_of(lead.signals, [](auto& x) { return x.kind == signal_kind::form && x.enrolling; });
  if (first_is_free && !forms.empty()) forms.erase(forms.begin());
  return forms;
}

std::vector<score_part> rapid_parts(const signals& engaged, std::int32_t points) {
  std::map<std::int64_t, signals> windows;
  for (auto* x : engaged) windows[to_micros(x->at) / duration(rapid_window).count()].push_back(x);
  std::vector<score_part> out;
  for (auto& [window, members] : windows) {
    if (members.size() < rapid_count) continue;
    auto start = from_micros(window * duration(rapid_window).count());
    auto p = part("rapid interaction " + to_iso(start), 0, members);
    p.points = points;
    out.push_back(std::move(p));
  }
  return out;
}

}  // namespace

bool is_machine_click(const intent_signal& click, const lead_state& lead) {
  if (click.machine) return true;
  if (!click.email || click.kind != signal_kind::click) return false;
  for (const auto& d : lead.deliveries)
    if (!click.about.empty() && d.message == click.about && click.at >= d.at && click.at - d.at <= machine_after_delivery)
      return true;
  return std::ranges::any_of(lead.signals, [&](const intent_signal& other) {
    auto apart = other.at > click.at ? other.at - click.at : click.at - other.at;
    return other.kind == signal_kind::click && other.email && other.source_key != click.source_key &&
           !click.about.empty() && other.about == click.about && apart <= machine_between_links;
  });
}

intent_score score_of(const lead_state& lead, const intent_profile& profile, const settings& s, time_point now) {
  auto all = in_force(lead, s, now);
  signals replies, clicks, views;
  for (auto* x : all) {
    if (x->kind == signal_kind::reply && !x->machine) replies.push_back(x);
    if (x->kind == signal_kind::click && !is_machine_click(*x, lead)) clicks.push_back(x);
    if (x->kind == signal_kind::view && !x->machine) views.push_back(x);
  }
  auto forms = distinct_forms(all);
  auto counted = counting_forms(lead, forms);

  intent_score out;
  out.with_reply = !replies.empty();
  auto add = [&](score_part p) {
    if (p.points == 0) return;
    out.points += p.points;
    out.parts.push_back(std::move(p));
  };
  add(reply_part(profile.reply, replies));
  add(part("form resubmission", profile.form, counted));
  add(part("link click", profile.click, clicks));
  add(part("page view", profile.view, views));
  if (profile.rapid > 0) {
    signals engaged = clicks;
    engaged.insert(engaged.end(), views.begin(), views.end());
    engaged.insert(engaged.end(), forms.begin(), forms.end());
    std::ranges::sort(engaged, [](auto* a, auto* b) { return std::tie(a->at, a->source_key) < std::tie(b->at, b->source_key); });
    for (auto& p : rapid_parts(engaged, profile.rapid)) add(std::move(p));
  }
  return out;
}

std::uint8_t band_of(std::int32_t points, const intent_profile& profile) {
  if (points >= profile.band_high) return 2;
  return points >= profile.band_low ? 1 : 0;
}

std::int32_t spacing_of(std::uint8_t band, const intent_profile& profile) {
  if (band >= 2) return profile.spacing_high_pct;
  return band == 1 ? profile.spacing_low_pct : 100;
}

}  // namespace heed
