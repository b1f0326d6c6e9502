#include "actors/lead/limits.hpp"
#include "adapters/inbound/json_reader.hpp"
#include "tests/unit/support/inbound_support.hpp"

#define CAF_SUITE inbound_events
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::inbound;
using namespace heed::inbound::test;
using nlohmann::json;

namespace {

const time_point now = at_seconds(signed_at);

json event(const std::string& kind, json rest = json::object()) {
  json out{{"id", "evt-1"},
           {"kind", kind},
           {"occurred_at", "2026-11-20T09:00:00Z"},
           {"lead", {{"email", "ana@example.org"}}}};
  out.update(rest);
  return out;
}

stimulus parsed(const json& document) {
  auto s = parse_event(document, "", now, "api");
  if (!s) throw std::runtime_error(s.error().detail);
  return *s;
}

std::string refused_at(const json& document) {
  const auto s = parse_event(document, "", now, "api");
  return s ? "accepted" : s.error().field;
}

std::string batch_refused_at(const std::string& body, const std::string& type = "application/json") {
  const auto all = parse_events(body, type, now);
  return all ? "accepted" : all.error().field;
}

}  // namespace

CAF_TEST(the id is the dedupe key as it is and the source is the api) {
  const auto s = parsed(event("page_viewed", {{"attributes", {{"url", "https://example.com"}}}}));
  CHECK_SAME(s.key, "evt-1");
  CHECK_SAME(s.source, "api");
  CHECK_SAME(s.received_at, now);
  CHECK_SAME(to_iso(s.occurred_at), "2026-11-20T09:00:00Z");
  CHECK_SAME(s.occurred_assumed, false);
}

CAF_TEST(an instant in the future is clamped to receipt) {
  auto document = event("page_viewed", {{"attributes", {{"url", "x"}}}});
  document["occurred_at"] = "2026-11-20T10:00:00.000001Z";
  CHECK_SAME(parsed(document).occurred_at, now);
}

CAF_TEST(T-6 back - fill is marked as such and live is the default) {
  auto document = event("unsubscribed");
  CAF_CHECK(parsed(document).mode == arrival::live);
  document["mode"] = "backfill";
  CAF_CHECK(parsed(document).mode == arrival::backfill);
  document["mode"] = "live";
  CAF_CHECK(parsed(document).mode == arrival::live);
}

CAF_TEST(keys are canonical and sorted and distinct) {
  const auto s = parsed(event("unsubscribed", {{"lead",
                                                {{"email", " Ana@Example.org "},
                                                 {"phone", "+1 (555) 010-0123"},
                                                 {"keys",
                                                  {{"email", "ana@example.org"},
                                                   {"linkedin", "in/ana"},
                                                   {"crm", json::array({77, "77", "c_78"})},
                                                   {"lead", "lead_1"}}}}}}));
  const std::vector<lead_key> expected{
      {key_kind::linkedin, "", "in/ana"},    {key_kind::email, "", "ana@example.org"},
      {key_kind::phone, "", "+15550100123"}, {key_kind::other, "crm", "77"},
      {key_kind::other, "crm", "c_78"},      {key_kind::lead, "", "lead_1"}};
  CAF_CHECK(s.keys == expected);
}

CAF_TEST(more keys or fields than a lead may have are refused at the door) {
  auto document = event("enrichment_completed");
  for (std::size_t i = 0; i < limits::fields; ++i)
    document["fields"]["f" + std::to_string(i)] = "x";
  CHECK_SAME(refused_at(document), "accepted");
  document["fields"]["one_more"] = "x";
  CHECK_SAME(refused_at(document), "/fields");
  document = event("unsubscribed");
  for (std::size_t i = 0; i < limits::keys; ++i)
    document["lead"]["keys"]["k" + std::to_string(i)] = "x";
  CHECK_SAME(refused_at(document), "/lead/keys");
}

CAF_TEST(a field value as long as the limit passes and a longer one is refused by name) {
  auto document = event("form_submitted");
  document["fields"]["note"] = std::string(limits::field_length, 'x');
  CHECK_SAME(refused_at(document), "accepted");
  document["fields"]["note"] = std::string(limits::field_length + 1, 'x');
  CHECK_SAME(refused_at(document), "/fields/note");
}

