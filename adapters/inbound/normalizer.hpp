#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>
#include <tl/expected.hpp>

#include "actors/lead/stimulus.hpp"

/// Providers' payloads in, canonical stimuli out. Pure: bytes, headers, secrets and the receipt time are arguments.
namespace heed::inbound {

/// One request as received; header names lower case, order kept, repeats kept.
struct hook_request {
  std::string method = "POST";
  std::string url;   ///< the public URL as the provider called it: scheme, host, path, query
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  time_point received_at{};   ///< real time: signature windows
  time_point domain_now{};    ///< decision time (differs under --time-scale)
  /// The values of that header; signatures are refused when a header is doubled with different values.
  [[nodiscard]] std::vector<std::string_view> header(std::string_view name) const;
};

/// What a workspace configured for one provider: several current secrets allow rotation; `options` is the
/// provider's own part (field mapping of the form hook, public_url of twilio).
struct hook_settings {
  std::vector<std::string> secrets;
  nlohmann::json options = nlohmann::json::object();
};

struct ignored_event { std::string type; std::string reason; };

/// RFC 9457; `field` is the JSON pointer or header at fault, `fix` what to do about it.
struct hook_problem {
  int status = 422;
  std::string title;
  std::string detail;
  std::string field;
};

struct hook_success {
  int status = 202;
  std::vector<stimulus> stimuli;
  std::vector<ignored_event> ignored;
  /// Providers that want their own answer (Twilio: empty TwiML) fill these; else the API answers {"accepted","duplicates"}.
  std::string answer_type;
  std::string answer_body;
};

using hook_result = tl::expected<hook_success, hook_problem>;

/// One provider's normalizer. Adding one is one file that defines an entry and a line in `normalizers()`.
struct normalizer {
  std::string_view name;
  hook_result (*normalize)(const hook_request&, const hook_settings&);
};
[[nodiscard]] std::span<const normalizer> normalizers();
[[nodiscard]] const normalizer* find_normalizer(std::string_view name);

/// Canonical events as POST /v1/workspaces/{ws}/events takes them: one object, an array, or NDJSON (by content type
/// or by shape). All or nothing: the first bad one names its index and field.
[[nodiscard]] tl::expected<std::vector<stimulus>, hook_problem> parse_events(std::string_view body, std::string_view content_type, time_point received_at);
/// One canonical event; `where` prefixes field names in problems ("/3/lead/email").
[[nodiscard]] tl::expected<stimulus, hook_problem> parse_event(const nlohmann::json& event, std::string_view where, time_point received_at, std::string_view source);
/// Back to the canonical document (what `heed normalize` prints).
[[nodiscard]] nlohmann::json event_to_json(const stimulus& s);

/// Canonical forms (providers/README, Normalisation): lower-cased bare address, E.164 digits with +; empty = not usable.
[[nodiscard]] std::string normal_email(std::string_view text);
[[nodiscard]] std::string normal_phone(std::string_view text);
/// Tags, styles, scripts and hidden elements removed, entities decoded, CRLF folded, trimmed.
[[nodiscard]] std::string html_to_text(std::string_view html);
/// As `html_to_text`, without what the clients mark as quoted: what the sender wrote just now.
[[nodiscard]] std::string html_reply_text(std::string_view html);
/// The text with the web links of what the sender wrote just now that it lacks, in angle brackets below it; at most ten.
[[nodiscard]] std::string with_links(std::string text, std::string_view html);
/// True for a text that is HTML although nobody said so.
[[nodiscard]] bool looks_like_html(std::string_view text);

}  // namespace heed::inbound
