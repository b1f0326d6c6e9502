#include "persistence/codec/codec.hpp"
#include "tests/unit/support/codec_samples.hpp"

#define CAF_SUITE codec_json
#include <caf/test/dsl.hpp>

using namespace heed;

CAF_TEST(a stimulus prints its kind and every field by name) {
  stimulus s;
  s.key = "evt-1";
  s.occurred_at = from_micros(1'795'000'000'123'000);
  s.on = channel::email;
  s.keys = {{key_kind::email, "", "ana@example.com"}};
  s.body = link_clicked{{"p1", "", "", "", ""}, "https://example.com", "", ""};
  const auto printed = codec::to_json(s);
  CAF_CHECK_EQUAL(printed["key"], "evt-1");
  CAF_CHECK_EQUAL(printed["occurred_at"], to_iso(s.occurred_at));
  CAF_CHECK(printed["received_at"].is_null());
  CAF_CHECK(printed["campaign"].is_null());
  CAF_CHECK_EQUAL(printed["channel"], "email");
  CAF_CHECK_EQUAL(printed["mode"], "live");
  CAF_CHECK_EQUAL(printed["keys"][0]["kind"], "email");
  CAF_CHECK_EQUAL(printed["body"]["kind"], "link_clicked");
  CAF_CHECK_EQUAL(printed["body"]["url"], "https://example.com");
  CAF_CHECK_EQUAL(printed["body"]["message"]["provider_id"], "p1");
}

CAF_TEST(a state prints pauses as public reasons) {
  auto lead = codec::waiting_lead();
  lead.runs[0].pauses.add(pause_flag::unanswered_reply);
  lead.runs[0].pauses.add(pause_flag::by_operator);
  const auto run = codec::to_json(lead)["runs"][0];
  CAF_CHECK_EQUAL(run["pauses"], nlohmann::json({"lead_replied", "operator"}));
  CAF_CHECK_EQUAL(run["status"], "running");
  CAF_CHECK_EQUAL(run["cursor"], 1);
  CAF_CHECK(run["touch"].is_null());
}

CAF_TEST(every sample prints and names its kind) {
  for (const auto& [name, data] : codec::stimulus_samples()) {
    const auto printed = codec::to_json(*codec::decode_stimulus(data));
    CAF_CHECK_EQUAL(printed["body"]["kind"], name);
  }
  for (const auto& [name, data] : codec::journal_samples()) {
    const auto entry = codec::to_json(*codec::decode_journal_entry(data));
    CAF_CHECK_EQUAL(entry["answer"]["facts"][0]["kind"], name);
    CAF_CHECK_EQUAL(entry["answer"]["verdicts"][0]["gates"][0]["gate"], "run_live");
  }
}
