#pragma once

#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/outbound/sender.hpp"

/// What all senders share in turning values into bytes and answers into words.
namespace heed::outbound {

[[nodiscard]] std::string base64(std::string_view data);
/// RFC 3986: everything but the unreserved characters is encoded.
[[nodiscard]] std::string percent_encoded(std::string_view text);
/// `application/x-www-form-urlencoded`: as above, and a space is `+`.
[[nodiscard]] std::string form_encoded(std::string_view text);
/// `a=1&b=2` in the order given.
[[nodiscard]] std::string form_body(const std::vector<std::pair<std::string, std::string>>& fields);
/// Control characters become one space a run: nothing that goes into a header can end its line.
[[nodiscard]] std::string single_line(std::string_view text);
/// A base URL without its final slash, or the provider's own when none is configured.
[[nodiscard]] std::string base_or(const sending_account& a, std::string_view own);
/// Empty when the account has no such secret.
[[nodiscard]] std::string secret(const sending_account& a, const std::string& name);
/// Empty when the option is missing or not text.
[[nodiscard]] std::string text_option(const sending_account& a, const char* name);
/// None when the option is missing, no whole number, or negative.
[[nodiscard]] std::optional<std::int64_t> number_option(const sending_account& a, const char* name);
/// `options.timeout_ms`, else 30 s.
[[nodiscard]] std::chrono::milliseconds call_timeout(const sending_account& a);

/// The message's own headers, made safe: names that are no token, and names that the sender itself sets, are
/// left out; values are single lines. Threading headers are added from the message.
[[nodiscard]] field_map safe_headers(const send_effect& e);
/// The run of a touch key `run/step_id`; empty for keys of other kinds.
[[nodiscard]] std::string run_of(const send_effect& e);

/// Empty when the answer has no such header; `name` in lower case.
[[nodiscard]] std::string_view header(const answer& a, std::string_view name);
/// The body as JSON, `discarded` when it is none.
[[nodiscard]] nlohmann::json json_body(const answer& a);
/// That member when it is text, else empty.
[[nodiscard]] std::string text_member(const nlohmann::json& object, const char* name);
/// `Retry-After` in seconds, else `ratelimit-reset`; the date form is not used by these providers.
[[nodiscard]] std::optional<std::chrono::seconds> retry_after(const answer& a);
/// A provider's error name when it looks like one (lower-case word), else `http_NNN`: nobody's text gets into
/// logs.
[[nodiscard]] std::string code_word(const std::string& name, int status);

[[nodiscard]] send_report report(send_result r, std::string detail);
/// What holds for every HTTP provider before its own codes are read: nothing written is definite, 5xx,
/// redirects, 408 and lost answers are unknown, 401, 403, 404, 405 and 429 are the account's. None = the
/// provider's table decides.
[[nodiscard]] std::optional<send_report> common_report(const answer& a, const std::string& code);
/// The part of `common_report` that any transport shares: no answer at all.
[[nodiscard]] std::optional<send_report> unanswered_report(const answer& a);

}  // namespace heed::outbound
