#include <algorithm>
#include <set>

#include "runtime/identity_audit.hpp"
#include "runtime/zones.hpp"
#include "tests/support/openapi_check.hpp"
#include "tests/unit/support/api_world.hpp"

#define CAF_SUITE api_identity
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::tests;

namespace {

api::options with_audit() {
  static zone_library zones(load_zones());
  api::options o;
  o.identity = [](store_reader& r, const lead_row& row) { return identity_to_json(r, zones, row); };
  return o;
}

/// Ana and Ben, both enrolled; every answer is held against openapi.json.
struct fixture {
  api_world w{with_audit()};
  test::openapi_check documented{json::parse(api::openapi_document())};
  std::string ana = w.enrol("ana");
  std::string ben = w.enrol("ben");

  answer ask(const std::string& method, const std::string& path, const json& body = nullptr, const std::string& key = api_world::admin) {
    auto a = w.ask(method, w.ws + path, body, {}, key);
    auto name = method == "GET" ? "get" : "post";
    for (const auto& p : documented.problems(name, w.ws + path, a.status(), a.raw.type, a.raw.body))
      CAF_ERROR(p << "\n" << a.raw.body.substr(0, 400));
    return a;
  }
  answer merge() { return ask("POST", "/leads/" + ana + "/merge", {{"absorb", ben}, {"reason", "she told us"}}); }
  json identity(const std::string& lead) { return ask("GET", "/leads/" + lead + "/identity").body(); }
};

}  // namespace

CAF_TEST_FIXTURE_SCOPE(api_identity_tests, fixture)

CAF_TEST(SF-45 SF-46 a merge is answered and both leads tell of it) {
  const auto a = merge();
  CAF_CHECK_EQUAL(a.status(), 200);
  CAF_CHECK_EQUAL(a.at("/facts/0/kind"), "merge_begun");
  const auto stays = ask("GET", "/leads/" + ana);
  const auto part = ask("GET", "/leads/" + ben);
  CAF_CHECK_EQUAL(part.at("/merged_into"), ana);
  CAF_CHECK(stays.at("/merged_into").is_null());
  CAF_CHECK_EQUAL(stays.at("/parts/0/lead_id"), ben);
  CAF_CHECK_EQUAL(stays.at("/parts/0/by"), w.admin);
  CAF_CHECK_EQUAL(stays.at("/parts/0/reason"), "she told us");
  // Once more is one act.
  CAF_CHECK_EQUAL(merge().status(), 200);
  const auto acts = identity(ana)["merges"].size();
  CAF_CHECK_EQUAL(acts, 1u);
}

CAF_TEST(SF-46 a part refuses commands and names the lead that has the say) {
  merge();
  const auto a = ask("POST", "/leads/" + ben + "/take", {{"reason", "call"}});
  CAF_CHECK_EQUAL(a.status(), 409);
  CAF_CHECK_EQUAL(a.at("/reason"), "merged_into: " + ana);
}

CAF_TEST(T-14 SF-47 ZRG-50 the audit names key and rule and confidence and time of every match) {
  w.post(w.ws + "/events", {{"id", "v1"}, {"kind", "page_viewed"}, {"occurred_at", "2026-11-16T09:59:00Z"},
                            {"lead", {{"email", "ANA@example.com"}, {"keys", {{"klaviyo", "k_1"}}}}}, {"attributes", {{"url", "https://example.com"}}}});
  w.post(w.ws + "/events", {{"id", "v2"}, {"kind", "page_viewed"}, {"occurred_at", "2026-11-16T09:59:30Z"},
                            {"lead", {{"keys", {{"klaviyo", "k_1"}}}}}, {"attributes", {{"url", "https://example.com"}}}});
  const auto all = identity(ana)["resolutions"];
  CAF_REQUIRE_EQUAL(all.size(), 3u);
  CAF_CHECK_EQUAL(all[0]["rule"], "new");
  CAF_CHECK_EQUAL(all[1]["rule"], "deterministic");
  CAF_CHECK_EQUAL(all[1]["key"]["value"], "ana@example.com");
  CAF_CHECK_EQUAL(all[1]["confidence"], 100);
  CAF_CHECK_EQUAL(all[2]["rule"], "probabilistic");
  CAF_CHECK_EQUAL(all[2]["key"]["kind"], "klaviyo");
  CAF_CHECK(all[2]["confidence"] < 100);
  CAF_CHECK(!all[2]["at"].is_null());
}

