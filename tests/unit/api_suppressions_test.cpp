#include "persistence/codec/codec.hpp"
#include "tests/unit/support/api_world.hpp"

#define CAF_SUITE api_suppressions
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::tests;

namespace {

const std::string list = api_world::ws + "/suppressions";

std::string hash_of(key_kind kind, const std::string& value) {
  return codec::address_hash(workspace_id{"acme"}, {kind, {}, value});
}

json import_of(json items) { return {{"source", "old tool"}, {"items", std::move(items)}}; }

json person(api_world& w, const std::string& lead) {
  return w.get(w.ws + "/leads/" + lead).at("/suppression/person");
}

}  // namespace

CAF_TEST(4R-68 every fault of an import is named with its index and nothing is written) {
  api_world w;
  const auto a = w.post(list, import_of({{{"email", "nobody"}},
                                         {{"email", "a@example.com"}, {"phone", "+15550100123"}},
                                         {{"phone", "12"}},
                                         {{"email", "b@example.com"}, {"reason", "tired"}},
                                         {{"email", "c@example.com"}, {"at", "yesterday"}},
                                         {{"email", "d@example.com"}, {"name", "Dora"}},
                                         json::object()}));
  CAF_CHECK_EQUAL(a.status(), 422);
  std::string fields;
  for (const auto& p : a.at("/problems"))
    fields += p["field"].get<std::string>() + " ";
  CAF_CHECK_EQUAL(fields,
                  "/items/0/email /items/1/email /items/2/phone /items/3/reason /items/4/at /items/5/name "
                  "/items/6/email ");
  CAF_CHECK_EQUAL(w.audited().find("suppressions_added"), std::string::npos);
}

