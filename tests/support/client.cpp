#include "tests/support/client.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <stdexcept>

namespace heed::test {

struct client::impl {
  CURL* easy = curl_easy_init();
  std::string base, bearer;

  ~impl() { curl_easy_cleanup(easy); }
};

namespace {

std::size_t take_body(char* data, std::size_t size, std::size_t count, void* to) {
  static_cast<std::string*>(to)->append(data, size * count);
  return size * count;
}

std::size_t take_header(char* data, std::size_t size, std::size_t count, void* to) {
  std::string line(data, size * count);
  auto colon = line.find(':');
  if (colon == std::string::npos) return size * count;
  std::string name = line.substr(0, colon), value = line.substr(colon + 1);
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  value.erase(0, value.find_first_not_of(' '));
  value.erase(value.find_last_not_of("\r\n ") + 1);
  static_cast<http_answer*>(to)->headers.emplace_back(std::move(name), std::move(value));
  return size * count;
}

}  // namespace

std::string http_answer::header(const std::string& name) const {
  for (const auto& [n, v] : headers)
    if (n == name) return v;
  return {};
}

client::client(std::string base_url, std::string bearer) : impl_(std::make_unique<impl>()) {
  if (!impl_->easy) throw std::runtime_error("curl_easy_init failed");
  impl_->base = std::move(base_url);
  impl_->bearer = std::move(bearer);
}
client::~client() = default;
client::client(client&&) noexcept = default;
client& client::operator=(client&&) noexcept = default;

http_answer client::call(const std::string& method, const std::string& path, const std::string& body, const extra_headers& extra) {
  auto* easy = impl_->easy;
  curl_easy_reset(easy);
  http_answer out;
  curl_slist* headers = nullptr;
  if (!impl_->bearer.empty()) headers = curl_slist_append(headers, ("Authorization: Bearer " + impl_->bearer).c_str());
  bool typed = std::ranges::any_of(extra, [](auto& h) { return h.starts_with("Content-Type:"); });
  if (!typed) headers = curl_slist_append(headers, "Content-Type: application/json");
  headers = curl_slist_append(headers, "Expect:");
  for (const auto& h : extra) headers = curl_slist_append(headers, h.c_str());
  curl_easy_setopt(easy, CURLOPT_URL, (impl_->base + path).c_str());
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method.c_str());
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &out.body);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, &out);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, 60'000L);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  if (method == "POST" || method == "PUT") {
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body.data());
  }
  if (curl_easy_perform(easy) == CURLE_OK) {
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    out.status = static_cast<int>(status);
  }
  curl_slist_free_all(headers);
  return out;
}

http_answer client::get(const std::string& path, const extra_headers& extra) { return call("GET", path, {}, extra); }
http_answer client::post(const std::string& path, const std::string& body, const extra_headers& extra) {
  return call("POST", path, body, extra);
}
http_answer client::put(const std::string& path, const nlohmann::json& body, const extra_headers& extra) {
  return call("PUT", path, body.dump(), extra);
}

}  // namespace heed::test
