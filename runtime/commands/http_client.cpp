#include "runtime/commands/http_client.hpp"

#include <curl/curl.h>

#include <memory>

#include "config/urls.hpp"

namespace heed::commands {
namespace {

constexpr long connect_timeout_ms = 5'000;
/// A stop is answered within seconds, its grace included.
constexpr long answer_timeout_ms = 30'000;
constexpr std::size_t answer_max = 16 * 1024 * 1024;

struct closer {
  void operator()(CURL* c) const { curl_easy_cleanup(c); }
  void operator()(curl_slist* l) const { curl_slist_free_all(l); }
};

std::size_t collect(char* data, std::size_t size, std::size_t count, void* target) {
  auto& text = *static_cast<std::string*>(target);
  if (text.size() + size * count > answer_max) return 0;
  text.append(data, size * count);
  return size * count;
}

bool never_left(CURLcode code) {
  return code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST ||
         code == CURLE_COULDNT_RESOLVE_PROXY || code == CURLE_URL_MALFORMAT ||
         code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_SSL_CONNECT_ERROR ||
         code == CURLE_PEER_FAILED_VERIFICATION;
}

}  // namespace

tl::expected<http_answer, http_failure> call_node(const std::string& method, const std::string& url,
                                                  const std::string& api_key, const std::string& body) {
  std::unique_ptr<CURL, closer> call(curl_easy_init());
  std::unique_ptr<curl_slist, closer> headers;
  for (const auto& line :
       {"Authorization: Bearer " + api_key, std::string("Content-Type: application/json")}) {
    auto* longer = curl_slist_append(headers.get(), line.c_str());
    if (longer == nullptr) return tl::unexpected(http_failure{false, "no memory"});
    (void)headers.release();
    headers.reset(longer);
  }
  if (!call) return tl::unexpected(http_failure{false, "curl does not start"});
  http_answer answer;
  auto* c = call.get();
  curl_easy_setopt(c, CURLOPT_URL, url.c_str());
  curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
  if (config::is_on_this_machine(url)) curl_easy_setopt(c, CURLOPT_PROXY, "");
  curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, method.c_str());
  curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
  curl_easy_setopt(c, CURLOPT_POSTFIELDS, body.c_str());
  curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, connect_timeout_ms);
  curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, answer_timeout_ms);
  curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, collect);
  curl_easy_setopt(c, CURLOPT_WRITEDATA, &answer.body);
  const auto code = curl_easy_perform(c);
  if (code != CURLE_OK) return tl::unexpected(http_failure{!never_left(code), curl_easy_strerror(code)});
  long status = 0;
  curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
  answer.status = static_cast<int>(status);
  return answer;
}

}  // namespace heed::commands