CAF_TEST(a long text is cut at a character border and marked) {
  auto document = event("reply_received");
  document["message"]["text"] = std::string(limits::message_text - 1, 'x') + "\xC3\xA9";
  const auto s = parsed(document);
  CHECK_SAME(std::get<reply_received>(s.body).text.size(), limits::message_text - 1);
  CHECK_SAME(s.attributes.at("text_truncated"), "true");
  document["message"]["text"] = std::string(limits::message_text, 'x');
  CHECK_SAME(parsed(document).attributes.count("text_truncated"), 0u);
}

CAF_TEST(control characters leave texts and make ids unusable) {
  auto document = event("reply_received");
  document["message"]["text"] = std::string{"a\0b\x1B[31mc\r\nd\re", 14};
  CHECK_SAME(std::get<reply_received>(parsed(document).body).text, "ab[31mc\nd\ne");
  document["id"] = std::string{"e\0vt", 4};
  CHECK_SAME(refused_at(document), "/id");
  document["id"] = std::string(256, 'x');
  CHECK_SAME(refused_at(document), "/id");
  document["id"] = "evt";
  document["lead"]["keys"]["crm"] = "a\nb";
  CHECK_SAME(refused_at(document), "/lead/keys/crm");
  document["lead"]["keys"] = {{"b a d", "x"}};
  CHECK_SAME(refused_at(document), "/lead/keys/b a d");
}

CAF_TEST(any name is free inside attributes and fields and keys and headers) {
  const auto s = parsed(event("form_submitted", {{"attributes", {{"anything at all", 1.5}}},
                                                 {"fields", {{"Wie heißen Sie?", "Ana"}}},
                                                 {"lead", {{"keys", {{"my-crm.id", "x"}}}}}}));
  CHECK_SAME(s.attributes.at("anything at all"), "1.5");
  CHECK_SAME(std::get<form_submitted>(s.body).fields.at("Wie heißen Sie?"), "Ana");
}

CAF_TEST(a member of the wrong type is named whatever it is) {
  const std::vector<std::pair<std::string, std::string>> wrong{{"id", "/id"},
                                                               {"kind", "/kind"},
                                                               {"occurred_at", "/occurred_at"},
                                                               {"mode", "/mode"},
                                                               {"lead", "/lead"},
                                                               {"channel", "/channel"},
                                                               {"campaign_id", "/campaign_id"},
                                                               {"message", "/message"},
                                                               {"attributes", "/attributes"},
                                                               {"occurred_assumed", "/occurred_assumed"}};
  for (const auto& [member, field] : wrong) {
    auto document = event("reply_received");
    document[member] = json::array({1});
    CHECK_SAME(refused_at(document), field);
  }
}

CAF_TEST(the address of a bounce or complaint is the one of the channel) {
  auto document =
      event("message_bounced", {{"lead", {{"email", "ana@example.org"}, {"phone", "+15550100123"}}},
                                {"attributes", {{"bounce_class", "soft"}}}});
  CHECK_SAME(std::get<message_bounced>(parsed(document).body).address, "ana@example.org");
  document["channel"] = "sms";
  CHECK_SAME(std::get<message_bounced>(parsed(document).body).address, "+15550100123");
  document["attributes"]["address"] = "Other@Example.org";
  CHECK_SAME(std::get<message_bounced>(parsed(document).body).address, "other@example.org");
  document["attributes"]["address"] = "nonsense";
  CHECK_SAME(refused_at(document), "/attributes/address");
}

