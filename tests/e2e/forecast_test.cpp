#include <fstream>
#include <set>

#include "actors/lead/time.hpp"
#include "runtime/forecast/response_model.hpp"
#include "tests/support/world.hpp"

#define CAF_SUITE forecast
#include <caf/test/dsl.hpp>

using namespace heed::test;
using nlohmann::json;

namespace {

namespace forecast = heed::forecast;

const std::string ws = "/v1/workspaces/acme";
constexpr std::uint64_t seed = 7;
constexpr int days = 8;  ///< enough for everybody under the cap: who gets the last room of a day is a matter of milliseconds

std::size_t number_from(const char* name, std::size_t usual) {
  const char* given = std::getenv(name);
  return given ? std::stoul(given) : usual;
}

json campaign() {
  json c{{"name", "Three steps"}, {"intent", "end_user"}, {"enabled", true}, {"attribution", {{"landing_page", "https://example.com/f"}}}};
  c["sequence"] = {{{"id", "one"}, {"channel", "email"}, {"template", "hello"}, {"delay", "0s"}},
                   {{"id", "two"}, {"channel", "email"}, {"template", "again"}, {"delay", "2d"}},
                   {{"id", "three"}, {"channel", "email"}, {"template", "again"}, {"delay", "3d"}}};
  c["templates"] = {{"hello", {{"subject", "Hello {firstName}"}, {"body", "Hello {firstName}."}}}, {"again", {{"body", "Once more, {firstName}."}}}};
  return c;
}

std::string address(std::size_t i) { return "lead-" + std::to_string(i) + "@example.com"; }

void enrol_all(const world& w, std::size_t n) {
  in_parallel(w, n, 8, [](client& c, std::size_t i) {
    json body{{"id", "enrol-" + std::to_string(i)}, {"email", address(i)}, {"campaign_id", "live"}, {"landing_page", "https://example.com/f"}};
    // Some cannot be written to as the template asks.
    if (i % 50 != 3) body["fields"] = {{"firstName", "L" + std::to_string(i)}};
    body["consent"]["email"] = {{"status", "granted"}, {"source", "contract"}};
    const auto answer = c.post(ws + "/leads", body);
    if (answer.status / 100 != 2) throw std::runtime_error(answer.body);
  });
}

/// A reaction as the event a provider would tell.
json event_of(const forecast::reaction& r, const forecast::received_message& m) {
  using k = forecast::reaction_kind;
  const json ref{{"provider_id", m.ref.provider_id}, {"message_id", m.ref.message_id}, {"effect", m.ref.effect}};
  json e{{"id", std::string(to_string(r.kind)) + "-" + m.ref.effect}, {"occurred_at", heed::to_iso(r.at)},
         {"lead", {{"email", m.person}}}, {"channel", "email"}};
  switch (r.kind) {
    case k::delivered: e["kind"] = "message_delivered", e["message"] = ref; break;
    case k::hard_bounce: e["kind"] = "message_bounced", e["message"] = ref, e["attributes"] = {{"bounce_class", "hard"}}; break;
    case k::opened: e["kind"] = "message_opened", e["message"] = ref; break;
    case k::clicked:
      e["kind"] = "link_clicked", e["message"] = ref;
      e["attributes"] = {{"url", "https://example.com/f"}, {"user_agent", "Mozilla/5.0"}};
      break;
    case k::replied:
    case k::out_of_office:
      e["kind"] = "reply_received";
      e["message"] = {{"message_id", "<" + e["id"].get<std::string>() + "@people.example>"}, {"in_reply_to", m.ref.message_id}, {"text", "Tell me more."}};
      if (r.kind == k::out_of_office) e["message"]["automated"] = true;
      break;
    case k::form: e["kind"] = "form_submitted", e["attributes"] = {{"form", "contact"}, {"page", "https://example.com/f"}}; break;
    case k::opted_out: e["kind"] = "unsubscribed", e["message"] = ref; break;
    case k::complained: e["kind"] = "spam_complaint", e["message"] = ref; break;
  }
  return e;
}

/// The people of the forecast, living with a real node: they read their sandbox mailboxes and answer in the same way.
class people {
 public:
  /// What came before `from` is no part of the forecast, and nobody answers it.
  people(client& api, heed::time_point from) : api_(api), model_(*forecast::built_in("warm")), from_(from) {}

