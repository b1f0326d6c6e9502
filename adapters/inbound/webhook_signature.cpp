#include "adapters/inbound/webhook_signature.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "adapters/inbound/crypto.hpp"
#include "adapters/inbound/problem.hpp"
#include "adapters/inbound/signed_header.hpp"
#include "adapters/inbound/text.hpp"

namespace heed::inbound {

namespace {

using namespace std::chrono_literals;

constexpr auto tolerance = 300s;
constexpr std::size_t timestamp_digits_max = 12;

/// The three headers of one family.
struct header_set {
  std::string prefix;
  std::string_view id;
  std::string_view timestamp;
  std::string_view signature;

  [[nodiscard]] bool absent() const { return id.empty() && timestamp.empty() && signature.empty(); }
  [[nodiscard]] bool same_values(const header_set& other) const {
    return id == other.id && timestamp == other.timestamp && signature == other.signature;
  }
};

tl::expected<header_set, hook_problem> read_set(const hook_request& request, std::string prefix) {
  const auto id = single_header(request, prefix + "id");
  if (!id) return tl::unexpected(id.error());
  const auto timestamp = single_header(request, prefix + "timestamp");
  if (!timestamp) return tl::unexpected(timestamp.error());
  const auto signature = single_header(request, prefix + "signature");
  if (!signature) return tl::unexpected(signature.error());
  return header_set{std::move(prefix), *id, *timestamp, *signature};
}

/// One whole family. Both are taken only if they say the same; parts of two are never put together.
tl::expected<header_set, hook_problem> choose_set(const hook_request& request, signature_family expected) {
  auto standard = read_set(request, "webhook-");
  if (!standard) return standard;
  auto svix = read_set(request, "svix-");
  if (!svix) return svix;
  if (svix->absent() && (!standard->absent() || expected == signature_family::webhook)) return standard;
  if (standard->absent()) return svix;
  if (standard->same_values(*svix)) return standard;
  return tl::unexpected(
      unauthorized("webhook-id", "and svix-id do not belong together; send one family of headers"));
}

bool id_ok(std::string_view id) {
  return !id.empty() && id.size() <= id_length &&
         std::all_of(id.begin(), id.end(), [](char c) { return c > ' ' && c < 0x7F && c != '.'; });
}

std::optional<std::chrono::sys_seconds> parse_seconds(std::string_view text) {
  std::int64_t seconds = 0;
  if (text.empty() || text.size() > timestamp_digits_max) return std::nullopt;
  if (!std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }))
    return std::nullopt;
  std::from_chars(text.data(), text.data() + text.size(), seconds);
  return std::chrono::sys_seconds{std::chrono::seconds{seconds}};
}

std::optional<hook_problem> check_form(const header_set& headers, time_point received_at) {
  const auto refuse = [&](std::string_view name, std::string_view detail) {
    return std::optional{unauthorized(headers.prefix + std::string{name}, detail)};
  };
  if (headers.id.empty()) return refuse("id", "is missing; the event's id is part of what is signed");
  if (!id_ok(headers.id)) return refuse("id", "is not an event id; send visible characters without a dot");
  if (headers.timestamp.empty()) return refuse("timestamp", "is missing; send Unix seconds");
  const auto sent_at = parse_seconds(headers.timestamp);
  if (!sent_at) return refuse("timestamp", "is not a whole number of Unix seconds");
  if (received_at - *sent_at > tolerance)
    return refuse("timestamp", "is more than 300 s old; sign each attempt anew");
  if (*sent_at - received_at > tolerance)
    return refuse("timestamp", "is more than 300 s ahead; set the sender's clock");
  if (headers.signature.empty()) return refuse("signature", "is missing; sign the request");
  return std::nullopt;
}

/// The key inside `whsec_...`; nothing when it cannot be decoded or is empty.
std::optional<std::string> secret_key(std::string_view secret) {
  constexpr std::string_view prefix = "whsec_";
  if (secret.starts_with(prefix)) secret.remove_prefix(prefix.size());
  auto key = from_base64(secret);
  if (!key || key->empty()) return std::nullopt;
  return key;
}

/// True when one of the space-separated `v1` signatures is the expected one.
bool lists(std::string_view signatures, std::string_view expected) {
  constexpr std::string_view version = "v1,";
  bool found = false;
  while (!signatures.empty()) {
    const auto end = signatures.find(' ');
    const auto one = signatures.substr(0, end);
    if (one.starts_with(version)) found = same_secret(one.substr(version.size()), expected) || found;
    signatures.remove_prefix(end == std::string_view::npos ? signatures.size() : end + 1);
  }
  return found;
}

}  // namespace

tl::expected<std::string_view, hook_problem> single_header(const hook_request& request,
                                                           std::string_view name) {
  const auto values = request.header(name);
  if (values.empty()) return std::string_view{};
  const bool alike = std::all_of(values.begin(), values.end(), [&](auto v) { return v == values.front(); });
  if (!alike) return tl::unexpected(unauthorized(name, "is there twice with different values; send it once"));
  return trimmed(values.front());
}

tl::expected<std::string, hook_problem> verify_webhook(const hook_request& request,
                                                       const std::vector<std::string>& secrets,
                                                       signature_family expected) {
  const auto headers = choose_set(request, expected);
  if (!headers) return tl::unexpected(headers.error());
  if (const auto wrong = check_form(*headers, request.received_at)) return tl::unexpected(*wrong);
  std::string content{headers->id};
  content.append(".").append(headers->timestamp).append(".").append(request.body);
  bool usable = false;
  bool verified = false;
  for (const auto& secret : secrets) {
    const auto key = secret_key(secret);
    if (!key) continue;
    usable = true;
    verified = lists(headers->signature, base64(hmac_sha256(*key, content))) || verified;
  }
  const auto field = headers->prefix + "signature";
  if (!usable)
    return tl::unexpected(
        unauthorized(field, "cannot be verified: no secret of the form whsec_... is configured"));
  if (!verified)
    return tl::unexpected(unauthorized(
        field, "does not match the body under any configured secret; check secret and raw body"));
  return std::string{headers->id};
}

}  // namespace heed::inbound
