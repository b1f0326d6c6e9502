#include "tests/unit/support/api_world.hpp"

#define CAF_SUITE api_handoffs
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::tests;

namespace {

const std::string handoffs = api_world::ws + "/handoffs";

/// What makes a lead human-owned without anybody having seen it.
void book_meeting(api_world& w, const std::string& name) {
  const json event{{"id", "meeting-" + name},
                   {"kind", "meeting_booked"},
                   {"occurred_at", to_iso(w.now())},
                   {"lead", {{"email", name + "@example.com"}}},
                   {"attributes", {{"meeting_id", "m-" + name}}}};
  CAF_REQUIRE_EQUAL(w.post(api_world::ws + "/events", event).at("/accepted"), 1);
}

}  // namespace

CAF_TEST(a handoff is acknowledged taken and handed back) {
  api_world w;
  const auto lead = w.enrol("ana");
  const auto one = handoffs + "/" + lead;
  CAF_CHECK_EQUAL(w.post(one + "/acknowledge").at("/reason"), "not_handed_off");
  book_meeting(w, "ana");
  CAF_CHECK_EQUAL(w.ask("POST", one + "/acknowledge", nullptr, {}, w.reader).status(), 403);
  const auto a = w.ask("POST", one + "/acknowledge", nullptr, {}, w.setter);
  CAF_CHECK_EQUAL(a.status(), 200);
  CAF_CHECK_EQUAL(a.at("/facts/0/kind"), "handoff_acknowledged");
  CAF_CHECK_EQUAL(a.at("/facts/0/by"), w.setter);
  CAF_CHECK_EQUAL(w.post(one + "/take", {{"reason", "call"}}).status(), 200);
  CAF_CHECK_EQUAL(w.get(w.ws + "/leads/" + lead).at("/owner"), "human");
  CAF_CHECK_EQUAL(w.post(one + "/handback").at("/field"), "/reason");
  CAF_CHECK_EQUAL(w.post(one + "/handback", {{"reason", "done"}}).status(), 200);
  CAF_CHECK_EQUAL(w.get(w.ws + "/leads/" + lead).at("/owner"), "automation");
  CAF_CHECK_EQUAL(w.post(handoffs + "/nobody/acknowledge").status(), 404);
}

CAF_TEST(open handoffs are those that nobody has taken notice of) {
  api_world w;
  const auto ana = w.enrol("ana");
  const auto ben = w.enrol("ben");
  book_meeting(w, "ana");
  w.domain_now += std::chrono::minutes(1);
  book_meeting(w, "ben");
  const auto open = w.get(handoffs + "?open=true", w.reader);
  CAF_REQUIRE_EQUAL(open.at("/items").size(), 2u);
  CAF_CHECK_EQUAL(open.at("/items/0/lead_id"), ben);
  CAF_CHECK_EQUAL(open.at("/items/0/reason"), "meeting_booked");
  CAF_CHECK_EQUAL(open.at("/items/0/since"), to_iso(w.now()));
  CAF_CHECK(open.at("/items/0/acknowledged_at").is_null());
  w.post(handoffs + "/" + ben + "/acknowledge");
  CAF_CHECK_EQUAL(w.get(handoffs + "?open=true").at("/items/0/lead_id"), ana);
  w.post(handoffs + "/" + ana + "/handback", {{"reason", "done"}});
  CAF_CHECK(w.get(handoffs + "?open=true").at("/items").empty());
  const auto all = w.get(handoffs);
  CAF_REQUIRE_EQUAL(all.at("/items").size(), 2u);
  CAF_CHECK_EQUAL(all.at("/items/0/acknowledged_by"), w.admin);
  CAF_CHECK_EQUAL(all.at("/items/1/ended_by"), w.admin);
}

CAF_TEST(who takes a lead has seen it) {
  api_world w;
  const auto lead = w.enrol("ana");
  w.post(handoffs + "/" + lead + "/take", {{"reason", "call"}});
  CAF_CHECK(w.get(handoffs + "?open=true").at("/items").empty());
  CAF_CHECK_EQUAL(w.get(handoffs).at("/items/0/by"), w.admin);
  CAF_CHECK_EQUAL(w.get(handoffs).at("/items/0/acknowledged_by"), w.admin);
}

CAF_TEST(a question that is none about handoffs is refused) {
  api_world w;
  CAF_CHECK_EQUAL(w.get(handoffs + "?open=maybe").at("/field"), "open");
  CAF_CHECK_EQUAL(w.get(handoffs + "?limit=0").at("/field"), "limit");
}
