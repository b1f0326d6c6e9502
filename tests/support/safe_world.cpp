#include "tests/support/safe_world.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <stdexcept>

#include "actors/lead/ids.hpp"
#include "adapters/outbound/wire.hpp"

namespace heed::test {

using nlohmann::json;

json two_steps(const std::string& channel, const std::string& delay) {
  json c{{"name", "Live"}, {"intent", "end_user"}, {"enabled", true}, {"attribution", {{"landing_page", "https://example.com/live"}}}};
  c["sequence"] = {{{"id", "one"}, {"channel", channel}, {"template", "hello"}, {"delay", "0s"}},
                   {{"id", "two"}, {"channel", channel}, {"template", "again"}, {"delay", delay}}};
  c["templates"] = {{"hello", {{"body", "Hello {firstName}, thank you for asking."}}},
                    {"again", {{"body", "Hello {firstName}, one more word."}}}};
  if (channel == "email") c["templates"]["hello"]["subject"] = "Hello {firstName}";
  return c;
}

json person(const std::string& name, const std::string& campaign, const std::string& channel, const std::string& phone) {
  const auto digits = std::to_string(1'000'000 + stable_hash(name) % 9'000'000);
  json body{{"email", name + "@example.com"}, {"phone", phone.empty() ? "+1212" + digits : phone}, {"fields", {{"firstName", name}}}, {"campaign_id", campaign},
            {"landing_page", "https://example.com/live"}, {"time_zone", zone_at_noon()}};
  body["consent"][channel] = {{"status", "granted"}, {"source", "contract"}};
  return body;
}

std::string enrol(client& api, const std::string& name, const std::string& campaign, const std::string& channel,
                  const std::string& phone) {
  auto answer = api.post(acme + "/leads", person(name, campaign, channel, phone));
  if (answer.status / 100 != 2) throw std::runtime_error("enrol: " + answer.body);
  return answer.json().at("lead_id");
}

json run_of(client& api, const std::string& campaign, const std::string& lead) {
  return api.get(acme + "/runs/" + campaign + "__" + lead).json();
}

bool run_becomes(client& api, const std::string& campaign, const std::string& lead, const std::string& status,
                 const std::string& reason) {
  return eventually(
      [&] {
        const auto run = run_of(api, campaign, lead);
        if (!run.is_object() || run.value("status", json()) != json(status)) return false;
        return reason.empty() || (run["reason"].is_string() && run["reason"] == reason);
      },
      std::chrono::seconds(10));
}

std::string domain_now(client& api) { return api.get("/healthz").header("x-heed-now"); }

json event(client& api, const std::string& id, const std::string& kind, const std::string& email) {
  return {{"id", id}, {"kind", kind}, {"occurred_at", domain_now(api)}, {"lead", {{"email", email}}}};
}

http_answer tell(client& api, const json& event) { return api.post(acme + "/events", event, {"Prefer: wait=10"}); }

namespace {

std::string mac(const EVP_MD* how, const std::string& key, const std::string& text) {
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HMAC(how, key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()), text.size(), out, &size);
  return outbound::base64(std::string_view(reinterpret_cast<const char*>(out), size));
}

}  // namespace

std::string webhook_signature(const std::string& key, const std::string& id, const std::string& timestamp, const std::string& body) {
  return "v1," + mac(EVP_sha256(), key, id + "." + timestamp + "." + body);
}

std::string twilio_signature(const std::string& url, const std::map<std::string, std::string>& parameters) {
  std::string text = url;
  for (const auto& [name, value] : parameters) text += name + value;
  return mac(EVP_sha1(), "example-auth-token-for-tests-only", text);
}

std::string form_of(const std::map<std::string, std::string>& parameters) {
  return outbound::form_body({parameters.begin(), parameters.end()});
}

}  // namespace heed::test
