#include "tests/unit/support/lead_story.hpp"
#include "tests/unit/support/zones.hpp"

#define CAF_SUITE quiet_gate
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::testing;
using heed::tests::instant;

namespace {

std::shared_ptr<const zone_table> winter_zones() {
  auto table = std::make_shared<zone_table>();
  table->zones["UTC"] = utc_zone();
  table->zones["America/New_York"] = tests::new_york();
  table->zones["America/Los_Angeles"] = {"America/Los_Angeles", {{0, -8 * 3600}}};
  table->zones["Europe/Berlin"] = tests::berlin();
  table->zones["Europe/Lisbon"] = {"Europe/Lisbon", {{0, 0}}};
  table->zones["Atlantic/Azores"] = {"Atlantic/Azores", {{0, -3600}}};
  return table;
}

story one_touch(channel on, std::string_view at) {
  story s;
  s.rules = make_policy({one_step("spring", on)});
  s.rules.zones = winter_zones();
  s.now = instant(at);
  return s;
}

const decision& enrol(story& s, std::string phone, std::string zone = {}) {
  lead_upserted body;
  body.fields = {{"firstName", "Ana"}};
  body.time_zone = std::move(zone);
  for (auto on : {channel::email, channel::sms, channel::whatsapp})
    body.consents.push_back({on, consent_status::granted, "contract", "t", s.now});
  auto what = s.make(body);
  what.keys = {{key_kind::email, "", "ana@example.com"}, {key_kind::phone, "", std::move(phone)}};
  what.campaign = campaign_id{"spring"};
  return s.tell(std::move(what));
}

/// When the only step goes out; empty when it is not planned within four days.
std::string sent_at(story& s) {
  for (int i = 0; i < 10; ++i) {
    if (!s.open.empty()) return to_iso(s.now);
    if (!next_due(s.lead)) return {};
    s.wake();
  }
  return {};
}

campaign& spring(story& s) { return s.rules.campaigns.begin()->second; }

}  // namespace

CAF_TEST(RULES ZRG-122 4R-17 a text message at nine in the evening waits for nine in the morning of the zone of the lead) {
  auto s = one_touch(channel::sms, "2026-11-17T02:00:00Z");  // 21:00 in New York, 18:00 in Los Angeles
  enrol(s, "+14155550100", "America/New_York");
  CAF_CHECK(s.open.empty());
  auto v = s.verdict(gate::calendar);
  CAF_CHECK(v.outcome == gate_outcome::wait);
  CAF_CHECK_EQUAL(v.reason, "quiet_hours");
  CAF_CHECK(v.opens_at == instant("2026-11-17T14:00:00Z"));
  CAF_CHECK_EQUAL(number_of(v, "utc_offset_s"), -5 * 3600);
  CAF_CHECK_EQUAL(sent_at(s), "2026-11-17T14:00:00Z");
}

CAF_TEST(RULES without a zone of the lead its number tells when it is night) {
  auto s = one_touch(channel::sms, "2026-11-17T05:00:00Z");  // 21:00 in Los Angeles
  spring(s).time_zone = "Europe/Berlin";
  enrol(s, "+14155550100");
  CAF_CHECK_EQUAL(s.verdict(gate::calendar).reason, "quiet_hours");
  CAF_CHECK_EQUAL(sent_at(s), "2026-11-17T17:00:00Z");

  auto by_day = one_touch(channel::sms, "2026-11-17T02:00:00Z");  // 18:00 there, 03:00 in Berlin
  spring(by_day).time_zone = "Europe/Berlin";
  enrol(by_day, "+14155550100");
  CAF_CHECK_EQUAL(by_day.sends, 1);
}

CAF_TEST(RULES a number that may be in several zones is written to when all of them are awake) {
  auto s = one_touch(channel::sms, "2026-11-17T09:00:00Z");  // 09:00 in Lisbon, 08:00 on the Azores
  enrol(s, "+351910000100");
  CAF_CHECK_EQUAL(sent_at(s), "2026-11-17T10:00:00Z");
}

CAF_TEST(RULES a number that tells nothing leaves the zone of the campaign) {
  auto s = one_touch(channel::sms, "2026-11-16T20:30:00Z");  // 21:30 in Berlin
  spring(s).time_zone = "Europe/Berlin";
  enrol(s, "+999000100");
  CAF_CHECK_EQUAL(sent_at(s), "2026-11-17T08:00:00Z");
}

CAF_TEST(RULES WhatsApp is quiet at night and email is not) {
  for (auto on : {channel::whatsapp, channel::email}) {
    auto s = one_touch(on, "2026-11-16T21:00:00Z");
    spring(s).templates["hello"].content_sid = "HX0123456789abcdef0123456789abcdef";
    enrol(s, "+999000100", "UTC");
    CAF_CHECK_EQUAL(sent_at(s), on == channel::email ? "2026-11-16T21:00:00Z" : "2026-11-17T09:00:00Z");
  }
}

CAF_TEST(4R-19 ZRG-122 RULES of opening hours and quiet hours the later one holds) {
  // Open from 10: the quiet hours end earlier.
  auto late = one_touch(channel::sms, "2026-11-16T21:00:00Z");
  spring(late).hours = business_hours{0b0011111, 10 * 60, 17 * 60, {}};
  enrol(late, "+999000100", "UTC");
  CAF_CHECK_EQUAL(sent_at(late), "2026-11-17T10:00:00Z");

  // Open all night long: the quiet hours hold all the same.
  auto early = one_touch(channel::sms, "2026-11-16T21:00:00Z");
  spring(early).hours = business_hours{0b1111111, 0, 24 * 60, {}};
  enrol(early, "+999000100", "UTC");
  CAF_CHECK_EQUAL(early.verdict(gate::calendar).reason, "quiet_hours");
  CAF_CHECK_EQUAL(sent_at(early), "2026-11-17T09:00:00Z");

  // Friday evening, closed at the weekend.
  auto weekend = one_touch(channel::sms, "2026-11-20T21:00:00Z");
  spring(weekend).hours = business_hours{0b0011111, 8 * 60, 17 * 60, {}};
  enrol(weekend, "+999000100", "UTC");
  CAF_CHECK_EQUAL(sent_at(weekend), "2026-11-23T09:00:00Z");
}