  /// Until domain time has come so far.
  void live_until(heed::time_point end) {
    while (now() < end) {
      read_mail();
      answer();
    }
  }

 private:
  heed::time_point now() { return heed::parse_iso(api_.get("/healthz").header("x-heed-now")).value(); }

  void read_mail() {
    const auto page = api_.get(ws + "/sandbox?limit=200" + (after_.empty() ? "" : "&after=" + after_)).json();
    for (const auto& m : page.at("items")) {
      forecast::received_message r;
      r.person = m.at("to");
      r.campaign = "live";
      const auto step = ++steps_[r.person];
      r.step = step == 1 ? "one" : step == 2 ? "two" : "three";
      r.landing_page = "https://example.com/f";
      r.ref.effect = m.at("effect_id");
      r.ref.provider_id = "sandbox-" + r.ref.effect;
      r.ref.message_id = m.at("message_id");
      r.at = heed::parse_iso(m.at("at").get<std::string>()).value();
      if (r.at >= from_)
        for (const auto& each : forecast::react(model_, seed, r))
          coming_.emplace(each.at, event_of(each, r));
      after_ = std::to_string(m.at("number").get<std::uint64_t>());
    }
  }

  void answer() {
    json batch = json::array();
    const auto at = now();
    while (!coming_.empty() && coming_.begin()->first <= at && batch.size() < 100)
      batch.push_back(coming_.extract(coming_.begin()).mapped());
    if (batch.empty()) return;
    const auto told = api_.post(ws + "/events", batch);
    if (told.status / 100 != 2) throw std::runtime_error(told.body);
  }

  client& api_;
  forecast::response_model model_;
  heed::time_point from_;
  std::string after_;
  std::map<std::string, int> steps_;
  std::multimap<heed::time_point, json> coming_;
};

/// What became of each step of each lead, and when.
using outcomes = std::map<std::string, std::string>;

outcomes lived(const world& w, std::size_t n, const std::string& from) {
  outcomes out;
  std::mutex lock;
  in_parallel(w, n, 8, [&](client& c, std::size_t i) {
    const auto found = c.get(ws + "/leads?q=" + address(i)).json();
    for (const auto& lead : found.at("items")) {
      const std::string id = lead.at("lead_id");
      const auto run = c.get(ws + "/runs/live__" + id).json();
      const std::scoped_lock guard(lock);
      for (const auto& h : run.at("history"))
        if (h.at("at").get<std::string>() >= from) out[id + " " + h.at("step_id").get<std::string>() + " " + h.at("outcome").get<std::string>()] = h.at("at");
    }
  });
  return out;
}

outcomes foreseen(const json& report) {
  outcomes out;
  for (const auto& t : report.at("touches"))
    out[t.at("lead").get<std::string>() + " " + t.at("step").get<std::string>() + " " + t.at("outcome").get<std::string>()] = t.at("at");
  return out;
}

std::map<std::string, int> sends_per_day(const outcomes& all) {
  std::map<std::string, int> out;
  for (const auto& [what, at] : all)
    if (what.ends_with(" sent")) ++out[at.substr(0, 10)];
  return out;
}

}  // namespace

