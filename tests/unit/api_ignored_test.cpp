#include <algorithm>

#include "tests/unit/support/api_world.hpp"
#include "tests/unit/support/inbound_support.hpp"

#define CAF_SUITE api_ignored
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::tests;

CAF_TEST(ZRG-194 an event that found no lead is written down with the reason) {
  api_world w;
  const json event{{"id", "e1"},
                   {"kind", "message_delivered"},
                   {"occurred_at", "2026-11-16T09:59:00Z"},
                   {"lead", {{"keys", {{"lead", "lead_404"}}}}},
                   {"message", {{"provider_id", "p"}}}};
  const auto a = w.post(w.ws + "/events", event);
  CAF_REQUIRE_EQUAL(a.at("/ignored/0/reason"), "no_lead");
  const auto seen = w.get(w.ws + "/inbound/ignored", w.reader);
  CAF_REQUIRE_EQUAL(seen.status(), 200);
  CAF_REQUIRE_EQUAL(seen.at("/items").size(), 1u);
  CAF_CHECK_EQUAL(seen.at("/items/0/provider"), "api");
  CAF_CHECK_EQUAL(seen.at("/items/0/type"), "message_delivered");
  CAF_CHECK_EQUAL(seen.at("/items/0/reason"), "no_lead");
  CAF_CHECK_EQUAL(seen.at("/items/0/at"), to_iso(w.now()));
}

CAF_TEST(ZRG-194 a event of a hook that changes nothing is written down with the reason) {
  api::options o;
  o.public_url = "https://gateway.example.com";
  o.real_now = [] {
  return inbound::test::at_seconds(inbound::test::signed_at); };
  o.hook_settings = [](const workspace_id&, std::string_view) -> std::optional<inbound::hook_settings> {
  return inbound::test::secrets({inbound::test::webhook_secret});
  };
  api_world w(std::move(o));
  const auto all = inbound::test::inbound_fixtures("resend");
  const auto f = std::ranges::find(all, "email-delivery-delayed", &inbound::test::fixture::event);
  CAF_REQUIRE(f != all.end());
  const auto a = w.ask_raw("POST", "/hooks/acme/resend", f->request.body, f->request.headers, "");
  CAF_REQUIRE_EQUAL(a.status(), 202);
  const auto seen = w.get(w.ws + "/inbound/ignored", w.reader);
  CAF_REQUIRE_EQUAL(seen.at("/items").size(), 1u);
  CAF_CHECK_EQUAL(seen.at("/items/0/provider"), "resend");
  CAF_CHECK_EQUAL(seen.at("/items/0/type"), "email.delivery_delayed");
  CAF_CHECK_EQUAL(seen.at("/items/0/reason"), "the provider is still trying");
  CAF_CHECK(w.get("/v1/workspaces/other/inbound/ignored", w.other).at("/items").empty());
}

CAF_TEST(alerts are shown newest first) {
  api_world w;
  const workspace_id acme{"acme"};
  CAF_REQUIRE(w.db().add_alert({0, acme, "tripwire", "campaign:spring", "7 of 100", w.now()}, {}));
  CAF_REQUIRE(w.db().add_alert({0, acme, "account_stopped", "account:mail", "20003", w.now()}, {}));
  const auto a = w.get(w.ws + "/alerts", w.reader);
  CAF_REQUIRE_EQUAL(a.at("/items").size(), 2u);
  CAF_CHECK_EQUAL(a.at("/items/0/what"), "account_stopped");
  CAF_CHECK_EQUAL(a.at("/items/1/subject"), "campaign:spring");
  CAF_CHECK_EQUAL(a.at("/items/1/detail"), "7 of 100");
}
