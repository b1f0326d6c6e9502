#include <poll.h>

#include <map>
#include <random>

#include "tests/support/world.hpp"

#define CAF_SUITE crash
#include <caf/test/dsl.hpp>

using namespace heed::test;

/// 2,000 leads through 3 steps against a provider that counts, while the node is killed again and again. What must hold
/// depends only on what the provider can be asked (RULES, Demo, tests, tools).
namespace {

constexpr std::size_t leads = 2'000;
constexpr std::size_t steps = 3;
constexpr int kills = 20;
constexpr unsigned connections = 16;

nlohmann::json campaign(const std::string& channel) {
  nlohmann::json sequence = nlohmann::json::array();
  for (std::size_t i = 0; i < steps; ++i)
    sequence.push_back({{"id", "s" + std::to_string(i + 1)}, {"channel", channel}, {"template", "t" + std::to_string(i)}, {"delay", "0s"}});
  nlohmann::json templates;
  for (std::size_t i = 0; i < steps; ++i) {
    nlohmann::json t{{"body", "Hello {firstName}, word " + std::to_string(i)}};
    if (channel == "email") t["subject"] = "Word " + std::to_string(i) + " for {firstName}";
    templates["t" + std::to_string(i)] = t;
  }
  return {{"name", "Crash"}, {"intent", "end_user"}, {"enabled", true}, {"attribution", {{"landing_page", "https://example.com/c"}}},
          {"sequence", sequence}, {"templates", templates}};
}

std::string phone(std::size_t i) {
  auto digits = std::to_string(i);
  return "+1555" + std::string(7 - digits.size(), '0') + digits;
}

/// Real accounts write to nobody who is not on the list, so every lead of this test is.
std::string allowed() {
  std::string out = "allow_recipients: [example.com";
  for (std::size_t i = 0; i < leads; ++i) out += ", \"" + phone(i) + "\"";
  return out + "]\n";
}

nlohmann::json lead(std::size_t i, const std::string& channel) {
  nlohmann::json body{{"email", "lead-" + std::to_string(i) + "@example.com"}, {"phone", phone(i)},
                      {"fields", {{"firstName", "Lead" + std::to_string(i)}}}, {"campaign_id", "crash"},
                      {"landing_page", "https://example.com/c"}, {"time_zone", zone_at_noon()}};
  body["consent"][channel] = {{"status", "granted"}, {"source", "contract"}};
  return body;
}

struct tally {
  std::size_t touches = 0, twice = 0;
};

tally count_accepted(world& w) {
  std::map<std::string, int> per_touch;
  for (const auto& m : w.provider().messages()) ++per_touch[m.what.to + "/" + m.what.text];
  tally t;
  for (const auto& [touch, n] : per_touch) {
    ++t.touches;
    if (n > 1) ++t.twice;
  }
  return t;
}

std::uint64_t runs_in(client& api, const std::string& status) {
  auto answer = api.get("/v1/workspaces/acme/runs?limit=1&status=" + status).json();
  return answer.is_object() && answer.contains("counts") ? answer["counts"].value(status, std::uint64_t{0}) : 0;
}

struct profile {
  std::string name, provider, channel;
  behaviour provider_behaves;
  bool may_stay_unknown = false;
};

void run_profile(const profile& p, std::uint64_t seed) {
  CAF_MESSAGE(p.name << ", seed " << seed);
  std::mt19937_64 chance(seed);
  world_options o;
  o.provider = p.provider;
  o.provider_behaves = p.provider_behaves;
  o.provider_behaves.latency = std::chrono::milliseconds(15);
  o.connections = connections;
  o.yaml = allowed();
  world w(HEED_BINARY, o);
  w.start();
  {
    auto api = w.api();
    auto made = api.put("/v1/workspaces/acme/campaigns/crash", campaign(p.channel));
    CAF_REQUIRE_EQUAL(made.status / 100, 2);
  }
  int done_kills = 0;
  std::atomic<std::size_t> refused{0};
  // Leads come in while the node dies; a caller that got no answer asks again with the same Idempotency-Key.
  std::jthread feeding([&] {
    in_parallel(w, leads, 4, [&](client& api, std::size_t i) {
      for (;;) {
        auto answer = api.post("/v1/workspaces/acme/leads", lead(i, p.channel), {"Idempotency-Key: lead-" + std::to_string(i)});
        if (answer.status / 100 == 2) return;
        if (answer.status / 100 == 4 && answer.status != 429) {
          ++refused;
          return;
        }
        poll(nullptr, 0, 10);
      }
    });
  });
  for (; done_kills < kills; ++done_kills) {
    poll(nullptr, 0, static_cast<int>(50 + chance() % 450));
    w.kill_now();
    w.start();
  }
  feeding.join();
  CAF_REQUIRE_EQUAL(refused.load(), 0u);
  auto api = w.api();
  auto admin = w.admin();
  auto unknown = [&] { return admin.get("/admin/counts").json().value("effects_unknown", std::uint64_t{0}); };
  bool finished = eventually([&] { return runs_in(api, "done") + (p.may_stay_unknown ? unknown() : 0) >= leads; }, std::chrono::seconds(120));
  auto t = count_accepted(w);
  auto open = unknown();
  CAF_MESSAGE("runs done " << runs_in(api, "done") << ", touches accepted " << t.touches << " of " << leads * steps << ", twice " << t.twice
                           << ", unknown " << open << ", kills " << done_kills);
  CAF_CHECK(finished);
  CAF_CHECK_EQUAL(t.twice, 0u);
  if (!p.may_stay_unknown) {
    CAF_CHECK_EQUAL(t.touches, leads * steps);
    CAF_CHECK_EQUAL(open, 0u);
  } else {
    CAF_CHECK(open <= static_cast<std::uint64_t>(kills) * connections);
  }
  CAF_CHECK(w.stop().has_value());
  auto verified = w.heed({"verify"});
  CAF_MESSAGE(verified.out);
  CAF_CHECK_EQUAL(verified.exit_code, 0);
  auto replayed = w.heed({"replay", "--all"});
  CAF_MESSAGE(replayed.out.substr(replayed.out.size() > 300 ? replayed.out.size() - 300 : 0));
  CAF_CHECK_EQUAL(replayed.exit_code, 0);
}

std::uint64_t seed() {
  if (auto* given = std::getenv("HEED_SEED")) return std::strtoull(given, nullptr, 10);
  return 20261116;
}

}  // namespace

CAF_TEST(SS-15 crash against a provider that honours the idempotency key - none twice and none missing) {
  run_profile({"honours Idempotency-Key", "resend", "email", {}, false}, seed());
}

CAF_TEST(SS-15 crash against a provider with look-up only - none twice and none missing) {
  behaviour b;
  b.honour_idempotency = false;
  run_profile({"look-up only", "twilio", "sms", b, false}, seed() + 1);
}

CAF_TEST(SS-15 crash against a provider with neither - none twice and each missing one listed unknown) {
  behaviour b;
  b.honour_idempotency = false;
  b.look_up = false;
  run_profile({"neither", "twilio", "sms", b, true}, seed() + 2);
}