CAF_TEST(a forecast of a stored campaign is what a node then does) {
  const auto n = number_from("HEED_FORECAST_LEADS", 300);
  const auto scale = number_from("HEED_FORECAST_SCALE", 10'000);
  world_options o;
  o.provider = "sandbox";
  o.max_per_day = static_cast<unsigned>(n / 2);
  world w(HEED_BINARY, o);
  w.start();
  auto api = w.api();
  CAF_REQUIRE_EQUAL(api.put(ws + "/campaigns/live", campaign()).status / 100, 2);
  enrol_all(w, n);
  CAF_REQUIRE(w.stop().has_value());

  const auto began = std::chrono::steady_clock::now();
  const auto answer = w.heed({"simulate", "--days", std::to_string(days), "--people", "warm", "--seed", std::to_string(seed), "--format", "json"});
  const auto took = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  CAF_REQUIRE_EQUAL(answer.exit_code, 0);
  const auto report = json::parse(answer.out);
  const auto before = foreseen(report);

  w.configure(static_cast<std::int64_t>(scale));
  w.start();
  const auto instant = [&](const char* name) { return heed::parse_iso(report.at(name).get<std::string>()).value(); };
  people(api, instant("from")).live_until(instant("to"));
  const auto after = lived(w, n, report.at("from"));
  CAF_REQUIRE(w.stop().has_value());

  std::size_t differ = 0;
  const auto list = [&](const outcomes& x, const outcomes& y, const char* where) {
    for (const auto& [what, at] : x)
      if (!y.contains(what)) {
        ++differ;
        CAF_MESSAGE(what << " only " << where << " at " << at);
      }
  };
  list(before, after, "foreseen");
  list(after, before, "lived");
  const auto foreseen_days = sends_per_day(before), lived_days = sends_per_day(after);
  double worst = 0;
  for (const auto& [day, sends] : foreseen_days) {
    const auto found = lived_days.find(day);
    const auto real = found == lived_days.end() ? 0 : found->second;
    CAF_MESSAGE(day << ": foreseen " << sends << ", lived " << real);
    worst = std::max(worst, std::abs(sends - real) / static_cast<double>(std::max(sends, 1)));
  }
  CAF_MESSAGE(n << " leads, " << days << " days: forecast in " << took << " s; " << before.size() << " outcomes foreseen, " << after.size()
                << " lived, " << differ << " differ; worst day " << worst * 100 << " %");
  CAF_CHECK(before.size() > n);
  CAF_CHECK(differ <= before.size() / 50);
}

CAF_TEST(what makes no sense to simulate is told with its place) {
  world_options o;
  o.provider = "sandbox";
  world w(HEED_BINARY, o);
  const auto tells = [&](std::vector<std::string> words, const std::string& field) {
    words.insert(words.begin(), "simulate");
    const auto r = w.heed(words);
    CAF_CHECK_EQUAL(r.exit_code, 1);
    if (r.out.find(field + ": ") == std::string::npos) CAF_ERROR("no word of " << field << ": " << r.out);
  };
  const auto list = w.directory().write("leads.csv", "email,firstName\nana@example.com,Ana\nnobody,Bo\n");
  const auto yaml = w.directory().write("live.json", campaign().dump());
  tells({"--leads", list, "--campaign", "missing"}, "--campaign");
  tells({"--leads", list, "--campaign", yaml}, "line 3, email");
  tells({"--leads", list, "--campaign", yaml, "--people", "angels"}, "--people");
  tells({"--leads", list, "--campaign", yaml, "--start", "tomorrow"}, "--start");
  tells({"--policy", "hot_threshld=18"}, "hot_threshld");
}

CAF_TEST(a list is looked at before anybody is written to and a missing token is found) {
  world_options o;
  o.provider = "sandbox";
  world w(HEED_BINARY, o);
  const auto list = w.directory().write("leads.csv", "email,firstName\nana@example.com,Ana\nbo@example.com,\ncy@example.com,\"Cy, Dr.\"\n");
  const auto file = w.directory().write("live.json", campaign().dump());
  const auto r = w.heed({"simulate", "--leads", list, "--campaign", file, "--people", "silent", "--format", "json"});
  CAF_REQUIRE_EQUAL(r.exit_code, 0);
  const auto report = json::parse(r.out);
  CAF_CHECK_EQUAL(report.at("leads"), 3);
  CAF_CHECK_EQUAL(report.at("touches").size(), 6u);
  bool found = false;
  for (const auto& s : report.at("standings"))
    found |= s.at("why").get<std::string>().starts_with("missing_lead_data") && s.at("example") == "bo@example.com";
  CAF_CHECK(found);
  const auto page = w.heed({"simulate", "--leads", list, "--campaign", file, "--people", "silent", "--format", "html"});
  CAF_CHECK(page.out.find("<svg") != std::string::npos);
  CAF_CHECK(page.out.find("bo@example.com") != std::string::npos);
}
