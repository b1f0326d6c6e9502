#include "tests/unit/support/inbound_support.hpp"

#define CAF_SUITE inbound_form
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::inbound;
using namespace heed::inbound::test;
using nlohmann::json;

namespace {

hook_result mapped(const json& body, const json& options) {
  return find_normalizer("form")->normalize(webhook(body.dump()), secrets({webhook_secret}, options));
}

hook_result hooked(const json& body) {
  return find_normalizer("standard-webhooks")->normalize(webhook(body.dump()), secrets({webhook_secret}));
}

form_submitted form(const hook_result& result) {
  return std::get<form_submitted>(only_stimulus(result).body);
}

}  // namespace

CAF_TEST(a form is mapped by pointers and names) {
  const auto result =
      mapped({{"a", {{"b~/c", {"x", "ana@example.org"}}}}, {"first", "Ana"}, {"n", 7}, {"ok", true}},
             {{"map",
               {{"email", "/a/b~0~1c/1"},
                {"firstName", "first"},
                {"seats", "/n"},
                {"agreed", "/ok"},
                {"gone", "/x/y/z"}}}});
  const field_map expected{{"agreed", "true"}, {"firstName", "Ana"}, {"seats", "7"}};
  CAF_CHECK(form(result).fields == expected);
  CHECK_SAME(only_stimulus(result).key, "form:msg_1");
  CHECK_SAME(only_stimulus(result).keys.at(0).value, "ana@example.org");
}

CAF_TEST(the mapped id is the dedupe key so that a form sent twice counts once) {
  const json options{{"map", {{"email", "/mail"}, {"id", "/no"}}}};
  CHECK_SAME(only_stimulus(mapped({{"mail", "ana@example.org"}, {"no", 12}}, options)).key, "form:12");
  CHECK_SAME(only_stimulus(mapped({{"mail", "ana@example.org"}}, options)).key, "form:msg_1");
}

CAF_TEST(defaults fill what the body leaves out and nothing else) {
  const json options{{"map", {{"email", "/mail"}, {"campaign_id", "/c"}}},
                     {"defaults", {{"campaign_id", "spring"}, {"page", "https://example.com"}}}};
  CHECK_SAME(only_stimulus(mapped({{"mail", "ana@example.org"}, {"c", "autumn"}}, options)).campaign->value,
             "autumn");
  CHECK_SAME(only_stimulus(mapped({{"mail", "ana@example.org"}, {"c", " "}}, options)).campaign->value,
             "spring");
  CHECK_SAME(form(mapped({{"mail", "ana@example.org"}}, options)).page, "https://example.com");
}

CAF_TEST(instants are RFC 3339 or Unix seconds or milliseconds) {
  const json options{{"map", {{"email", "/mail"}, {"occurred_at", "/at"}}}};
  const auto at = [&](const json& when) {
    return only_stimulus(mapped({{"mail", "ana@example.org"}, {"at", when}}, options));
  };
  CHECK_SAME(at("2026-11-20T10:30:00+01:00").occurred_at, at_seconds(signed_at - 1'800));
  CHECK_SAME(at(signed_at - 60).occurred_at, at_seconds(signed_at - 60));
  CHECK_SAME(at((signed_at - 60) * 1'000).occurred_at, at_seconds(signed_at - 60));
  CHECK_SAME(at(nullptr).occurred_assumed, true);
  for (const json& wrong : {json("soon"), json(-1), json(1e30), json(0)})
    CHECK_SAME(mapped({{"mail", "ana@example.org"}, {"at", wrong}}, options).error().field,
               "/options/map/occurred_at");
}

CAF_TEST(a form without a reachable person names the mapping) {
  const json options{{"map", {{"phone", "/tel"}}}};
  const auto result = mapped({{"tel", "call me"}}, options);
  CAF_REQUIRE(!result.has_value());
  CHECK_SAME(result.error().status, 422);
  CHECK_SAME(result.error().field, "/options/map/phone");
  CAF_CHECK(result.error().detail.find("/tel") != std::string::npos);
  CAF_CHECK(result.error().detail.find("call me") == std::string::npos);  // values are no text for errors
}

CAF_TEST(broken options are named) {
  const json body{{"mail", "ana@example.org"}};
  CHECK_SAME(mapped(body, {{"map", 7}}).error().field, "/options/map");
  CHECK_SAME(mapped(body, {{"map", {{"email", 7}}}}).error().field, "/options/map/email");
  CHECK_SAME(mapped(body, {{"map", {{"email", "/mail"}}}, {"defaults", {{"page", 7}}}}).error().field,
             "/options/defaults/page");
  CHECK_SAME(mapped(body, json::array()).error().field, "/options/map");
  CHECK_SAME(mapped(body, {{"kind", "command"}, {"map", {{"email", "/mail"}}}}).error().field,
             "/options/kind");
}

CAF_TEST(the generic hook takes id and time from its envelope) {
  const json data{{"lead", {{"email", "ana@example.org"}}}, {"attributes", {{"ticket_id", "T"}}}};
  const auto s = only_stimulus(
      hooked({{"type", "lead.ticket_opened"}, {"timestamp", "2026-11-20T09:59:59.5Z"}, {"data", data}}));
  CHECK_SAME(s.key, "standard-webhooks:msg_1");
  CHECK_SAME(to_iso(s.occurred_at), "2026-11-20T09:59:59.5Z");
  CHECK_SAME(s.occurred_assumed, false);
  CHECK_SAME(only_stimulus(hooked({{"type", "lead.ticket_opened"}, {"data", data}})).occurred_assumed, true);
}

CAF_TEST(the generic hook prefers the time inside the event) {
  const json data{{"lead", {{"email", "ana@example.org"}}}, {"occurred_at", "2026-11-20T09:00:00Z"}};
  const auto s = only_stimulus(
      hooked({{"type", "lead.unsubscribed"}, {"timestamp", "2026-11-20T09:59:59Z"}, {"data", data}}));
  CHECK_SAME(to_iso(s.occurred_at), "2026-11-20T09:00:00Z");
}

CAF_TEST(the generic hook ignores what it does not know and refuses what it cannot read) {
  for (const std::string type :
       {"ping", "lead.", "lead.command", "lead.timer_fired", "sender.suppressed_hot"}) {
    const auto result = hooked({{"type", type}, {"data", json::object()}});
    CAF_REQUIRE(result.has_value());
    CAF_CHECK(result->stimuli.empty());
    CHECK_SAME(result->ignored.at(0).type, type);
  }
  CHECK_SAME(hooked({{"data", json::object()}}).error().field, "/type");
  CHECK_SAME(hooked({{"type", "lead.unsubscribed"}}).error().field, "/data");
  CHECK_SAME(hooked({{"type", "lead.unsubscribed"}, {"data", {{"lead", json::object()}}}}).error().field,
             "/data/lead");
  CHECK_SAME(hooked({{"type", "lead.unsubscribed"}, {"data", {{"kind", "page_viewed"}}}}).error().field,
             "/data/kind");
  CHECK_SAME(
      hooked(
          {{"type", "lead.unsubscribed"}, {"timestamp", 7}, {"data", {{"lead", {{"email", "a@b.example"}}}}}})
          .error()
          .field,
      "/timestamp");
}
