#include "tests/unit/support/inbound_support.hpp"

#define CAF_SUITE inbound_resend
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::inbound;
using namespace heed::inbound::test;
using nlohmann::json;

namespace {

json mail(const std::string& type, json data = json::object()) {
  json all{{"email_id", "e-1"}, {"to", {"ana@example.org"}}, {"from", "mia@example.com"}};
  all.update(data);
  return {{"type", type}, {"created_at", "2026-11-20T09:59:58.412345Z"}, {"data", all}};
}

hook_result normalized(const json& document) {
  return find_normalizer("resend")->normalize(webhook(document.dump(), "svix-"), secrets({webhook_secret}));
}

std::string refused_at(const json& document) {
  const auto result = normalized(document);
  if (result) return "accepted";
  CHECK_SAME(result.error().status, 422);
  return result.error().field;
}

message_bounced bounce(const json& document) {
  return std::get<message_bounced>(only_stimulus(normalized(document)).body);
}

}  // namespace

CAF_TEST(the key is the delivery id and the time is the event time in microseconds) {
  const auto s = only_stimulus(normalized(mail("email.delivered")));
  CHECK_SAME(s.key, "resend:msg_1");
  CHECK_SAME(s.source, "resend");
  CHECK_SAME(to_iso(s.occurred_at), "2026-11-20T09:59:58.412345Z");
  CAF_CHECK(s.on == channel::email);
}

CAF_TEST(without an event time receipt counts and the stimulus says so) {
  auto document = mail("email.delivered");
  document.erase("created_at");
  const auto s = only_stimulus(normalized(document));
  CHECK_SAME(s.occurred_assumed, true);
  CHECK_SAME(s.occurred_at, at_seconds(signed_at));
}

