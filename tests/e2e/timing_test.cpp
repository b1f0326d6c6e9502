#include <set>

#include "tests/support/openapi_check.hpp"
#include "tests/support/safe_world.hpp"

#define CAF_SUITE timing
#include <caf/test/dsl.hpp>

using namespace heed::test;
using nlohmann::json;
using std::chrono::seconds;

/// When a running node speaks, what it has learned of it, and what the switches leave of that.
namespace {

constexpr int people = 12;

using instant = std::chrono::system_clock::time_point;
using std::chrono::hours;

/// A zone in which it is about two in the morning now: whatever is the best minute there, it is hours away.
std::string zone_at_night() {
  const auto hour = std::chrono::duration_cast<hours>(std::chrono::system_clock::now().time_since_epoch()).count() % 24;
  const auto ahead = (2 - hour + 36) % 24 - 12;
  // Etc/GMT-3 is three hours ahead of UTC.
  return ahead == 0 ? "Etc/GMT" : "Etc/GMT" + std::string(ahead > 0 ? "-" : "+") + std::to_string(std::abs(ahead));
}

std::string at(instant t) {
  const auto day = std::chrono::floor<std::chrono::days>(t);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{std::chrono::floor<seconds>(t - day)};
  char out[32];
  std::snprintf(out, sizeof out, "%04d-%02u-%02uT%02d:%02d:%02dZ", int(date.year()), unsigned(date.month()), unsigned(date.day()),
                int(time.hours().count()), int(time.minutes().count()), int(time.seconds().count()));
  return out;
}

/// An installation with a campaign that waits for its people's minute, and one that does not.
struct place {
  world w{HEED_BINARY, [] {
            world_options o;
            o.provider = "sandbox";
            // The same person is in both.
            o.workspace_yaml = "    lead_gap: 0s\n";
            return o;
          }()};
  std::unique_ptr<client> api;
  const std::string zone = zone_at_night();

  place() {
    start();
    auto timed = two_steps();
    timed["timing_window"] = "24h";
    put("/campaigns/timed", timed);
    put("/campaigns/live", two_steps());
  }
  void start() {
    w.start();
    api = std::make_unique<client>(w.api());
  }
  void put(const std::string& path, const json& body) {
    const auto a = api->put(acme + path, body);
    if (a.status / 100 != 2) CAF_ERROR(a.body);
  }
  /// Sets one setting of a group, like timing.priors.
  void set(const std::string& group, const std::string& name, const json& value) {
    auto s = api->get(acme + "/settings").json().at("settings");
    s[group][name] = value;
    put("/settings", s);
  }
  json asked(const std::string& method, const std::string& path, const json& body = {}) {
    const auto a = method == "get" ? api->get(acme + path) : api->post(acme + path, body);
    const openapi_check documented(api->get("/openapi.json").json());
    for (const auto& p : documented.problems(method, acme + path, a.status, a.header("content-type"), a.body)) CAF_ERROR(p);
    return a.json();
  }
  std::string meets(const std::string& name, bool enrolled_nowhere = true) {
    auto body = person(name, "timed");
    body["time_zone"] = zone;
    if (enrolled_nowhere) body.erase("campaign_id");
    const auto a = api->post(acme + "/leads", body);
    if (a.status / 100 != 2) CAF_ERROR(a.body);
    return a.json().at("lead_id");
  }
  std::string enrols(const std::string& name) { return meets(name, false); }
  /// The lead's minute in the timed campaign.
  json minute(const std::string& lead) {
    json found;
    const auto waits = [&] {
      const auto all = asked("get", "/leads/" + lead).at("timing").at("minutes");
      for (const auto& m : all)
        if (m.at("run") == "timed") found = m;
      return !found.is_null();
    };
    CAF_CHECK(eventually(waits, seconds(10)));
    return found;
  }
  json enrolled_minute(const std::string& name) { return minute(enrols(name)); }
  json curve(const std::string& lead) { return asked("post", "/timing/curve", {{"lead", lead}, {"resolution", "minute"}}); }
  /// Opens at about that time of the day on as many days before this one.
  void opens(const std::string& name, instant time, int days) {
    for (int day = 1; day <= days; ++day) {
      const json e{{"id", name + at(time) + std::to_string(day)}, {"kind", "message_opened"}, {"mode", "backfill"}, {"channel", "email"},
                   {"occurred_at", at(time - std::chrono::days(day) + std::chrono::minutes(day % 7))},
                   {"lead", {{"email", name + "@example.com"}}}};
      const auto a = api->post(acme + "/events", e);
      if (a.status / 100 != 2) CAF_ERROR(a.body);
    }
  }
  bool has_learned(const std::string& lead, const std::string& version) {
    return eventually([&] { return curve(lead).at("feature_version").get<std::string>().ends_with("." + version); }, seconds(20));
  }
  void check_sound() {
    for (const auto& words : {std::vector<std::string>{"verify"}, std::vector<std::string>{"replay", "--all"}}) {
      const auto told = w.heed(words);
      if (told.exit_code != 0) CAF_ERROR(told.out);
    }
  }
};

/// An hour of today or tomorrow.
instant in_hours(int n) { return std::chrono::floor<hours>(std::chrono::system_clock::now()) + hours(n); }

std::string name_of(int i) { return "p" + std::to_string(i); }

}  // namespace

