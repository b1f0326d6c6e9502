#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "tests/support/world.hpp"

/// What tests of a live installation share: campaigns, people and the questions they ask of the API.
namespace heed::test {

inline const std::string acme = "/v1/workspaces/acme";

/// One email at once and another after `delay`, or text messages.
[[nodiscard]] nlohmann::json two_steps(const std::string& channel = "email", const std::string& delay = "30d");
/// Somebody with a number of their own, unless one is given.
[[nodiscard]] nlohmann::json person(const std::string& name, const std::string& campaign, const std::string& channel = "email",
                                    const std::string& phone = {});

/// Enrols and answers the lead's id; throws when it was not taken.
std::string enrol(client& api, const std::string& name, const std::string& campaign, const std::string& channel = "email",
                  const std::string& phone = {});

[[nodiscard]] nlohmann::json run_of(client& api, const std::string& campaign, const std::string& lead);
/// Waits until the run is so.
[[nodiscard]] bool run_becomes(client& api, const std::string& campaign, const std::string& lead, const std::string& status,
                               const std::string& reason = {});
[[nodiscard]] std::string domain_now(client& api);
[[nodiscard]] nlohmann::json event(client& api, const std::string& id, const std::string& kind, const std::string& email);
/// Posts the event and waits for its decision.
http_answer tell(client& api, const nlohmann::json& event);

/// Signature of a Standard Webhooks message by the specification's few lines and not by the product's.
[[nodiscard]] std::string webhook_signature(const std::string& key, const std::string& id, const std::string& timestamp,
                                            const std::string& body);
/// Twilio's, over the public URL of the hook and the sorted parameters.
[[nodiscard]] std::string twilio_signature(const std::string& url, const std::map<std::string, std::string>& parameters);
[[nodiscard]] std::string form_of(const std::map<std::string, std::string>& parameters);

}  // namespace heed::test
