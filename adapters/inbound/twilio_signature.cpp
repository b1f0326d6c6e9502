#include "adapters/inbound/twilio_signature.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "adapters/inbound/crypto.hpp"
#include "adapters/inbound/problem.hpp"
#include "adapters/inbound/signed_header.hpp"
#include "adapters/inbound/text.hpp"

namespace heed::inbound {

namespace {

constexpr std::string_view header = "x-twilio-signature";

/// The URL cut around its port: `https://host` `:443` `/path?query`.
struct split_url {
  std::string_view front;
  std::string_view port;
  std::string_view rest;
};

split_url split(std::string_view url) {
  const auto scheme = url.find("://");
  const auto host = scheme == std::string_view::npos ? 0 : scheme + 3;
  const auto end = std::min(url.find_first_of("/?#", host), url.size());
  const auto authority = url.substr(host, end - host);
  const auto colon = authority.rfind(':');
  // Colons inside the brackets of an IPv6 address begin no port.
  const bool ported = colon != std::string_view::npos && authority.find(']', colon) == std::string_view::npos;
  const auto front = ported ? host + colon : end;
  return {url.substr(0, front), url.substr(front, end - front), url.substr(end)};
}

/// The URL as given, and with its port taken off or the default one put on: Twilio signs either.
std::array<std::string, 2> candidates(std::string_view url) {
  const auto parts = split(url);
  std::string other{parts.front};
  if (parts.port.empty()) other += lower_ascii(parts.front).starts_with("http://") ? ":80" : ":443";
  return {std::string{url}, other.append(parts.rest)};
}

/// Every parameter by name, each name with its distinct values in order, without separators.
std::string signed_parameters(const parameter_list& form) {
  std::map<std::string, std::set<std::string>> sorted;
  for (const auto& [name, value] : form)
    sorted[name].insert(value);
  std::string out;
  for (const auto& [name, values] : sorted)
    for (const auto& value : values)
      out.append(name).append(value);
  return out;
}

}  // namespace

std::optional<hook_problem> verify_twilio(const hook_request& request, std::string_view url,
                                          const parameter_list& form,
                                          const std::vector<std::string>& secrets) {
  const auto given = single_header(request, header);
  if (!given) return given.error();
  if (given->empty()) return unauthorized(header, "is missing; only signed requests are taken");
  const auto query = parse_urlencoded(query_of(url));
  if (!query) return unauthorized(header, "covers a URL with too many parameters");
  const auto hashes = values_of(*query, "bodySHA256");
  const bool by_hash = !hashes.empty();
  const bool body_ok =
      !by_hash || (hashes.size() == 1 && same_secret(lower_ascii(hashes.front()), sha256_hex(request.body)));
  const auto suffix = by_hash ? std::string{} : signed_parameters(form);
  bool usable = false;
  bool verified = false;
  for (const auto& secret : secrets) {
    if (secret.empty()) continue;
    usable = true;
    for (const auto& candidate : candidates(url))
      verified = same_secret(*given, base64(hmac_sha1(secret, candidate + suffix))) || verified;
  }
  if (!usable) return unauthorized(header, "cannot be verified: no auth token is configured");
  if (!verified || !body_ok)
    return unauthorized(header,
                        "does not match under any configured auth token; check the token, and that "
                        "`public_url` is exactly the URL that Twilio calls");
  return std::nullopt;
}

}  // namespace heed::inbound