CAF_TEST(mail headers of a machine mark a reply automated) {
  const std::vector<std::pair<json, bool>> cases{{json{{"Auto-Submitted", "auto-replied"}}, true},
                                                 {json{{"auto-submitted", "auto-generated (x)"}}, true},
                                                 {json{{"Auto-Submitted", "no"}}, false},
                                                 {json{{"Precedence", "Bulk"}}, true},
                                                 {json{{"Precedence", "first-class"}}, false},
                                                 {json{{"Return-Path", "<>"}}, true},
                                                 {json{{"Return-Path", "<a@b.example>"}}, false},
                                                 {json{{"X-Autoreply", "yes"}}, true},
                                                 {json{{"List-Id", "<l.example>"}}, true},
                                                 {json{{"X-Auto-Response-Suppress", "All"}}, false}};
  for (const auto& [headers, automated] : cases) {
    const auto s = parsed(event("reply_received", {{"message", {{"headers", headers}}}}));
    CAF_MESSAGE(headers.dump());
    CHECK_SAME(std::get<reply_received>(s.body).automated, automated);
  }
}

CAF_TEST(object and array and lines are told apart by shape and by content type) {
  const auto one = event("unsubscribed").dump();
  const auto count = [&](const std::string& body, const std::string& type = "") {
    const auto all = parse_events(body, type, now);
    return all ? static_cast<int>(all->size()) : -1;
  };
  CHECK_SAME(count(one), 1);
  CHECK_SAME(count(event("unsubscribed").dump(2)), 1);
  CHECK_SAME(count("[" + one + "," + one + "]"), 2);
  CHECK_SAME(count("[]"), 0);
  CHECK_SAME(count(one + "\n" + one + "\r\n\n" + one), 3);
  CHECK_SAME(count(one + "\n", "application/x-ndjson; charset=utf-8"), 1);
  CHECK_SAME(count(event("unsubscribed").dump(2), "application/x-ndjson"), -1);
}

CAF_TEST(a list is all or nothing and the first bad event is named by index and field) {
  const auto good = event("unsubscribed").dump();
  auto wrong = event("unsubscribed");
  wrong["lead"]["email"] = "x";
  CHECK_SAME(batch_refused_at("[" + good + "," + good + "," + wrong.dump() + "]"), "/2/lead/email");
  CHECK_SAME(batch_refused_at(good + "\n\n" + wrong.dump()), "/1/lead/email");
  CHECK_SAME(batch_refused_at(good + "\n{\"a\":"), "/1");
  CHECK_SAME(batch_refused_at("[" + good + ",7]"), "/1");
  CHECK_SAME(batch_refused_at(""), "body");
  CHECK_SAME(batch_refused_at("", "application/x-ndjson"), "body");
}

CAF_TEST(more events than one request may hold are too large) {
  std::string body = "[";
  for (int i = 0; i < 10'001; ++i)
    body += i == 0 ? "1" : ",1";
  const auto all = parse_events(body + "]", "", now);
  CAF_REQUIRE(!all.has_value());
  CHECK_SAME(all.error().status, 413);
}

CAF_TEST(hostile JSON is a problem that says where) {
  const auto field = [](std::string_view text) {
    const auto read = read_json(text);
    return read ? std::string{"accepted"} : read.error().field;
  };
  CHECK_SAME(field(R"({"a":[{"b":1,"b":2}]})"), "/a/0/b");
  CHECK_SAME(field(R"({"a":1,"\u0061":2})"), "/a");
  CHECK_SAME(field(std::string(1'000'000, '[')).substr(0, 4), "/0/0");
  std::string deep;
  for (int i = 0; i < 100'000; ++i)
    deep += R"({"a":)";
  CHECK_SAME(field(deep).substr(0, 4), "/a/a");
  CHECK_SAME(field(std::string(json_depth_max, '[') + std::string(json_depth_max, ']')), "accepted");
  CHECK_SAME(field(std::string(json_depth_max + 1, '[') + std::string(json_depth_max + 1, ']')).substr(0, 2),
             "/0");
  CHECK_SAME(field("1e999"), "body");
  CHECK_SAME(field("{\"a\":\"\xFF\"}"), "body");
  CHECK_SAME(field("{\"a\":\"\xC0\xAF\"}"), "body");
  CHECK_SAME(field(R"({"a":"\ud800"})"), "body");
  CHECK_SAME(field("{} {}"), "body");
  CHECK_SAME(field("{'a':1}"), "body");
  CHECK_SAME(field("{\"a\":1,}"), "body");
  CHECK_SAME(field("NaN"), "body");
  CHECK_SAME(field(std::string(100'000, '9')), "body");
}
