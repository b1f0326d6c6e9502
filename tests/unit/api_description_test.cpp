#include <regex>
#include <set>

#include "actors/lead/links.hpp"
#include "adapters/api/api.hpp"
#include "tests/support/openapi_check.hpp"
#include "tests/unit/support/api_world.hpp"

#define CAF_SUITE api_description
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::tests;

namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  for (auto& c : out)
    c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

/// Collects every `$ref` below a value.
void collect_refs(const json& value, std::set<std::string>& out) {
  if (value.is_object() && value.contains("$ref")) out.insert(value["$ref"].get<std::string>());
  if (value.is_structured())
    for (const auto& each : value)
      collect_refs(each, out);
}

}  // namespace

CAF_TEST(every route is described and every description is a route) {
  const auto document = json::parse(api::openapi_document());
  CAF_CHECK_EQUAL(document["openapi"], "3.1.0");
  std::set<std::string> described, served;
  for (const auto& [path, operations] : document["paths"].items())
    for (const auto& [method, unused] : operations.items())
      described.insert(method + " " + path);
  for (const auto& r : api::route_names())
    served.insert(lower(r.method) + " " + std::string(r.pattern));
  for (const auto& each : served)
    if (!(described.contains(each))) CAF_ERROR("not described: " << each);
  for (const auto& each : described)
    if (!(served.contains(each))) CAF_ERROR("no route: " << each);
  CAF_CHECK_EQUAL(served.size(), api::route_names().size());
}

CAF_TEST(every reference of the description leads somewhere and every operation describes its refusals) {
  const auto document = json::parse(api::openapi_document());
  std::set<std::string> refs;
  collect_refs(document, refs);
  for (const auto& ref : refs)
    if (!(document.contains(json::json_pointer(ref.substr(1))))) CAF_ERROR(ref);
  for (const auto& [path, operations] : document["paths"].items())
    for (const auto& [method, operation] : operations.items())
      if (!(operation["responses"].contains("default"))) CAF_ERROR(method << " " << path);
}

CAF_TEST(SS-35 SS-58 no route sends to many or takes a list of people) {
  const std::regex blast("send|blast|broadcast|bulk|import|upload|csv", std::regex::icase);
  for (const auto& r : api::route_names()) {
    const std::string pattern(r.pattern);
    if (r.method == "GET") continue;
    // One message to one recipient that the configuration names: held by the suite api_previews.
    if (pattern.ends_with("/test-send")) continue;
    if (!(!std::regex_search(pattern, blast))) CAF_ERROR(pattern);
  }
  api_world w;
  for (const auto* path : {"/send", "/broadcast", "/leads/send", "/leads/import", "/campaigns/spring/send",
                           "/campaigns/spring/leads"})
    CAF_CHECK_EQUAL(w.post(w.ws + path, json::object()).status() / 100, 4);
  // One request enrols one person.
  CAF_CHECK_EQUAL(w.post(w.ws + "/leads", json::array({w.person("ana"), w.person("ben")})).status(), 422);
}