CAF_TEST(SF-52 SF-16 SF-17 what an installation has learned goes into another and decides the same there) {
  place here;
  const auto habit = in_hours(9);
  std::string known_here;
  for (int i = 0; i < people; ++i) {
    known_here = here.meets(name_of(i));
    here.opens(name_of(i), habit, 30);
  }
  CAF_REQUIRE(eventually([&] { return here.curve(known_here).at("engagements") == 30; }, seconds(20)));
  // People are learned from when a node starts, and once a day.
  CAF_CHECK(here.w.stop() == 0);
  here.start();
  CAF_REQUIRE(here.has_learned(known_here, "1"));
  const auto file = here.w.heed({"timing", "export", "--workspace", "acme"});
  CAF_REQUIRE_EQUAL(file.exit_code, 0);

  place there;
  const auto known_there = there.meets(name_of(people - 1));
  const auto before = there.curve(known_there);
  CAF_CHECK_EQUAL(before.at("engagements"), json(0));
  const auto path = there.w.directory().write("learned.jsonl", file.out);
  const std::vector<std::string> import{"timing", "import", "--workspace", "acme", "--file", path};
  CAF_CHECK(there.w.stop() == 0);
  const auto broken = there.w.heed({"timing", "import", "--workspace", "acme", "--file", there.w.directory().write("broken.jsonl", file.out + "{\"person\":[]}\n")});
  CAF_CHECK_EQUAL(broken.exit_code, 2);
  CAF_CHECK(broken.out.find("line " + std::to_string(people + 2)) != std::string::npos);
  const auto taken = there.w.heed(import);
  CAF_REQUIRE_EQUAL(taken.exit_code, 0);
  const auto again = there.w.heed(import);
  CAF_CHECK(again.out.find("priors as they were") != std::string::npos);
  CAF_CHECK(again.out.find("0 people; 1 known before") != std::string::npos);
  there.start();
  CAF_REQUIRE(there.has_learned(known_there, "1"));
  CAF_REQUIRE(eventually([&] { return there.curve(known_there).at("engagements") == 30; }, seconds(20)));

  // Of one minute the curves are the same to the bit.
  json ours, theirs;
  CAF_REQUIRE(eventually([&] {
    ours = here.curve(known_here), theirs = there.curve(known_there);
    return ours.at("as_of") == theirs.at("as_of");
  }, seconds(10)));
  for (auto* each : {&ours, &theirs}) each->erase("lead_id");
  CAF_CHECK(ours == theirs);
  // And so is what is decided by them, of somebody known and of somebody nobody has seen.
  for (const auto& name : {name_of(people - 1), std::string("stranger")}) {
    const auto a = here.enrolled_minute(name), b = there.enrolled_minute(name);
    CAF_CHECK_EQUAL(a.at("target"), b.at("target"));
    CAF_CHECK_EQUAL(a.at("trigger"), b.at("trigger"));
    CAF_CHECK_EQUAL(a.at("target").get<std::string>().substr(0, 15), at(habit).substr(0, 15));
  }
  // Switched off, somebody nobody has seen is met as anybody is.
  const auto stranger = there.meets("another");
  auto source = there.curve(stranger).at("source");
  CAF_CHECK_EQUAL(source, json("workspace"));
  there.set("timing", "priors", false);
  CAF_CHECK(eventually([&] { return there.curve(stranger).at("source") == "global"; }, seconds(10)));
  here.check_sound();
  there.check_sound();
}

CAF_TEST(SF-23 SF-25 SF-55 the latency of an account makes its triggers earlier until that is switched off) {
  place p;
  CAF_CHECK(p.w.stop() == 0);
  // Ninety seconds, for as long as the account is known.
  auto arrivals = json::array();
  const auto now = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  for (std::int64_t i = 1; i <= 48; ++i) {
    const auto sent = now - i * 1'800'000'000;
    arrivals.push_back({"e" + std::to_string(i), "example.com", sent, sent + 90'000'000});
  }
  const auto file = p.w.directory().write("learned.jsonl", json{{"heed_timing_state", 1}, {"engagements", 0}, {"priors", nullptr}}.dump() + "\n" +
                                                               json{{"account", "mail"}, {"arrivals", arrivals}}.dump() + "\n");
  const auto taken = p.w.heed({"timing", "import", "--workspace", "acme", "--file", file});
  CAF_REQUIRE_EQUAL(taken.exit_code, 0);
  p.start();
  const auto shown = p.asked("get", "/accounts/mail/latency");
  auto measured = shown.at("measured");
  CAF_CHECK_EQUAL(measured, json(true));
  CAF_CHECK_EQUAL(shown.at("points").size(), 48u);
  CAF_CHECK(shown.at("estimate_s").get<double>() > 60 && shown.at("estimate_s").get<double>() < 120);
  // An account knows what is stored of it from its first message on.
  (void)enrol(*p.api, "first", "live");
  int n = 0;
  CAF_CHECK(eventually([&] {
    const auto m = p.enrolled_minute("a" + std::to_string(n++));
    return m.at("trigger") != m.at("target");
  }, seconds(10)));
  p.set("timing", "latency", false);
  CAF_CHECK(eventually([&] {
    const auto m = p.enrolled_minute("a" + std::to_string(n++));
    return m.at("trigger") == m.at("target");
  }, seconds(10)));
  p.check_sound();
}