CAF_TEST(4R-68 an import of nonsense lists at most fifty faults) {
  api_world w;
  json items = json::array();
  for (int i = 0; i < 400; ++i)
    items.push_back({{"email", "x"}});
  CAF_CHECK_EQUAL(w.post(list, import_of(items)).at("/problems").size(), 50u);
  json many = json::array();
  for (int i = 0; i <= 10'000; ++i)
    many.push_back({{"email", "a@example.com"}});
  CAF_CHECK_EQUAL(w.post(list, import_of(many)).at("/field"), "/items");
  CAF_CHECK_EQUAL(w.post(list, import_of(json::array())).at("/field"), "/items");
  CAF_CHECK_EQUAL(w.post(list, {{"items", {{{"email", "a@example.com"}}}}}).at("/field"), "/source");
  CAF_CHECK_EQUAL(w.ask("POST", list, import_of(json::array()), {}, w.setter).status(), 403);
}

CAF_TEST(4R-68 an imported address is found by itself and shown as its hash only) {
  api_world w;
  const auto a = w.post(
      list,
      import_of(
          {{{"email", "Ana@Example.com"}},
           {{"phone", "+1 (555) 010-0123"}, {"reason", "complaint"}},
           {{"email", "bounced@example.com"}, {"reason", "bounce"}},
           {{"email", "ben@example.com"}, {"reason", "unsubscribed"}, {"at", "2026-01-02T03:04:05Z"}}}));
  CAF_REQUIRE_EQUAL(a.status(), 200);
  CAF_CHECK_EQUAL(a.at("/added"), 4);
  CAF_CHECK_EQUAL(a.at("/known"), 0);
  CAF_CHECK_EQUAL(a.at("/leads_told"), 0);
  const auto again =
      w.post(list, import_of({{{"email", "ana@example.com"}}, {{"email", "new@example.com"}}}));
  CAF_CHECK_EQUAL(again.at("/added"), 1);
  CAF_CHECK_EQUAL(again.at("/known"), 1);
  const auto ana = w.get(list + "?email=ANA@example.com");
  CAF_REQUIRE_EQUAL(ana.at("/items").size(), 1u);
  CAF_CHECK_EQUAL(ana.at("/items/0/hash"), hash_of(key_kind::email, "ana@example.com"));
  CAF_CHECK_EQUAL(ana.at("/items/0/scope"), "person");
  CAF_CHECK_EQUAL(ana.at("/items/0/source"), "old tool");
  CAF_CHECK(ana.at("/items/0/lead_id").is_null());
  CAF_CHECK_EQUAL(w.get(list + "?phone=%2B15550100123").at("/items/0/reason"), "complaint");
  CAF_CHECK_EQUAL(w.get(list + "?email=bounced@example.com").at("/items/0/scope"), "address");
  const auto ben = w.get(list + "?email=ben@example.com");
  CAF_CHECK_EQUAL(ben.at("/items/0/reason"), "opt_out");
  CAF_CHECK_EQUAL(ben.at("/items/0/at"), "2026-01-02T03:04:05Z");
  CAF_CHECK(w.get(list + "?email=carl@example.com").at("/items").empty());
  const auto first = w.get(list + "?limit=3");
  CAF_CHECK_EQUAL(first.at("/items").size(), 3u);
  CAF_CHECK_EQUAL(w.get(list + "?limit=3&after=" + first.at("/next").get<std::string>()).at("/items").size(),
                  2u);
  CAF_CHECK_EQUAL(w.get(list).raw.body.find("example.com"), std::string::npos);
  CAF_CHECK_NOT_EQUAL(w.audited().find("suppressions_added:4 new of 4 from old tool"), std::string::npos);
}

CAF_TEST(4R-68 a bad address is refused with the fix) {
  api_world w;
  CAF_CHECK_EQUAL(w.get(list + "?email=nobody").at("/field"), "email");
  CAF_CHECK_EQUAL(w.get(list + "?phone=12").at("/field"), "phone");
  CAF_CHECK_EQUAL(w.get(list + "?email=a@example.com&phone=%2B15550100123").status(), 422);
  CAF_CHECK_EQUAL(w.post(list + "/lift", {{"email", "a@example.com"}}).at("/field"), "/source");
  CAF_CHECK_EQUAL(w.post(list + "/lift", {{"source", "letter"}}).at("/field"), "/email");
}

CAF_TEST(4R-68 RULES leads that hold an imported address stop at once) {
  api_world w;
  const auto ana = w.enrol("ana");
  const auto ben = w.enrol("ben");
  const auto carl = w.enrol("carl");
  const auto a = w.post(list, import_of({{{"email", "ana@example.com"}},
                                         {{"email", "ben@example.com"}, {"reason", "complaint"}},
                                         {{"email", "carl@example.com"}, {"reason", "bounce"}}}));
  CAF_REQUIRE_EQUAL(a.status(), 200);
  CAF_CHECK_EQUAL(a.at("/leads_told"), 3);
  CAF_CHECK_EQUAL(person(w, ana), "opt_out");
  CAF_CHECK_EQUAL(person(w, ben), "complaint");
  CAF_CHECK(person(w, carl).is_null());
  CAF_CHECK_EQUAL(w.get(w.ws + "/leads/" + carl).at("/suppression/addresses/0/value"), "carl@example.com");
  for (const auto& lead : {ana, ben, carl})
    CAF_CHECK_EQUAL(w.get(w.ws + "/runs/spring__" + lead).at("/status"), "suppressed");
}

CAF_TEST(4R-68 RULES somebody on the list who enrols later is told before) {
  api_world w;
  w.ask("PUT", w.ws + "/campaigns/spring", w.campaign());
  CAF_REQUIRE_EQUAL(w.post(list, import_of({{{"email", "ana@example.com"}}})).status(), 200);
  const auto a = w.post(w.ws + "/leads", w.person("ana"));
  CAF_CHECK(a.at("/runs").empty());
  CAF_CHECK_EQUAL(person(w, a.at("/lead_id")), "opt_out");
}

CAF_TEST(RULES lifting what holds an address is audited and reaches the list and the leads) {
  api_world w;
  const auto ana = w.enrol("ana");
  w.post(list, import_of({{{"email", "ana@example.com"}}, {{"email", "ben@example.com"}}}));
  CAF_REQUIRE_EQUAL(person(w, ana), "opt_out");
  const json wish{
      {"email", "ana@example.com"}, {"source", "letter of 3 May"}, {"reason", "asked to be back"}};
  CAF_CHECK_EQUAL(w.ask("POST", list + "/lift", wish, {}, w.setter).status(), 403);
  const auto a = w.post(list + "/lift", wish);
  CAF_REQUIRE_EQUAL(a.status(), 200);
  CAF_CHECK_EQUAL(a.at("/lifted"), 1);
  CAF_CHECK_EQUAL(a.at("/leads"), json::array({ana}));
  CAF_CHECK(person(w, ana).is_null());
  CAF_CHECK(w.get(list + "?email=ana@example.com").at("/items").empty());
  CAF_CHECK_EQUAL(w.get(list + "?email=ben@example.com").at("/items").size(), 1u);
  CAF_CHECK_NOT_EQUAL(w.audited().find("letter of 3 May; asked to be back"), std::string::npos);
  CAF_CHECK_EQUAL(w.audited().find("example.com"), std::string::npos);
  const auto none = w.post(list + "/lift", {{"email", "carl@example.com"}, {"source", "letter"}});
  CAF_CHECK_EQUAL(none.at("/lifted"), 0);
  CAF_CHECK(none.at("/leads").empty());
}

CAF_TEST(RULES lifting a suppression of one lead is audited) {
  api_world w;
  const auto lead = w.enrol("ana");
  CAF_CHECK_EQUAL(w.post(w.ws + "/leads/" + lead + "/lift-suppression", {{"source", "letter"}}).status(), 200);
  CAF_CHECK_NOT_EQUAL(w.audited().find("key-admin:suppression_lifted:" + lead + ": letter"), std::string::npos);
}
