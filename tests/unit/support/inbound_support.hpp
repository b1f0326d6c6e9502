#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/inbound/normalizer.hpp"

/// Requests as providers make them, and the fixtures on disk, for the inbound suites.
namespace heed::inbound::test {

/// 2026-11-20T10:00:00Z, when every fixture was signed.
inline constexpr std::int64_t signed_at = 1'795'168'800;
inline const std::string webhook_secret = "whsec_ZXhhbXBsZS1zZWNyZXQtZm9yLXRlc3RzLW9ubHk=";
inline const std::string twilio_token = "example-auth-token-for-tests-only";
inline const std::string twilio_url = "https://gateway.example.com/hooks/acme/twilio";

[[nodiscard]] time_point at_seconds(std::int64_t seconds);

/// A body signed as Standard Webhooks says, with headers of that prefix (`webhook-` or `svix-`).
[[nodiscard]] hook_request webhook(std::string body, std::string prefix = "webhook-",
                                   std::string id = "msg_1");
/// The same after its body, id or time was changed: signs anew.
void sign_webhook(hook_request& request, const std::string& secret = webhook_secret);
[[nodiscard]] std::string& header_of(hook_request& request, std::string_view name);

/// A form post signed by Twilio; `form` is the encoded body.
[[nodiscard]] hook_request twilio_post(std::string form, std::string url = twilio_url);

[[nodiscard]] hook_settings secrets(std::vector<std::string> all,
                                    nlohmann::json options = nlohmann::json::object());
/// The one stimulus of a success; fails the test otherwise.
[[nodiscard]] stimulus only_stimulus(const hook_result& result);

struct fixture {
  std::string folder;  ///< provider, or `canonical`
  std::string event;   ///< the file's name without its last extension
  hook_request request;
  hook_settings settings;
  std::string expected;  ///< the committed document; empty when there is none
};
[[nodiscard]] std::string fixtures_path();
[[nodiscard]] std::string read_file(const std::string& path);
/// Every body in the folder that a normalizer is to read; outbound calls, official vectors and headers are
/// left out.
[[nodiscard]] std::vector<fixture> inbound_fixtures(const std::string& folder);
/// What a file of the folder is for.
enum class file_role { body, headers, options, expected, outbound, vector };
[[nodiscard]] file_role role_of(const std::string& file_name);

/// A copy of its argument: the framework's checks bind references, which a member of a temporary outlives.
template <class T>
[[nodiscard]] std::decay_t<T> value(T&& x) {
  return std::forward<T>(x);
}

}  // namespace heed::inbound::test

#define CHECK_SAME(x, y) CAF_CHECK_EQUAL(::heed::inbound::test::value(x), ::heed::inbound::test::value(y))
