#include "adapters/slack/interactivity.hpp"

#include <algorithm>
#include <charconv>

#include "adapters/inbound/crypto.hpp"
#include "adapters/inbound/json_reader.hpp"
#include "adapters/inbound/problem.hpp"
#include "adapters/inbound/signed_header.hpp"
#include "adapters/inbound/urlencoded.hpp"
#include "adapters/outbound/wire.hpp"

namespace heed::slack {

namespace {

using inbound::hook_problem;
using inbound::hook_request;
using nlohmann::json;
using outbound::text_member;

constexpr auto tolerance = std::chrono::seconds(300);
constexpr std::string_view timestamp_header = "x-slack-request-timestamp";
constexpr std::string_view signature_header = "x-slack-signature";
constexpr std::string_view version = "v0=";
/// Slack sends one action a press; more than these were not pressed.
constexpr std::size_t actions_max = 25;

std::optional<std::chrono::sys_seconds> seconds_in(std::string_view text) {
  std::int64_t n = 0;
  if (text.empty() || text.size() > 12) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (error != std::errc{} || end != text.data() + text.size() || n < 0) return std::nullopt;
  return std::chrono::sys_seconds(std::chrono::seconds(n));
}

std::string hex(std::string_view bytes) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    out += digits[static_cast<unsigned char>(c) >> 4];
    out += digits[static_cast<unsigned char>(c) & 15];
  }
  return out;
}

std::optional<hook_problem> check_age(std::string_view timestamp, time_point received_at) {
  const auto refuse = [](std::string_view detail) {
    return std::optional(inbound::unauthorized(timestamp_header, detail));
  };
  if (timestamp.empty()) return refuse("is missing; only signed requests are taken");
  const auto sent_at = seconds_in(timestamp);
  if (!sent_at) return refuse("is not a whole number of Unix seconds");
  if (received_at - *sent_at > tolerance) return refuse("is more than 300 s old");
  if (*sent_at - received_at > tolerance) return refuse("is more than 300 s ahead; set this machine's clock");
  return std::nullopt;
}

std::optional<hook_problem> check_signature(const hook_request& request,
                                            const std::vector<std::string>& secrets) {
  const auto timestamp = inbound::single_header(request, timestamp_header);
  if (!timestamp) return timestamp.error();
  const auto given = inbound::single_header(request, signature_header);
  if (!given) return given.error();
  if (auto wrong = check_age(*timestamp, request.received_at)) return wrong;
  if (!given->starts_with(version))
    return inbound::unauthorized(signature_header, "is of no version we know; send v0");
  const auto text = "v0:" + std::string(*timestamp) + ":" + request.body;
  bool usable = false, verified = false;
  for (const auto& secret : secrets) {
    if (secret.empty()) continue;
    usable = true;
    verified = inbound::same_secret(*given, std::string(version) + hex(inbound::hmac_sha256(secret, text))) ||
               verified;
  }
  if (!usable)
    return inbound::unauthorized(signature_header, "cannot be verified: no signing secret is configured");
  if (!verified)
    return inbound::unauthorized(signature_header,
                                 "does not match the body under any configured signing secret");
  return std::nullopt;
}

std::string member_of(const json& object, const char* name, const char* inner) {
  const auto found = object.find(name);
  return found == object.end() ? std::string() : text_member(*found, inner);
}

/// Where the message stands; the container is there for every message, channel and message are not.
void place(const json& payload, press& p) {
  p.channel = member_of(payload, "channel", "id");
  p.ts = member_of(payload, "message", "ts");
  if (p.channel.empty()) p.channel = member_of(payload, "container", "channel_id");
  if (p.ts.empty()) p.ts = member_of(payload, "container", "message_ts");
}

std::string name_of(const json& payload) {
  for (const char* name : {"name", "username", "id"})
    if (auto text = member_of(payload, "user", name); !text.empty()) return text;
  return "somebody";
}

void take_action(const json& payload, const json& action, const workspace_id& workspace, presses& out) {
  const auto id = text_member(action, "action_id");
  const auto ignore = [&](const char* why) { out.ignored.push_back({"block_actions", why}); };
  // A press on a link is told as well; the browser has opened it already.
  if (id == "view_dashboard") return ignore("link");
  if (id != "approve_send") return ignore("unknown_action");
  const auto draft = read_value(text_member(action, "value"));
  if (!draft) return ignore("unknown_value");
  if (draft->workspace != workspace.value) return ignore("other_workspace");
  press p;
  p.user = member_of(payload, "user", "id");
  if (p.user.empty()) return ignore("no_user");
  p.asks = {*draft, "slack:" + draft->draft + ":" + std::to_string(draft->version) + ":approve"};
  p.user_name = name_of(payload);
  place(payload, p);
  out.all.push_back(std::move(p));
}

presses take_actions(const json& payload, const workspace_id& workspace) {
  presses out;
  const auto actions = payload.find("actions");
  if (text_member(payload, "type") != "block_actions" || actions == payload.end() || !actions->is_array()) {
    out.ignored.push_back({"interaction", "unknown payload type"});
    return out;
  }
  for (std::size_t i = 0; i < std::min(actions->size(), actions_max); ++i)
    if ((*actions)[i].is_object()) take_action(payload, (*actions)[i], workspace, out);
  return out;
}

tl::expected<interaction, hook_problem> read_form(const hook_request& request,
                                                  const workspace_id& workspace) {
  const auto fields = inbound::parse_urlencoded(request.body);
  if (!fields)
    return tl::unexpected(inbound::unprocessable("body", "has too many fields; Slack sends one, payload"));
  const auto payloads = inbound::values_of(*fields, "payload");
  if (payloads.size() != 1)
    return tl::unexpected(
        inbound::unprocessable("payload", "is missing or there twice; Slack sends it once"));
  const auto payload = inbound::read_json(payloads.front(), "/payload");
  if (!payload) return tl::unexpected(payload.error());
  if (!payload->is_object()) return tl::unexpected(inbound::unprocessable("/payload", "is no object"));
  return take_actions(*payload, workspace);
}

tl::expected<interaction, hook_problem> read_document(const hook_request& request) {
  const auto document = inbound::read_json(request.body);
  if (!document) return tl::unexpected(document.error());
  if (text_member(*document, "type") == "url_verification")
    return challenge{text_member(*document, "challenge")};
  presses out;
  out.ignored.push_back({"event", "unknown payload type"});
  return out;
}

}  // namespace

tl::expected<interaction, hook_problem> read_interaction(const hook_request& request,
                                                         const std::vector<std::string>& secrets,
                                                         const workspace_id& workspace) {
  if (auto wrong = check_signature(request, secrets)) return tl::unexpected(std::move(*wrong));
  if (request.body.starts_with('{')) return read_document(request);
  return read_form(request, workspace);
}

}  // namespace heed::slack
