#include "runtime/forecast/response_model.hpp"

#include <algorithm>
#include <cmath>

namespace heed::forecast {
namespace {

using namespace std::chrono_literals;
using k = reaction_kind;

constexpr std::array<std::string_view, reaction_kinds> names{"delivered", "hard_bounce", "opened", "clicked", "replied",
                                                              "out_of_office", "form", "opted_out", "complained"};

/// Median wait until each kind, in the order of the kinds.
constexpr std::array<duration, reaction_kinds> medians{5s, 20s, 50min, 60min, 5h, 1min, 3h, 2h, 6h};

bool shows_interest(k kind) { return kind == k::clicked || kind == k::replied || kind == k::form; }

response_rates email_rates(double bounce, double open, double click, double reply, double away, double form, double out,
                           double complaint) {
  return {{1.0 - bounce, bounce, open, click, reply, away, form, out, complaint}};
}
/// A phone tells of no opens, nobody is away, and complaints do not exist.
response_rates phone_rates(double bounce, double click, double reply, double form, double out) {
  return {{1.0 - bounce, bounce, 0, click, reply, 0, form, out, 0}};
}

response_model model(std::string name, response_rates email, response_rates phone, double interested) {
  response_model m;
  m.name = std::move(name);
  m.rates = {{channel::email, email}, {channel::sms, phone}, {channel::whatsapp, phone}, {channel::linkedin, phone}};
  m.interested = interested;
  return m;
}

const std::vector<response_model>& built_ins() {
  static const std::vector<response_model> all{
      model("silent", email_rates(0, 0, 0, 0, 0, 0, 0, 0), phone_rates(0, 0, 0, 0, 0), 0.1),
      model("cold", email_rates(0.02, 0.35, 0.02, 0.025, 0.02, 0.003, 0.01, 0.0005), phone_rates(0.02, 0.03, 0.04, 0.003, 0.03), 0.06),
      model("warm", email_rates(0.005, 0.55, 0.12, 0.07, 0.02, 0.04, 0.008, 0.0003), phone_rates(0.01, 0.12, 0.12, 0.03, 0.02), 0.2),
      model("keen", email_rates(0.005, 0.7, 0.3, 0.2, 0.02, 0.12, 0.005, 0.0002), phone_rates(0.01, 0.3, 0.3, 0.1, 0.01), 0.4),
  };
  return all;
}

/// Evenly from 0 to 1, below 1, by what it is about alone. The finalizer is splitmix64's: nearby names give unlike numbers.
double roll(std::uint64_t seed, const std::string& about) {
  std::uint64_t x = stable_hash(about) ^ (seed * 0x9e3779b97f4a7c15ull);
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
  x ^= x >> 31;
  return static_cast<double>(x >> 11) * 0x1.0p-53;
}

/// Exponential with that median; nobody takes longer than ten medians.
duration wait_of(duration median, double u) {
  const auto factor = std::min(-std::log2(1.0 - u), 10.0);
  return std::max(duration{1s}, duration{static_cast<std::int64_t>(static_cast<double>(median.count()) * factor)});
}

double rate_for(const response_model& m, const response_rates& rates, k kind, bool interested) {
  const auto mean = rates[kind];
  if (!shows_interest(kind) || m.interested <= 0 || m.interested >= 1) return mean;
  const auto own = interested ? mean * m.theirs / m.interested : mean * (1 - m.theirs) / (1 - m.interested);
  return std::min(own, 0.95);
}

stimulus_body body_of(k kind, const received_message& to) {
  switch (kind) {
    case k::delivered: return message_delivered{to.ref};
    case k::hard_bounce: return message_bounced{to.ref, to.person, bounce_class::hard, "550"};
    case k::opened: return message_opened{to.ref, false};
    case k::clicked: {
      link_clicked c;
      c.message = to.ref;
      c.url = to.landing_page.empty() ? "https://example.com/" : to.landing_page;
      c.user_agent = "Mozilla/5.0";
      return c;
    }
    case k::replied:
    case k::out_of_office: {
      reply_received r;
      r.message.message_id = "<" + std::string(to_string(kind)) + "-" + to.ref.effect + "@forecast.invalid>";
      r.message.in_reply_to = to.ref.message_id;
      r.automated = kind == k::out_of_office;
      r.text = r.automated ? "I am away." : "Thank you, tell me more.";
      return r;
    }
    case k::form: {
      form_submitted f;
      f.form = "contact";
      f.page = to.landing_page;
      return f;
    }
    case k::opted_out: return unsubscribed{to.ref, to.on == channel::email ? "one_click" : "text"};
    case k::complained: return spam_complaint{to.ref, to.person};
  }
  return message_delivered{to.ref};
}

}  // namespace

std::string_view to_string(reaction_kind kind) { return names[static_cast<std::size_t>(kind)]; }

std::optional<response_model> built_in(std::string_view name) {
  const auto found = std::ranges::find(built_ins(), name, &response_model::name);
  return found == built_ins().end() ? std::nullopt : std::optional(*found);
}

const std::vector<std::string_view>& built_in_names() {
  static const std::vector<std::string_view> all = [] {
    std::vector<std::string_view> out;
    for (const auto& m : built_ins())
      out.push_back(m.name);
    return out;
  }();
  return all;
}

std::vector<reaction> react(const response_model& m, std::uint64_t seed, const received_message& to) {
  const auto found = m.rates.find(to.on);
  const auto rates = found == m.rates.end() ? response_rates{{1.0}} : found->second;
  const bool interested = roll(seed, "nature/" + to.person) < m.interested;
  const auto touch = to.person + "/" + to.campaign + "/" + to.step + "/";
  std::vector<reaction> out;
  const auto add = [&](k kind) {
    const auto about = touch + std::string(to_string(kind));
    out.push_back({to.at + wait_of(medians[static_cast<std::size_t>(kind)], roll(seed, about + "/when")), kind, body_of(kind, to)});
  };
  const auto draws = [&](k kind) { return roll(seed, touch + std::string(to_string(kind))) < rate_for(m, rates, kind, interested); };
  if (draws(k::hard_bounce)) {
    add(k::hard_bounce);
    return out;
  }
  // Whoever gets it gets it: bounces are drawn already.
  add(k::delivered);
  for (const auto kind : {k::opened, k::clicked, k::replied, k::out_of_office, k::form, k::opted_out, k::complained})
    if (draws(kind)) add(kind);
  std::ranges::stable_sort(out, {}, &reaction::at);
  return out;
}

nlohmann::json to_json(const response_model& m) {
  nlohmann::json out{{"name", m.name}, {"interested", m.interested}, {"theirs", m.theirs}, {"channels", nlohmann::json::object()}};
  for (const auto& [on, rates] : m.rates) {
    auto& each = out["channels"][std::string(heed::to_string(on))];
    for (std::size_t i = 0; i < reaction_kinds; ++i)
      each[std::string(names[i])] = rates.of[i];
  }
  return out;
}

}  // namespace heed::forecast
