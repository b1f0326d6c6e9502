#include <nlohmann/json.hpp>
#include <sstream>

#include "runtime/commands/classify.hpp"

#define CAF_SUITE classify_command
#include <caf/test/dsl.hpp>

using namespace heed;
using nlohmann::json;

namespace {

struct outcome {
  int code = 0;
  std::vector<json> lines;
};

outcome classify(const std::string& input) {
  std::istringstream in{input};
  std::ostringstream out;
  outcome result;
  result.code = commands::run_classify({}, in, out);
  std::istringstream printed{out.str()};
  for (std::string line; std::getline(printed, line);)
    result.lines.push_back(json::parse(line));
  return result;
}

}  // namespace

CAF_TEST(ZRG-72 one verdict a line in order) {
  const auto r = classify(
      "{\"id\":\"a\",\"channel\":\"sms\",\"text\":\"STOP\"}\n"
      "{\"id\":2,\"channel\":\"email\",\"subject\":\"Automatic reply\",\"text\":\"OOO, back on 16 "
      "March\",\"headers\":{\"Auto-Submitted\":[\"auto-replied\"]},"
      "\"received_at\":\"2026-03-10T09:30:00Z\"}\n");
  CAF_REQUIRE_EQUAL(r.lines.size(), 2u);
  CAF_CHECK_EQUAL(r.code, 0);
  CAF_CHECK_EQUAL(r.lines[0]["id"], "a");
  CAF_CHECK_EQUAL(r.lines[0]["class"], "opt_out");
  CAF_CHECK(r.lines[0]["resume_on"].is_null());
  CAF_CHECK_EQUAL(r.lines[1]["class"], "out_of_office");
  CAF_CHECK_EQUAL(r.lines[1]["resume_on"], "2026-03-16");
  for (const auto* member :
       {"id", "class", "confidence", "rule", "evidence", "resume_on", "referred_email", "urgent_human"})
    CAF_CHECK(r.lines[0].contains(member));
}

CAF_TEST(many lines are judged on all cores and come out in their order) {
  std::string all;
  for (int i = 0; i < 10'000; ++i)
    all += i % 100 == 7 ? "nonsense\n" : "{\"id\":" + std::to_string(i) + ",\"text\":\"" + (i % 2 == 0 ? "Please unsubscribe me." : "Thanks!") + "\"}\n";
  const auto r = classify(all);
  CAF_REQUIRE_EQUAL(r.lines.size(), 10'000u);
  int wrong = 0;
  for (int i = 0; i < 10'000; ++i) {
    const auto& line = r.lines[static_cast<std::size_t>(i)];
    if (i % 100 == 7)
      wrong += line["line"] != i + 1;
    else
      wrong += line["id"] != i || line["class"] != (i % 2 == 0 ? "opt_out" : "acknowledgement");
  }
  CAF_CHECK_EQUAL(wrong, 0);
}

CAF_TEST(a bad line names itself and its field and costs no other) {
  const auto r = classify(
      "nonsense\n{\"id\":1,\"text\":5}\n\n{\"id\":2,\"text\":\"x\",\"channel\":\"fax\"}\n{\"id\":3,\"text\":"
      "\"x\",\"received_at\":\"soon\"}\n"
      "{\"id\":4,\"text\":\"x\",\"headers\":7}\n{\"id\":5,\"text\":\"Thanks!\"}\n");
  CAF_REQUIRE_EQUAL(r.lines.size(), 6u);
  CAF_CHECK_EQUAL(r.code, 1);
  CAF_CHECK_EQUAL(r.lines[0]["line"], 1);
  CAF_CHECK_EQUAL(r.lines[1]["field"], "text");
  CAF_CHECK_EQUAL(r.lines[2]["field"], "channel");
  CAF_CHECK_EQUAL(r.lines[2]["line"], 4);
  CAF_CHECK_EQUAL(r.lines[3]["field"], "received_at");
  CAF_CHECK_EQUAL(r.lines[4]["field"], "headers");
  CAF_CHECK_EQUAL(r.lines[5]["class"], "acknowledgement");
}

CAF_TEST(RULES hidden and quoted HTML is not read) {
  const auto r = classify(json{{"id", 1},
                               {"text",
                                "<div>Yes, interested!</div><div "
                                "style=\"display:none\">unsubscribe</div><blockquote>STOP</blockquote>"}}
                              .dump());
  CAF_REQUIRE_EQUAL(r.lines.size(), 1u);
  CAF_CHECK_EQUAL(r.lines[0]["class"], "interested");
}