CAF_TEST(SF-47 an undone merge lists the decisions that rested on it and only those) {
  w.post(w.ws + "/leads/" + ben + "/take", {{"reason", "mine"}});
  w.post(w.ws + "/leads/" + ben + "/handback", {{"reason", "done"}});
  // Ben said no; that comes with him.
  w.post(w.ws + "/events", {{"id", "o1"}, {"kind", "unsubscribed"}, {"occurred_at", "2026-11-16T09:59:00Z"},
                            {"lead", {{"email", "ben@example.com"}}}, {"channel", "email"}});
  merge();
  // A page view is the same with and without him.
  w.post(w.ws + "/events", {{"id", "p1"}, {"kind", "page_viewed"}, {"occurred_at", "2026-11-16T09:59:00Z"},
                            {"lead", {{"email", "ana@example.com"}}}, {"attributes", {{"url", "https://example.com"}}}});
  w.post(w.ws + "/runs/spring__" + ana + "/resume");
  w.post(w.ws + "/events", {{"id", "b1"}, {"kind", "enrichment_completed"}, {"occurred_at", "2026-11-16T09:59:00Z"},
                            {"lead", {{"email", "ben@example.com"}}}, {"attributes", {}}, {"fields", {{"city", "Bonn"}}}});
  const auto a = ask("POST", "/leads/" + ana + "/unmerge", {{"part", ben}, {"reason", "two persons"}});
  CAF_CHECK_EQUAL(a.status(), 200);
  std::set<std::string> kinds;
  for (const auto& d : a.at("/rested_on_it")) kinds.insert(d["kind"].get<std::string>());
  // What came by the part's address would have been a stranger's key to her.
  CAF_CHECK(kinds.contains("enrichment_completed"));
  CAF_CHECK(!kinds.contains("page_viewed"));
  const auto told = identity(ana)["merges"][0];
  CAF_CHECK_EQUAL(told["state"], "undone");
  CAF_CHECK_EQUAL(told["undone_by"], w.admin);
  CAF_CHECK(ask("GET", "/leads/" + ben).at("/merged_into").is_null());
  CAF_CHECK(ask("GET", "/leads/" + ana).at("/parts").empty());
  const auto of_ben = identity(ben)["merges"][0];
  CAF_CHECK_EQUAL(of_ben["state"], "undone");
}

CAF_TEST(T-14 SF-48 SF-49 a merge on evidence that does not carry it is refused and says why) {
  const auto visit = [&](const std::string& id, const std::string& who) {
    w.post(w.ws + "/events", {{"id", id}, {"kind", "page_viewed"}, {"occurred_at", "2026-11-16T09:59:00Z"},
                              {"lead", {{"email", who + "@example.com"}, {"keys", {{"shopify", "s-1"}}}}}, {"attributes", {{"url", "https://example.com"}}}});
  };
  visit("1", "ana");
  visit("2", "ben");
  const auto a = ask("POST", "/leads/" + ana + "/merge", {{"absorb", ben}, {"evidence", {{"keys", {{"shopify", "s-1"}}}}}});
  CAF_CHECK_EQUAL(a.status(), 200);
  const auto told = identity(ana)["merges"][0];
  CAF_CHECK_EQUAL(told["state"], "refused");
  CAF_CHECK_EQUAL(told["refused"], "conflicting_deterministic_keys");
  CAF_CHECK_EQUAL(told["evidence"][0]["strength"], "probabilistic");
  CAF_CHECK(ask("GET", "/leads/" + ben).at("/merged_into").is_null());
  // Whose the shop's id is was told when it came up.
  const auto conflicts = identity(ben)["conflicts"].size();
  CAF_CHECK_EQUAL(conflicts, 0u);
}