CAF_TEST(SF-28 SF-55 people who want the same minute get one each until their campaign may burst) {
  place p;
  // Nobody is known of: everybody's best minute is the same one.
  std::set<std::string> minutes;
  for (int i = 0; i < people; ++i) minutes.insert(p.enrolled_minute(name_of(i)).at("trigger").get<std::string>().substr(0, 16));
  CAF_CHECK_EQUAL(minutes.size(), std::size_t{people});
  auto burst = two_steps();
  burst["timing_window"] = "24h";
  burst["peak_share_permille"] = 1000;
  p.put("/campaigns/timed", burst);
  minutes.clear();
  for (int i = people; i < 2 * people; ++i) minutes.insert(p.enrolled_minute(name_of(i)).at("trigger").get<std::string>().substr(0, 16));
  CAF_CHECK(minutes.size() <= 2);
  // A start knows from the store which minutes are taken.
  burst["peak_share_permille"] = nullptr;
  p.put("/campaigns/timed", burst);
  p.w.kill_now();
  p.start();
  const auto next = p.enrolled_minute("next").at("trigger").get<std::string>().substr(0, 16);
  CAF_CHECK(!minutes.contains(next));
  p.check_sound();
}

CAF_TEST(SF-31 SF-55 a visit brings what waits forward unless hot paths are switched off) {
  place p;
  p.set("timing", "hot_weight_pct", 1000);
  // In an hour she may be there, in nine she is; a visit makes the hour the better one.
  const auto waits = [&](const std::string& name) {
    const auto lead = p.meets(name);
    p.opens(name, in_hours(1), 20);
    p.opens(name, in_hours(9), 50);
    CAF_CHECK(eventually([&] { return p.curve(lead).at("engagements") == 70; }, seconds(10)));
    CAF_CHECK_EQUAL(p.enrolled_minute(name).at("target").get<std::string>().substr(0, 15), at(in_hours(9)).substr(0, 15));
    return lead;
  };
  const auto visits = [&](const std::string& name) {
    auto visit = event(*p.api, "visit-" + name, "page_viewed", name + "@example.com");
    visit["attributes"] = {{"url", "https://example.com/pricing"}};
    CAF_CHECK_EQUAL(tell(*p.api, visit).status / 100, 2);
  };
  const auto ana = waits("ana"), ben = waits("ben");
  visits("ana");
  CAF_CHECK_EQUAL(p.asked("get", "/leads/" + ana).at("timing").at("hot_paths").size(), 1u);
  CAF_CHECK(p.minute(ana).at("target").get<std::string>() < at(in_hours(3)));
  p.set("timing", "hot_paths", false);
  const auto before = p.minute(ben);
  visits("ben");
  const auto after = p.minute(ben);
  CAF_CHECK_EQUAL(after, before);
  p.check_sound();
}

CAF_TEST(SF-44 SF-55 with identity by guesses off ids of other systems say of nothing whose it is) {
  place p;
  auto body = person("ana", "live");
  body["keys"] = {{"klaviyo", "k_1"}};
  const auto a = p.api->post(acme + "/leads", body);
  CAF_REQUIRE_EQUAL(a.status / 100, 2);
  const std::string lead = a.json().at("lead_id");
  const auto visit = [&](const std::string& id) {
    const json e{{"id", id}, {"kind", "page_viewed"}, {"occurred_at", domain_now(*p.api)}, {"lead", {{"keys", {{"klaviyo", "k_1"}}}}},
                 {"attributes", {{"url", "https://example.com/" + id}}}};
    return tell(*p.api, e);
  };
  CAF_CHECK_EQUAL(visit("on").status / 100, 2);
  p.set("identity", "probabilistic", false);
  (void)visit("off");
  const auto journal = p.api->get(acme + "/leads/" + lead + "/journal?limit=200").body;
  CAF_CHECK(journal.find("example.com/on") != std::string::npos);
  CAF_CHECK(journal.find("example.com/off") == std::string::npos);
}
