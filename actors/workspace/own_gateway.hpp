#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "actors/campaign/document.hpp"
#include "actors/workspace/policy.hpp"

/// An account of provider `http`: messages go to an endpoint of the user's own, in the shape its options say.
///
///     base_url: https://gateway.example.com
///     options:
///       path: /send
///       body: {to: "{to}", text: "{text}", reference: "{id}"}
///       idempotency_header: Idempotency-Key  # it takes a repeat with the same key once
///       idempotency_hours: 24
///       look_up: /sent?reference={id}
///
/// `copies: true` at the account says that its body carries `{cc}`, addresses joined by commas; `thread_recipient: true` that its
/// provider only answers within a thread of its own (`{in_reply_to}` names the message), to whoever wrote there.
///
/// It answers 2xx once it has the message, with `id` in a JSON object where it has a name for it; 429 and `Retry-After`
/// when it wants less. Its look-up answers 200 with `{"found": true}` or `{"count": 1}`, or 404 when it never had it.
namespace heed {

inline constexpr std::string_view own_gateway = "http";

/// What may stand in braces in `body`, `path` and `look_up`; `data.NAME` beside them, a template's own.
[[nodiscard]] const std::vector<std::string>& gateway_names();

/// A run of literal text, or a name that stood in braces; doubled braces are literal ones.
struct gateway_piece {
  std::string text;
  bool is_name = false;
};
[[nodiscard]] std::vector<gateway_piece> gateway_pieces(std::string_view text);

void check_own_gateway(const account& a, const std::string& base_url, const nlohmann::json& options, const std::string& where,
                       problems& out);

}  // namespace heed
