#include "adapters/api/events_answer.hpp"
#include "tests/unit/support/api_world.hpp"

#define CAF_SUITE api_events
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::tests;

namespace {

json event(const std::string& id, const std::string& kind = "form_submitted") {
  return {{"id", id},
          {"kind", kind},
          {"occurred_at", "2026-11-16T09:59:00Z"},
          {"lead", {{"email", "ana@example.com"}}},
          {"attributes", {{"form", "pricing"}}}};
}

}  // namespace

CAF_TEST(events are answered when they are durable and duplicates are counted) {
  api_world w;
  const auto first = w.post(w.ws + "/events", event("e1"));
  CAF_CHECK_EQUAL(first.status(), 202);
  CAF_CHECK_EQUAL(first.body(), (json{{"accepted", 1}, {"duplicates", 0}, {"ignored", json::array()}}));
  const auto batch = w.post(w.ws + "/events", json::array({event("e1"), event("e2"), event("e3")}));
  CAF_CHECK_EQUAL(batch.at("/accepted"), 2);
  CAF_CHECK_EQUAL(batch.at("/duplicates"), 1);
  const auto lines =
      w.ask_raw("POST", w.ws + "/events", event("e4").dump() + "\n" + event("e5").dump() + "\n",
                {{"content-type", "application/x-ndjson"}}, w.setter);
  CAF_CHECK_EQUAL(lines.at("/accepted"), 2);
}

CAF_TEST(a caller that waits gets the decision with the calls already on the wire) {
  api_world w;
  w.in_flight = {"lead_1-4-0"};
  const auto a = w.post(w.ws + "/events", event("e1"), {{"prefer", "respond-async, wait=5"}});
  CAF_CHECK_EQUAL(a.status(), 200);
  CAF_CHECK_EQUAL(a.header("Preference-Applied"), "wait=5");
  CAF_CHECK(w.waits.back() == std::chrono::seconds(5));
  CAF_REQUIRE_EQUAL(a.at("/decisions").size(), 1u);
  CAF_CHECK_EQUAL(a.at("/decisions/0/seq"), 1);
  CAF_CHECK(!a.at("/decisions/0/facts").empty());
  CAF_CHECK_EQUAL(a.at("/calls_in_flight"), json::array({"lead_1-4-0"}));
}

CAF_TEST(a wait has a limit and one that is over is answered as accepted) {
  api_world w;
  w.decide_at_once = false;
  const auto a = w.post(w.ws + "/events", event("e1"), {{"prefer", "wait=500"}});
  CAF_CHECK(w.waits.back() == std::chrono::seconds(30));
  CAF_CHECK_EQUAL(a.status(), 202);
  CAF_CHECK_EQUAL(a.header("Preference-Applied"), "");
  CAF_CHECK_EQUAL(a.at("/accepted"), 1);
  w.post(w.ws + "/events", event("e2"), {{"prefer", "wait=soon"}});
  CAF_CHECK(w.waits.back() == std::chrono::seconds(0));
}

CAF_TEST(bad events name their place and none of the batch is taken) {
  api_world w;
  auto wrong = event("e2");
  wrong["kind"] = "nonsense";
  const auto a = w.post(w.ws + "/events", json::array({event("e1"), wrong}));
  CAF_CHECK_EQUAL(a.status(), 422);
  CAF_CHECK_EQUAL(a.at("/field"), "/1/kind");
  CAF_CHECK(a.body().contains("fix"));
  CAF_CHECK(w.seen.empty());
  CAF_CHECK_EQUAL(w.ask_raw("POST", w.ws + "/events", "{not json", {}, w.admin).status(), 422);
}

CAF_TEST(overload is refused before anything is accepted) {
  api_world w;
  w.refuse_submit = errc::retry;
  const auto a = w.post(w.ws + "/events", event("e1"));
  CAF_CHECK_EQUAL(a.status(), 503);
  CAF_CHECK_EQUAL(a.header("Retry-After"), "1");
  CAF_CHECK_EQUAL(a.raw.type, "application/problem+json");
}

namespace {

api::options with_hooks(std::vector<std::string>* counted) {
  api::options o;
  o.public_url = "https://gateway.example.com";
  o.real_now = [] { return parse_iso("2026-11-20T10:00:00Z").value(); };
  o.hook_settings = [](const workspace_id& ws,
                       std::string_view provider) -> std::optional<inbound::hook_settings> {
    if (ws.value != "acme" || provider != "resend") return std::nullopt;
    return inbound::hook_settings{{"whsec_ZXhhbXBsZS1zZWNyZXQtZm9yLXRlc3RzLW9ubHk="}, json::object()};
  };
  if (counted)
    o.count_hook = [counted](auto provider, auto outcome) {
      counted->push_back(std::string(provider) + " " + std::string(outcome));
    };
  return o;
}

}  // namespace

CAF_TEST(unknown providers and workspaces and unconfigured hooks answer the same 404) {
  api_world w(with_hooks(nullptr));
  const auto unknown = w.ask("POST", "/hooks/acme/nobody", json::object(), {}, "");
  CAF_CHECK_EQUAL(unknown.status(), 404);
  CAF_CHECK_EQUAL(w.ask("POST", "/hooks/nowhere/resend", json::object(), {}, "").raw.body, unknown.raw.body);
  CAF_CHECK_EQUAL(w.ask("POST", "/hooks/other/resend", json::object(), {}, "").raw.body, unknown.raw.body);
  CAF_CHECK_EQUAL(w.ask("POST", "/hooks/acme/twilio", json::object(), {}, "").raw.body, unknown.raw.body);
}

CAF_TEST(a forged webhook is refused and counted and stores nothing) {
  std::vector<std::string> counted;
  api_world w(with_hooks(&counted));
  const auto a =
      w.ask("POST", "/hooks/acme/resend", json{{"type", "email.opened"}},
            {{"svix-id", "m1"}, {"svix-timestamp", "1795168800"}, {"svix-signature", "v1,AAAA"}}, "");
  CAF_CHECK_EQUAL(a.status(), 401);
  CAF_CHECK_EQUAL(a.raw.type, "application/problem+json");
  CAF_CHECK_EQUAL(counted, std::vector<std::string>{"resend unauthorized"});
  CAF_CHECK(w.seen.empty());
}
