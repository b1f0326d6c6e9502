#include "tests/unit/support/lead_story.hpp"

#define CAF_SUITE replier
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::testing;

namespace {

/// An email that came back for a lead, from whomever.
void reply_from(story& s, const std::string& from, const std::string& text = "Hello") {
  reply_received r;
  r.message.message_id = "<r" + std::to_string(s.told) + "@example.com>";
  r.from = from;
  r.text = text;
  auto what = s.make(r);
  what.on = channel::email;
  s.tell(std::move(what));
}

std::vector<std::string> alternates(const story& s) {
  std::vector<std::string> all;
  for (const auto& k : s.lead.keys)
    if (k.kind == key_kind::alternate_email) all.push_back(k.value);
  return all;
}

std::string primary(const story& s) {
  for (const auto& k : s.lead.keys)
    if (k.kind == key_kind::email) return k.value;
  return {};
}

}  // namespace

CAF_TEST(ZRG-56 a colleague who answers becomes one more address and never the first one) {
  story s;
  s.enrol();
  reply_from(s, "Sam Lee <Sam@Example.com>");
  CAF_CHECK(alternates(s) == std::vector<std::string>{"sam@example.com"});
  CAF_CHECK_EQUAL(primary(s), "ana@example.com");
  reply_from(s, "sam@example.com");
  CAF_CHECK(alternates(s) == std::vector<std::string>{"sam@example.com"});
}

CAF_TEST(ZRG-57 who answers at present is kept with name and since and a word of the lead itself clears it) {
  story s;
  s.enrol();
  s.now += 1h;
  reply_from(s, "Sam Lee <sam@example.com>");
  CAF_REQUIRE(s.lead.replier.has_value());
  CAF_CHECK_EQUAL(s.lead.replier->email, "sam@example.com");
  CAF_CHECK_EQUAL(s.lead.replier->name, "Sam Lee");
  CAF_CHECK(s.lead.replier->since == s.now);
  const auto since = s.now;
  s.now += 1h;
  reply_from(s, "Sam Lee <sam@example.com>");
  CAF_CHECK(s.lead.replier->since == since);
  reply_from(s, "Ana <ANA@example.com>");
  CAF_CHECK(!s.lead.replier);
}

CAF_TEST(ZRG-58 an address that is missing on either side is nobody in copy) {
  story s;
  s.enrol();
  reply_from(s, "");
  reply_from(s, "Sam Lee");
  CAF_CHECK(!s.lead.replier);
  CAF_CHECK(alternates(s).empty());

  story by_phone;
  auto what = by_phone.make(lead_upserted{});
  what.keys = {{key_kind::phone, "", "+15550100"}};
  by_phone.tell(std::move(what));
  reply_from(by_phone, "sam@example.com");
  CAF_CHECK(!by_phone.lead.replier);
  CAF_CHECK(alternates(by_phone).empty());
}

CAF_TEST(ZRG-56 the words of a machine in copy name nobody) {
  story s;
  s.enrol();
  reply_received r;
  r.message.message_id = "<a@example.com>";
  r.from = "robot@example.com";
  r.automated = true;
  auto what = s.make(r);
  what.on = channel::email;
  s.tell(std::move(what));
  CAF_CHECK(!s.lead.replier);
  CAF_CHECK(alternates(s).empty());
}

CAF_TEST(ZRG-59 promoting an alternate swaps the two and keeps the thread) {
  story s;
  s.enrol();
  s.accept_all();
  reply_from(s, "Sam Lee <sam@example.com>");
  const auto thread = s.journey().thread_last;
  s.tell(promotion_asked{"Sam@example.com", "olga"});
  CAF_CHECK_EQUAL(primary(s), "sam@example.com");
  CAF_CHECK(alternates(s) == std::vector<std::string>{"ana@example.com"});
  CAF_CHECK_EQUAL(s.journey().thread_last, thread);
  CAF_CHECK(!s.lead.replier);
  // The next email goes there, in the same thread.
  s.say(command_kind::resume_run, "spring");
  s.pass(6min);
  s.pass(10 * 24h);
  const auto sends = s.asked<send_effect>();
  CAF_CHECK_EQUAL(sends.back().message.to, "sam@example.com");
  CAF_CHECK(!sends.back().message.in_reply_to.empty());
  s.tell(promotion_asked{"nobody@example.com", "olga"});
  CAF_CHECK_EQUAL(s.last<noted>()->reason, "not_an_alternate");
}
