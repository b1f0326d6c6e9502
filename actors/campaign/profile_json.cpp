#include <algorithm>
#include <array>
#include <cstdio>

#include "actors/campaign/campaign_json.hpp"

/// Profiles and business hours: the parts that campaigns and workspaces share.
namespace heed {
namespace {

using json = nlohmann::json;

constexpr std::array<const char*, 7> day_names{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
constexpr std::int32_t minutes_of_day = 24 * 60;

const std::vector<std::string>& profile_names() {
  static const std::vector<std::string> names{"default", "bench"};
  return names;
}

/// `HH:MM`, up to 24:00; -1 when it is none.
std::int32_t parse_minute(const std::string& text) {
  const auto digit = [&](std::size_t i) {
    return text[i] >= '0' && text[i] <= '9' ? text[i] - '0' : -10'000;
  };
  if (text.size() != 5 || text[2] != ':') return -1;
  const int hours = digit(0) * 10 + digit(1);
  const int minutes = digit(3) * 10 + digit(4);
  if (hours < 0 || minutes < 0 || minutes > 59) return -1;
  const int minute = hours * 60 + minutes;
  return minute <= minutes_of_day ? minute : -1;
}

std::string minute_text(std::int32_t minute) {
  char text[16];
  std::snprintf(text, sizeof text, "%02d:%02d", minute / 60, minute % 60);
  return text;
}

void read_minute(object_reader& in, std::string_view key, std::int32_t& target) {
  const auto text = in.text(key);
  if (!text && in.any(key) == nullptr) in.report(key, "is missing: a local time like 09:00");
  if (!text) return;
  const auto minute = parse_minute(*text);
  if (minute < 0)
    in.report(key, "must be a local time like 09:00, at most 24:00");
  else
    target = minute;
}

std::optional<std::chrono::year_month_day> parse_date(const std::string& text) {
  const auto midnight = parse_iso(text + "T00:00:00Z");
  if (!midnight) return std::nullopt;
  return std::chrono::year_month_day{std::chrono::floor<std::chrono::days>(*midnight)};
}

void read_days(object_reader& in, std::uint8_t& target, problems& out) {
  static const std::vector<std::string> names(day_names.begin(), day_names.end());
  const auto days = in.texts("days");
  for (std::size_t i = 0; i < days.size(); ++i) {
    const auto found = std::find(names.begin(), names.end(), days[i]);
    if (found == names.end())
      out.push_back({pointer_to(in.at("days"), i),
                     "must be mon, tue, wed, thu, fri, sat or sun" + did_you_mean(days[i], names)});
    else
      target = static_cast<std::uint8_t>(target | (1u << (found - names.begin())));
  }
  if (days.empty()) in.report("days", "must name at least one day, like [mon, tue]");
}

}  // namespace

business_hours read_hours(const json& value, const std::string& where, problems& out) {
  object_reader in(value, where, out);
  business_hours hours;
  if (!value.is_object()) return hours;
  read_days(in, hours.days, out);
  read_minute(in, "from", hours.from_minute);
  read_minute(in, "to", hours.to_minute);
  if (hours.from_minute >= hours.to_minute) in.report("to", "must be later than from");
  const auto holidays = in.texts("holidays");
  for (std::size_t i = 0; i < holidays.size(); ++i) {
    if (const auto date = parse_date(holidays[i]))
      hours.holidays.insert(*date);
    else
      out.push_back({pointer_to(in.at("holidays"), i), "must be a date like 2026-12-25"});
  }
  in.finish();
  return hours;
}

json to_json(const business_hours& h) {
  json days = json::array();
  for (std::size_t i = 0; i < day_names.size(); ++i)
    if (((h.days >> i) & 1u) != 0) days.push_back(day_names[i]);
  json holidays = json::array();
  for (const auto& date : h.holidays)
    holidays.push_back(to_iso(std::chrono::sys_days{date}).substr(0, 10));
  return {{"days", std::move(days)},
          {"from", minute_text(h.from_minute)},
          {"to", minute_text(h.to_minute)},
          {"holidays", std::move(holidays)}};
}

const intent_profile* find_profile(std::string_view name) {
  static const intent_profile standard;
  // What measurements are taken with: replies, forms and clicks count, nothing else does.
  static const intent_profile bench = [] {
    intent_profile p;
    p.name = "bench";
    p.view = 0;
    p.rapid = 0;
    return p;
  }();
  return name == standard.name ? &standard : name == bench.name ? &bench : nullptr;
}

intent_profile read_profile(const json& value, const std::string& where, problems& out) {
  if (value.is_string()) {
    const auto& name = value.get_ref<const std::string&>();
    if (const auto* known = find_profile(name)) return *known;
    out.push_back(
        {where, "must be default, bench or an object of its own" + did_you_mean(name, profile_names())});
    return {};
  }
  object_reader in(value, where, out);
  intent_profile p;
  constexpr std::int64_t least = -1'000, most = 1'000;  // the rules proper are in check_profile, with reasons
  p.name = in.text("name").value_or("custom");
  in.read("threshold", p.threshold, least, most);
  if (const auto* weights = in.object("weights")) {
    object_reader w(*weights, in.at("weights"), out);
    w.read("reply", p.reply, least, most);
    w.read("form", p.form, least, most);
    w.read("click", p.click, least, most);
    w.read("view", p.view, least, most);
    w.read("rapid", p.rapid, least, most);
    w.finish();
  }
  if (const auto* bands = in.object("bands")) {
    object_reader b(*bands, in.at("bands"), out);
    b.read("low", p.band_low, least, most);
    b.read("high", p.band_high, least, most);
    b.read("spacing_low_pct", p.spacing_low_pct, least, most);
    b.read("spacing_high_pct", p.spacing_high_pct, least, most);
    b.finish();
  }
  in.finish();
  return p;
}

json to_json(const intent_profile& p) {
  return {{"name", p.name},
          {"threshold", p.threshold},
          {"weights",
           {{"reply", p.reply}, {"form", p.form}, {"click", p.click}, {"view", p.view}, {"rapid", p.rapid}}},
          {"bands",
           {{"low", p.band_low},
            {"high", p.band_high},
            {"spacing_low_pct", p.spacing_low_pct},
            {"spacing_high_pct", p.spacing_high_pct}}}};
}

void check_profile(const intent_profile& p, const std::string& where, problems& out) {
  const auto weights = pointer_to(where, "weights");
  const auto bands = pointer_to(where, "bands");
  if (p.threshold < 5 || p.threshold > 40)
    out.push_back({pointer_to(where, "threshold"), "must be from 5 to 40"});
  const std::pair<const char*, std::int32_t> all[] = {
      {"reply", p.reply}, {"form", p.form}, {"click", p.click}, {"view", p.view}, {"rapid", p.rapid}};
  for (const auto& [name, weight] : all)
    if (weight < 0)
      out.push_back({pointer_to(weights, name), "must not be negative: evidence never makes a lead colder"});
  if (p.reply + p.form < p.threshold)
    out.push_back({weights,
                   "one reply and one more form must reach the threshold: raise reply or form, or lower the "
                   "threshold"});
  if (p.band_low < 1 || p.band_low >= p.band_high || p.band_high > p.threshold)
    out.push_back({bands, "low must be at least 1 and below high, and high at most the threshold"});
  if (p.spacing_low_pct < 100 || p.spacing_high_pct < p.spacing_low_pct)
    out.push_back({bands,
                   "spacing_low_pct must be at least 100 and spacing_high_pct at least that: intent only "
                   "spaces touches out"});
}

}  // namespace heed