CAF_TEST(bad words about identity are answered with the field and the fix) {
  const auto base = w.ws + "/leads/" + ana;
  CAF_CHECK_EQUAL(w.post(base + "/merge", {{"reason", "x"}}).at("/field"), "/absorb");
  CAF_CHECK_EQUAL(w.post(base + "/merge", {{"absorb", ben}}).at("/field"), "/reason");
  CAF_CHECK_EQUAL(w.post(base + "/merge", {{"absorb", "lead_nobody"}, {"reason", "x"}}).status(), 422);
  CAF_CHECK_EQUAL(w.post(base + "/merge", {{"absorb", ben}, {"evidence", {{"email", "none"}}}}).at("/field"), "/evidence/email");
  CAF_CHECK_EQUAL(w.post(w.ws + "/leads", {{"keys", {{"email_sha256", "zz"}}}}).at("/field"), "/keys/email_sha256");
  CAF_CHECK_EQUAL(w.post(base + "/unmerge", {{"part", ben}}).at("/field"), "/reason");
  CAF_CHECK_EQUAL(w.post(base + "/promote", json::object()).at("/field"), "/email");
  CAF_CHECK_EQUAL(ask("POST", "/leads/" + ana + "/merge", {{"absorb", ana}, {"reason", "x"}}).status(), 409);
  CAF_CHECK_EQUAL(ask("POST", "/leads/" + ana + "/unmerge", {{"part", ben}, {"reason", "x"}}).at("/reason"), "not_merged: " + ben);
  CAF_CHECK_EQUAL(ask("POST", "/leads/" + ana + "/promote", {{"email", "x@example.com"}}).at("/reason"), "not_an_alternate");
  CAF_CHECK_EQUAL(ask("POST", "/leads/" + ana + "/merge", {{"absorb", ben}, {"reason", "x"}}, w.setter).status(), 403);
}

CAF_TEST(ZRG-57 ZRG-59 who answers is shown and a colleague may become the address that is written to) {
  w.post(w.ws + "/events", {{"id", "r1"}, {"kind", "reply_received"}, {"occurred_at", "2026-11-16T09:59:00Z"}, {"channel", "email"},
                            {"lead", {{"email", "ana@example.com"}}},
                            {"message", {{"from", "Sam Lee <sam@example.com>"}, {"text", "She is away, ask me."}}}});
  CAF_CHECK_EQUAL(ask("GET", "/leads/" + ana).at("/replier/email"), "sam@example.com");
  CAF_CHECK_EQUAL(ask("GET", "/leads/" + ana).at("/replier/name"), "Sam Lee");
  CAF_CHECK_EQUAL(ask("POST", "/leads/" + ana + "/promote", {{"email", "sam@example.com"}}).status(), 200);
  const auto keys = ask("GET", "/leads/" + ana).at("/keys");
  CAF_CHECK(std::ranges::find(keys, json{{"kind", "email"}, {"value", "sam@example.com"}}) != keys.end());
  CAF_CHECK(std::ranges::find(keys, json{{"kind", "alternate_email"}, {"value", "ana@example.com"}}) != keys.end());
}

CAF_TEST(ZRG-53 a lead is one thread over channels and each message names its own) {
  const auto reply = [&](const std::string& id, const std::string& on) {
    w.post(w.ws + "/events", {{"id", id}, {"kind", "reply_received"}, {"occurred_at", "2026-11-16T09:59:00Z"}, {"channel", on},
                              {"lead", {{"email", "ana@example.com"}}}, {"message", {{"message_id", "<" + id + "@x>"}, {"text", "Hello"}}}});
  };
  reply("r1", "email");
  reply("r2", "sms");
  std::multiset<std::string> channels;
  for (const auto& m : ask("GET", "/leads/" + ana).at("/conversation"))
    if (m["direction"] == "inbound") channels.insert(m["channel"].get<std::string>());
  CAF_CHECK(channels == (std::multiset<std::string>{"email", "sms"}));
}

CAF_TEST_FIXTURE_SCOPE_END()