CAF_TEST(real answers are as described) {
  api_world w;
  const test::openapi_check documented(json::parse(api::openapi_document()));
  const auto hold = [&](const std::string& method, const std::string& target, const json& body = nullptr,
                        header_list headers = {}, const std::string& key = api_world::admin) {
    const auto a = w.ask(method, target, body, std::move(headers), key);
    const auto path = target.substr(0, target.find('?'));
    for (const auto& p : documented.problems(lower(method), path, a.status(), a.raw.type, a.raw.body))
      CAF_ERROR(p << "\n" << a.raw.body.substr(0, 300));
    return a;
  };
  const auto& ws = w.ws;
  hold("PUT", ws + "/campaigns/spring", w.campaign());
  hold("PUT", ws + "/campaigns/spring", w.campaign());
  hold("PUT", ws + "/campaigns/spring", {{"name", 1}});
  const std::string lead = hold("POST", ws + "/leads", w.person("ana")).at("/lead_id");
  const json form{{"id", "f"},
                  {"kind", "form_submitted"},
                  {"occurred_at", "2026-11-16T09:59:00Z"},
                  {"lead", {{"email", "ana@example.com"}}},
                  {"attributes", {{"form", "pricing"}}}};
  auto reply = form;
  reply["id"] = "r", reply["kind"] = "reply_received", reply["channel"] = "email",
  reply["message"] = {{"text", "Call me"}};
  hold("POST", ws + "/events", form);
  hold("POST", ws + "/events", reply, {{"prefer", "wait=5"}});
  for (const auto& path :
       {ws + "/leads", ws + "/leads/" + lead, ws + "/leads/" + lead + "/journal", ws + "/runs",
        ws + "/runs/spring__" + lead, ws + "/audience-actions", ws + "/reports/decisions", ws + "/sandbox",
        ws + "/campaigns", ws + "/campaigns/spring", ws + "/settings", std::string("/sender/queue"),
        std::string("/healthz"), std::string("/readyz"), ws + "/leads/nobody"})
    hold("GET", path);
  for (const auto* path :
       {"/admin/actors", "/admin/dead-letters", "/admin/counts", "/metrics", "/api/cron/sender-process"})
    hold("GET", path, nullptr, {}, w.boss);
  hold("POST", "/admin/actors/regions%2F0/restart", nullptr, {}, w.boss);
  hold("POST", "/admin/actors/store/restart", nullptr, {}, w.boss);
  w.chaos_on = true;
  hold("POST", "/admin/chaos", {{"what", "crash"}, {"path", "timers"}}, {}, w.boss);
  CAF_CHECK_EQUAL(hold("POST", ws + "/runs/spring__" + lead + "/resume").status(), 409);
  CAF_CHECK_EQUAL(hold("POST", ws + "/leads/" + lead + "/handback", {{"reason", "done"}}).status(), 200);
  hold("POST", ws + "/leads/" + lead + "/take");
  hold("POST", ws + "/campaigns/spring/pause");
  hold("POST", ws + "/campaigns/spring/resume");
  hold("POST", ws + "/campaigns/spring/disable");
  hold("POST", ws + "/campaigns/autumn/prepare", {{"intent", "investor"}});
  hold("PUT", ws + "/settings", {{"name", "Acme"}});
  hold("POST", ws + "/keys", {{"name", "x"}, {"role", "reader"}});
  for (const auto& path :
       {ws + "/stop", ws + "/campaigns/spring/stop", ws + "/accounts/mail/stop", std::string("/admin/stop")})
    for (const auto* method : {"PUT", "GET", "DELETE"})
      CAF_CHECK_EQUAL(hold(method, path, nullptr, {}, w.boss).status(), 200);
  hold("POST", ws + "/campaigns/spring/preview", {{"lead", lead}, {"step", "s1"}});
  hold("POST", ws + "/campaigns/spring/test-send", {{"lead", lead}, {"to", "me@example.net"}});
  hold("POST", ws + "/campaigns/spring/migrate-runs");
  hold("POST", ws + "/campaigns/spring/migrate-runs", {{"preview", false}});
  hold("POST", ws + "/campaigns/spring/overdue", {{"answer", "skip"}, {"preview", true}});
  hold("POST", ws + "/campaigns/spring/overdue", {{"answer", "skip"}});
  hold("POST", ws + "/effects/lead_1-1-0/resolve", {{"outcome", "delivered"}, {"evidence", "seen"}});
  hold("GET", "/u/nonsense");
  const auto link = "/u/" + link_token(w.first_effect(lead).id, w.link_key());
  hold("GET", link);
  hold("POST", link);
  CAF_CHECK_EQUAL(w.ask_raw("POST", link, "List-Unsubscribe=One-Click",
                            {{"content-type", "application/x-www-form-urlencoded"}}, "")
                      .status(),
                  200);
}

CAF_TEST(real answers about accounts and suppressions are as described) {
  api_world w;
  const test::openapi_check documented(json::parse(api::openapi_document()));
  const auto hold = [&](const std::string& method, const std::string& target, int status,
                        const json& body = nullptr) {
    const auto a = w.ask(method, target, body);
    CAF_CHECK_EQUAL(a.status(), status);
    for (const auto& p : documented.problems(lower(method), target.substr(0, target.find('?')), a.status(),
                                             a.raw.type, a.raw.body))
      CAF_ERROR(p << "\n" << a.raw.body.substr(0, 300));
  };
  w.edit_policy([](policy& p) {
    p.public_url = "https://heed.example.com";
    p.defaults.sender_name = "Mia";
    p.defaults.postal_address = "1 Main Street";
  });
  const json account{{"channel", "email"},
                     {"provider", "resend"},
                     {"from", "mia@example.com"},
                     {"secrets", {{"api_key", "re_1"}}}};
  const auto& ws = w.ws;
  hold("PUT", ws + "/accounts/main", 201, account);
  hold("PUT", ws + "/accounts/main", 200, account);
  hold("GET", ws + "/accounts/main", 200);
  hold("GET", ws + "/accounts", 200);
  const auto lead = w.enrol("ana");
  hold("POST", ws + "/handoffs/" + lead + "/take", 200);
  hold("POST", ws + "/handoffs/" + lead + "/acknowledge", 200);
  hold("GET", ws + "/handoffs?open=true", 200);
  hold("GET", ws + "/handoffs", 200);
  hold("POST", ws + "/handoffs/" + lead + "/handback", 200, {{"reason", "done"}});
  hold("POST", ws + "/suppressions", 200, {{"source", "old"}, {"items", {{{"email", "ana@example.com"}}}}});
  hold("GET", ws + "/suppressions", 200);
  hold("GET", ws + "/suppressions?email=ana@example.com", 200);
  hold("POST", ws + "/suppressions/lift", 200, {{"email", "ana@example.com"}, {"source", "letter"}});
  CAF_REQUIRE(w.db().add_alert({0, workspace_id{"acme"}, "tripwire", "campaign:spring", "x", w.now()}, {}));
  const std::vector<ignored_row> rows{
      {0, workspace_id{"acme"}, "resend", "contact.created", "not_ours", w.now()}};
  CAF_REQUIRE(w.db().note_ignored(rows, 10));
  hold("GET", ws + "/alerts", 200);
  hold("GET", ws + "/inbound/ignored", 200);
  hold("GET", ws + "/effects", 200);
  hold("GET", ws + "/leads?q=ana&status=running", 200);
}
