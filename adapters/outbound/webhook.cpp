#include "adapters/outbound/webhook.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

#include "adapters/outbound/wire.hpp"

namespace heed::outbound {
namespace {

constexpr auto answer_within = std::chrono::seconds(20);

/// The bytes of a secret; what is no base64 signs with nothing, which no receiver accepts.
std::string key_of(std::string_view secret) {
  if (secret.starts_with("whsec_")) secret.remove_prefix(6);
  std::string out(secret.size() / 4 * 3 + 3, '\0');
  const auto n = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                 reinterpret_cast<const unsigned char*>(secret.data()), static_cast<int>(secret.size()));
  if (n < 0) return {};
  auto length = static_cast<std::size_t>(n);
  if (secret.ends_with("==")) length -= 2;
  else if (secret.ends_with("=")) length -= 1;
  out.resize(length);
  return out;
}

std::string hmac(const std::string& key, const std::string& text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()),
       text.size(), mac.data(), &size);
  return {reinterpret_cast<const char*>(mac.data()), size};
}

}  // namespace

call build_webhook(const std::string& url, const std::string& secret, const std::string& id, time_point real_now,
                   const nlohmann::json& payload) {
  const auto at = std::to_string(std::chrono::duration_cast<std::chrono::seconds>(real_now.time_since_epoch()).count());
  call c;
  c.url = url;
  c.body = payload.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  c.headers = {{"content-type", "application/json"},
               {"webhook-id", id},
               {"webhook-timestamp", at},
               {"webhook-signature", "v1," + base64(hmac(key_of(secret), id + "." + at + "." + c.body))}};
  c.timeout = answer_within;
  return c;
}

webhook_report read_webhook(const answer& a) {
  using what = webhook_report::what;
  if (a.reached != answer::phase::answered) return {what::later, a.error.empty() ? "no_answer" : a.error, {}};
  if (a.status >= 200 && a.status < 300) return {what::delivered, {}, {}};
  const auto detail = "http_" + std::to_string(a.status);
  if (a.status == 410) return {what::never, detail, {}};
  return {what::later, detail, retry_after(a)};
}

}  // namespace heed::outbound