CAF_TEST(an event of the future is clamped to the decision time) {
  auto request = webhook(mail("email.delivered").dump(), "svix-");
  request.domain_now = at_seconds(signed_at - 3'600);
  const auto s = only_stimulus(find_normalizer("resend")->normalize(request, secrets({webhook_secret})));
  CHECK_SAME(s.occurred_at, request.domain_now);
  CHECK_SAME(s.received_at, request.domain_now);
}

CAF_TEST(tags name run and campaign and effect in either of their forms) {
  const json as_object{{"run", "spring__lead_1"},
                       {"effect", "lead_1-4-0"},
                       {"step", "2"},
                       {"workspace", "acme"},
                       {"other", "x"}};
  json as_array = json::array();
  for (const auto& [name, value] : as_object.items())
    as_array.push_back({{"name", name}, {"value", value}});
  for (const auto& tags : {as_object, as_array}) {
    const auto s = only_stimulus(normalized(mail("email.delivered", {{"tags", tags}})));
    const auto& ref = std::get<message_delivered>(s.body).message;
    CHECK_SAME(ref.run, "spring__lead_1");
    CHECK_SAME(ref.effect, "lead_1-4-0");
    CHECK_SAME(s.campaign.value_or(campaign_id{}).value, "spring");
    CHECK_SAME(s.attributes.at("step"), "2");
    CHECK_SAME(s.attributes.at("workspace"), "acme");
    CHECK_SAME(s.attributes.count("other"), 0u);
  }
}

CAF_TEST(our header names the effect where the provider echoes headers) {
  const json headers = json::array({{{"name", "X-Heed-Effect"}, {"value", "lead_1-4-0"}}});
  const auto s = only_stimulus(normalized(mail("email.bounced", {{"headers", headers}})));
  CHECK_SAME(std::get<message_bounced>(s.body).message.effect, "lead_1-4-0");
  CAF_CHECK(!s.campaign.has_value());
}

// RULES, Scope of a stop: only a hard bounce suppresses the address.
CAF_TEST(bounce types become classes) {
  CAF_CHECK(
      bounce(mail("email.bounced", {{"bounce", {{"type", "Permanent"}, {"subType", "NoEmail"}}}})).severity ==
      bounce_class::hard);
  CAF_CHECK(bounce(mail("email.bounced", {{"bounce", {{"type", "Transient"}}}})).severity ==
            bounce_class::soft);
  CAF_CHECK(bounce(mail("email.bounced", {{"bounce", {{"type", "Undetermined"}}}})).severity ==
            bounce_class::unknown);
  CAF_CHECK(bounce(mail("email.bounced", {{"bounce", {{"type", "Novel"}}}})).severity ==
            bounce_class::unknown);
  CAF_CHECK(bounce(mail("email.bounced")).severity == bounce_class::unknown);
  CAF_CHECK(bounce(mail("email.failed", {{"failed", {{"reason", "quota"}}}})).severity ==
            bounce_class::provider);
  CAF_CHECK(bounce(mail("email.suppressed")).severity == bounce_class::hard);
  CHECK_SAME(bounce(mail("email.suppressed")).code, "suppressed");
  CHECK_SAME(bounce(mail("email.failed", {{"failed", {{"reason", "quota"}}}})).code, "quota");
}

CAF_TEST(a suppression list entry stops the person or only the address by its origin) {
  const auto added = [](const std::string& origin) {
    return only_stimulus(normalized(
        {{"type", "suppression.added"}, {"data", {{"email", "ANA@example.org"}, {"origin", origin}}}}));
  };
  for (const std::string origin : {"complaint", "manual"})
    CAF_CHECK(std::holds_alternative<unsubscribed>(added(origin).body));
  for (const std::string origin : {"bounce", "novel"}) {
    const auto s = added(origin);
    CAF_REQUIRE(std::holds_alternative<message_bounced>(s.body));
    CAF_CHECK(std::get<message_bounced>(s.body).severity == bounce_class::hard);
    CHECK_SAME(std::get<message_bounced>(s.body).address, "ana@example.org");
  }
}

CAF_TEST(a contact counts only when it is unsubscribed) {
  const auto updated = [](const json& unsubscribed) {
    return normalized({{"type", "contact.updated"},
                       {"data", {{"email", "ana@example.org"}, {"unsubscribed", unsubscribed}}}});
  };
  CHECK_SAME(updated(true)->stimuli.size(), 1u);
  CHECK_SAME(updated(false)->stimuli.size(), 0u);
  CHECK_SAME(updated(false)->ignored.size(), 1u);
  CHECK_SAME(updated("yes").error().field, "/data/unsubscribed");
}

CAF_TEST(a received mail is the writers reply and automated when its headers say so) {
  auto document = mail("email.received", {{"from", "Ana <Ana@example.org>"}, {"to", {"mia@example.com"}}});
  auto reply = std::get<reply_received>(only_stimulus(normalized(document)).body);
  CHECK_SAME(reply.from, "ana@example.org");
  CHECK_SAME(reply.metadata_only, true);
  CHECK_SAME(reply.automated, false);
  document["data"]["headers"] = {{"auto-submitted", "auto-replied"}};
  CHECK_SAME(std::get<reply_received>(only_stimulus(normalized(document)).body).automated, true);
}

CAF_TEST(unknown and early events are acknowledged with their reason) {
  for (const std::string type : {"email.scheduled", "email.delivery_delayed", "domain.created", "x"}) {
    const auto result = normalized(mail(type));
    CAF_REQUIRE(result.has_value());
    CHECK_SAME(result->status, 202);
    CAF_CHECK(result->stimuli.empty());
    CAF_REQUIRE_EQUAL(result->ignored.size(), 1u);
    CHECK_SAME(result->ignored[0].type, type);
    CAF_CHECK(!result->ignored[0].reason.empty());
  }
}

CAF_TEST(what cannot be understood is refused by name) {
  CHECK_SAME(refused_at(json::array()), "body");
  CHECK_SAME(refused_at(json::object()), "/type");
  CHECK_SAME(refused_at({{"type", 7}}), "/type");
  CHECK_SAME(refused_at({{"type", "email.sent"}, {"data", "x"}}), "/data");
  CHECK_SAME(refused_at(mail("email.sent", {{"to", json::array()}})), "/data/to/0");
  CHECK_SAME(refused_at(mail("email.sent", {{"to", {7}}})), "/data/to/0");
  CHECK_SAME(refused_at(mail("email.sent", {{"to", {"nobody"}}})), "/data/to/0");
  CHECK_SAME(refused_at(mail("email.sent", {{"email_id", 7}})), "/data/email_id");
  CHECK_SAME(refused_at(mail("email.clicked")), "/data/click/link");
  CHECK_SAME(refused_at(mail("email.bounced", {{"bounce", "hard"}})), "/data/bounce");
  CHECK_SAME(refused_at(mail("email.received", {{"from", "<>"}})), "/data/from");
  auto when = mail("email.sent");
  when["created_at"] = "today";
  CHECK_SAME(refused_at(when), "/created_at");
}
