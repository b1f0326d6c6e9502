#include "runtime/commands/timing_choose.hpp"

#include <nlohmann/json.hpp>
#include <sstream>

#include "runtime/zones.hpp"
#include "tests/unit/support/zones.hpp"

#define CAF_SUITE timing_choose
#include <caf/test/dsl.hpp>

using namespace heed;
using heed::tests::instant;

namespace {

struct outcome {
  int code = 0;
  std::vector<nlohmann::json> lines;
  std::string text;
  std::string errors;
};

outcome asked(const std::string& events, const std::string& requests, unsigned threads = 1) {
  static const auto zones = load_zones();
  std::istringstream e(events);
  std::istringstream r(requests);
  std::ostringstream out;
  std::ostringstream err;
  outcome o;
  o.code = commands::choose_times(e, r, threads, *zones, out, err);
  o.text = out.str();
  o.errors = err.str();
  std::istringstream lines(o.text);
  for (std::string line; std::getline(lines, line);)
    o.lines.push_back(nlohmann::json::parse(line));
  return o;
}

/// Opens of a lead on as many days before June 2026, at an hour of Berlin's summer.
std::string opens(const std::string& lead, int days, int utc_hour) {
  std::string text;
  for (int d = 1; d <= days; ++d) {
    const auto at = instant("2026-06-01T00:00:00Z") - std::chrono::days(d) + std::chrono::hours(utc_hour) +
                    std::chrono::minutes(7);
    text += R"({"lead":")" + lead + R"(","at":")" + to_iso(at) +
            R"(","kind":"open","tz":"Europe/Berlin","segment":"b2b"})" + "\n";
  }
  return text;
}

std::string request(const std::string& lead, const std::string& from, const std::string& to,
                    const std::string& more = "") {
  return R"({"lead":")" + lead + R"(","tz":"Europe/Berlin","segment":"b2b","from":)" + from + R"(,"to":)" +
         to + more + "}\n";
}

}  // namespace

CAF_TEST(SF-21 SF-25 a line a request with target and trigger) {
  const auto o = asked(opens("ana", 40, 8), request("ana", "\"2026-06-01T06:00:00Z\"",
                                                    "\"2026-06-01T18:00:00Z\"", R"(,"latency_s":90)"));
  CAF_REQUIRE_EQUAL(o.code, 0);
  CAF_REQUIRE_EQUAL(o.lines.size(), 1u);
  const auto& line = o.lines.front();
  CAF_CHECK_EQUAL(line.size(), 6u);
  CAF_CHECK_EQUAL(line["lead"], "ana");
  CAF_CHECK_EQUAL(line["source"], "lead");
  const auto target = *parse_iso(line["target_at"].get<std::string>());
  CAF_CHECK(std::chrono::abs(target - instant("2026-06-01T08:07:00Z")) <= std::chrono::minutes(2));
  CAF_CHECK(target - *parse_iso(line["trigger_at"].get<std::string>()) == std::chrono::seconds(90));
  CAF_CHECK(line["probability"] > 0);
  CAF_CHECK(line["confidence"] > 0.5);
}

CAF_TEST(SF-21 instants are RFC 3339 with any offset or milliseconds) {
  const auto text =
      asked(opens("ana", 20, 8), request("ana", "\"2026-06-01T08:00:00+02:00\"", "\"2026-06-01T18:00:00Z\""))
          .text;
  const auto numbers = asked(opens("ana", 20, 8), request("ana", "1780293600000", "1780336800000")).text;
  CAF_CHECK_EQUAL(text, numbers);
}

CAF_TEST(SF-9 an event after the beginning of the window is not used whosever it is) {
  const std::string past = opens("ana", 20, 8) + opens("bob", 20, 15);
  const std::string future =
      R"({"lead":"ana","at":"2026-06-01T06:00:01Z","kind":"reply","tz":"Europe/Berlin"})"
      "\n"
      R"({"lead":"bob","at":"2026-06-03T12:00:00Z","kind":"reply","tz":"Europe/Berlin"})"
      "\n";
  const std::string ask = request("ana", "\"2026-06-01T06:00:00Z\"", "\"2026-06-02T06:00:00Z\"");
  CAF_CHECK_EQUAL(asked(past, ask).text, asked(past + future, ask).text);
}

CAF_TEST(SF-2 the order of the lines and the number of threads change nothing) {
  const std::string a = opens("ana", 20, 8);
  const std::string b = opens("bob", 30, 15);
  std::string asks;
  for (int i = 0; i < 300; ++i)
    asks +=
        request(i % 2 == 0 ? "ana" : "bob", std::to_string(1'780'293'600'000 + i * 60'000), "1780500000000");
  const auto one = asked(a + b, asks).text;
  CAF_CHECK_EQUAL(one, asked(b + a, asks).text);
  CAF_CHECK_EQUAL(one, asked(a + b, asks, 3).text);
}

CAF_TEST(SF-17 a stranger gets a prior and low confidence) {
  std::string events;
  for (int i = 0; i < 30; ++i)
    events += opens("lead" + std::to_string(i), 10, 8);
  const auto o = asked(events, request("nobody", "\"2026-06-01T06:00:00Z\"", "\"2026-06-02T06:00:00Z\""));
  CAF_CHECK_EQUAL(o.lines.front()["source"], "segment");
  CAF_CHECK(o.lines.front()["confidence"] <= 0.1);
  const auto empty = asked("", request("nobody", "\"2026-06-01T06:00:00Z\"", "\"2026-06-02T06:00:00Z\""));
  CAF_CHECK_EQUAL(empty.lines.front()["source"], "global");
}

CAF_TEST(SF-1 a line that cannot be understood is named) {
  const auto ask = request("ana", "1", "2000000");
  CAF_CHECK_EQUAL(asked("\n{\"lead\":\"a\"}\n", ask).errors, "events line 2: at is missing\n");
  CAF_CHECK_EQUAL(asked(R"({"lead":"a","at":1,"kind":"view"})", ask).errors,
                  "events line 1: kind is none of open, click, reply\n");
  CAF_CHECK_EQUAL(asked(R"({"lead":"a","at":"soon","kind":"open"})", ask).errors,
                  "events line 1: at: no instant: RFC 3339 or milliseconds since 1970 are\n");
  CAF_CHECK_EQUAL(asked(R"({"lead":"a","at":1,"kind":"open","tz":"Mars/Base"})", ask).errors,
                  "events line 1: tz: no zone is named Mars/Base\n");
  CAF_CHECK_EQUAL(asked("[1]", ask).code, 2);
  CAF_CHECK_EQUAL(asked("{", ask).code, 2);
  CAF_CHECK_EQUAL(asked("", request("ana", "5", "5")).errors, "requests line 1: to is not after from\n");
}
