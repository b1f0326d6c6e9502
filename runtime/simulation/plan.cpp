#include <nlohmann/json.hpp>
#include <stdexcept>

#include "actors/campaign/campaign_json.hpp"
#include "runtime/simulation/world.hpp"
#include "runtime/zones.hpp"

/// What is drawn of a seed before its first step: the whole configuration, so that rare combinations come up.
namespace heed::simulation {
namespace {

using namespace std::chrono_literals;

/// The eves of the days on which clocks change in the simulated zones, and an ordinary Monday.
const std::vector<std::string> starts{"2026-03-06T13:00:00Z", "2026-03-27T08:00:00Z", "2026-06-15T07:00:00Z",
                                      "2026-10-02T21:00:00Z", "2026-10-23T08:00:00Z", "2026-10-30T12:00:00Z"};
const std::vector<std::string> zones{"UTC", "Europe/Berlin", "America/New_York", "Australia/Sydney",
                                     "Asia/Kolkata"};

/// A fault is in half of the seeds, at a rate of its own.
std::uint64_t rate(dice& rolls, std::uint64_t most) { return rolls.chance(500) ? 1 + rolls.below(most) : 0; }

void draw_faults(dice& rolls, seed_plan& p) {
  p.store.retry = rate(rolls, 50);
  p.store.refused = rolls.chance(100) ? 1 + rolls.below(5) : 0;
  p.store.unknown_done = rate(rolls, 4);
  p.store.unknown_not_done = rate(rolls, 4);
  p.store.crash_before = rate(rolls, 8);
  p.store.crash_after = rate(rolls, 8);
  p.store.slow = rate(rolls, 60);
  p.providers.accepted_no_answer = rate(rolls, 200);
  p.providers.lost = rate(rolls, 150);
  p.providers.not_connected = rate(rolls, 100);
  p.providers.too_many = rate(rolls, 100);
  p.providers.error_accepted = rate(rolls, 100);
  p.providers.error = rate(rolls, 100);
  p.providers.refused_final = rate(rolls, 30);
  p.providers.credentials = rolls.chance(100) ? 1 + rolls.below(20) : 0;
  p.providers.late = rate(rolls, 100);
  p.providers.outage = rate(rolls, 20);
  p.crash = rate(rolls, 10);
  p.clock_set = rate(rolls, 6);
  p.creep = rate(rolls, 400);
  p.stall = rate(rolls, 200);
  p.pause = rate(rolls, 10);
  p.actor_crash = rate(rolls, 20);
  p.poison = rolls.chance(200) ? 1 + rolls.below(60) : 0;
}

nlohmann::json step_of(dice& rolls, const std::string& id, std::size_t at) {
  static const std::vector<std::string> delays{"0s", "20m", "2h", "9h", "1d", "1bd"};
  const bool sms = at > 0 && rolls.chance(400);
  nlohmann::json s{{"id", id},
                   {"channel", sms ? "sms" : "email"},
                   {"template", sms       ? "short"
                                : at == 0 ? "first"
                                          : "next"},
                   {"delay", at == 0 ? "0s" : rolls.pick(delays)},
                   {"essential", rolls.chance(700)}};
  if (at > 0 && rolls.chance(80)) s["requires_approval"] = true;
  return s;
}

nlohmann::json campaign_document(dice& rolls, const std::string& name) {
  auto steps = nlohmann::json::array();
  const std::vector<std::string> ids{"hello", "reminder", "details", "farewell"};
  for (std::size_t i = 0, n = 2 + rolls.below(3); i < n; ++i)
    steps.push_back(step_of(rolls, ids[i], i));
  return {{"name", name},
          {"intent", "end_user"},
          {"enabled", true},
          {"attribution", {{"landing_page", "https://example.com/" + name}}},
          {"sequence", steps},
          {"templates",
           {{"first",
             {{"subject", "Hello {firstName}"}, {"body", "Hello {firstName}, this is about " + name + "."}}},
            {"next", {{"body", "Once more about " + name + ", {firstName}."}}},
            {"short", {{"body", "A short question about " + name + " for you, {firstName}."}}}}}};
}

/// Answers are drafted from texts or by a model, and may leave by themselves.
void draw_answers(dice& rolls, policy& p) {
  auto& d = p.defaults.drafts;
  d.templates = {{"any", "Hello {firstName}, thank you for your answer."}};
  d.revision_disabled = rolls.chance(300);
  d.validate_immediate_send = rolls.chance(700);
  if (rolls.chance(700)) {
    account model;
    model.id = account_id{"model"};
    model.provider = "openai";
    p.accounts.emplace(model.id, model);
    d.model = model.id.value;
    d.learnings = {{"short", "Short answers win."}};
  }
  for (auto& [id, c] : p.campaigns) {
    if (rolls.chance(700)) c.response_mode = draft::response_mode::ai_auto_send;
    if (rolls.chance(300)) c.auto_send_delay.reset();
    else if (rolls.chance(300)) c.auto_send_delay = draft::delay_window::of(std::chrono::hours(1), std::chrono::hours(5));
  }
}

account real_account(const std::string& id, channel on, const std::string& provider, dice& rolls) {
  account a;
  a.id = account_id{id};
  a.on = on;
  a.provider = provider;
  a.from = on == channel::email ? "mia@" + id + ".example" : "+15005550006";
  a.max_per_day = rolls.chance(500) ? 50u : static_cast<std::uint32_t>(1 + rolls.below(6));
  a.max_per_second = rolls.chance(500) ? 0u : 1u;
  // Of an account without bounds leads take their places themselves.
  if (rolls.chance(333)) a.max_per_day = a.max_per_second = 0;
  return a;
}

}  // namespace

const std::shared_ptr<const zone_table>& simulated_zones() {
  static const std::shared_ptr<const zone_table> few = [] {
    const auto all = load_zones();
    auto table = std::make_shared<zone_table>();
    table->version = "simulated";
    for (const auto& name : zones)
      table->zones.emplace(name, all->find(name));
    return table;
  }();
  return few;
}

std::shared_ptr<const zone_table> zones_without_offsets() {
  auto table = std::make_shared<zone_table>(*simulated_zones());
  for (auto& [name, rules] : table->zones) {
    rules = utc_zone();
    rules.name = name;
  }
  return table;
}

seed_plan draw_plan(dice& rolls, const seed_options& o) {
  seed_plan p;
  p.start = parse_iso(rolls.pick(starts)).value();
  p.zone = rolls.pick(zones);
  p.horizon = rolls.between(duration(24h), duration(84h));
  p.people = 2 + rolls.below(6);
  p.happenings = p.people * (2 + rolls.below(6));
  p.doings = rolls.below(14);
  p.bad_moments = rate(rolls, 500);
  p.at_once = rolls.chance(300);
  draw_faults(rolls, p);
  if (!o.faults) {
    p.store = {};
    p.providers = {};
    p.crash = p.actor_crash = p.clock_set = p.creep = p.stall = p.pause = p.poison = 0;
  }
  auto& n = p.node;
  n.regions = 1 + rolls.below(2);
  n.residency.resident_limit = rolls.chance(300) ? 2 : 1000;
  n.residency.idle_after = 40min;
  n.residency.sweep_every = 30min;
  n.timers.window = 2h;
  n.timers.refill_every = 15min;
  n.notifier.look_every = 20min;
  n.providers.slots = 1 + rolls.below(4);
  n.providers.look_again = 5min;
  n.writer.retries = 20;
  n.most_undecided = rolls.chance(200) ? 3 + static_cast<std::int64_t>(rolls.below(10)) : 5'000;
  return p;
}

policy draw_policy(dice& rolls, const seed_plan& plan, const std::shared_ptr<const zone_table>& table) {
  policy p;
  p.workspace = home;
  p.revision = 1;
  p.zones = table;
  p.public_url = "https://heed.example";
  auto& d = p.defaults;
  d.name = "Acme";
  d.time_zone = plan.zone;
  d.sender_name = "Mia";
  d.company_name = "Acme";
  d.postal_address = "1 Example Street, Springfield";
  d.handoff.to = {"team@acme.example"};
  if (rolls.chance(300)) d.hours = business_hours{0x1f, 9 * 60, 17 * 60, {}};
  for (const auto* name : {"spring", "autumn"}) {
    auto c = campaign_from_json(campaign_document(rolls, name), campaign_id{name});
    if (!c)
      throw std::runtime_error("simulated campaign: " + c.error().front().field + " " +
                               c.error().front().detail);
    if (rolls.chance(300)) c->timing_window = rolls.between(1h, 48h);
    p.campaigns.emplace(campaign_id{name}, std::move(*c));
  }
  const auto add = [&](account a) { p.accounts.emplace(a.id, std::move(a)); };
  add(real_account("mail-a", channel::email, rolls.chance(500) ? "resend" : "smtp", rolls));
  if (rolls.chance(500))
    add(real_account("mail-b", channel::email, rolls.chance(500) ? "resend" : "smtp", rolls));
  add(real_account("text-a", channel::sms, "twilio", rolls));
  if (rolls.chance(500)) draw_answers(rolls, p);
  return p;
}

outbound::sending_account sending_account_of(const account& a) {
  outbound::sending_account s;
  s.workspace = home;
  s.public_part = a;
  s.base_url = (a.provider == "smtp" ? "smtp://" : "https://") + a.id.value + ".sim.example" +
               (a.provider == "smtp" ? ":25" : "");
  s.secrets = {{"api_key", "re_simulated"},
               {"username", "simulated"},
               {"password", "simulated"},
               {"account_sid", "AC_simulated"},
               {"auth_token", "simulated"}};
  s.options["model"] = "simulated";
  s.options["status_callback_url"] = "https://heed.example/hooks";
  return s;
}

}  // namespace heed::simulation
