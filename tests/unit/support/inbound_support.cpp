#include "tests/unit/support/inbound_support.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "adapters/inbound/crypto.hpp"
#include "adapters/inbound/request_file.hpp"
#include "adapters/inbound/urlencoded.hpp"

namespace heed::inbound::test {

namespace fs = std::filesystem;

time_point at_seconds(std::int64_t seconds) { return from_micros(seconds * 1'000'000); }

std::string& header_of(hook_request& request, std::string_view name) {
  for (auto& [key, value] : request.headers)
    if (key == name) return value;
  throw std::out_of_range("the request has no such header");
}

hook_request webhook(std::string body, std::string prefix, std::string id) {
  hook_request request;
  request.received_at = request.domain_now = at_seconds(signed_at);
  request.body = std::move(body);
  request.headers = {{"content-type", "application/json"},
                     {prefix + "id", std::move(id)},
                     {prefix + "timestamp", std::to_string(signed_at)},
                     {prefix + "signature", ""}};
  sign_webhook(request);
  return request;
}

void sign_webhook(hook_request& request, const std::string& secret) {
  const auto prefix = request.header("svix-id").empty() ? std::string{"webhook-"} : std::string{"svix-"};
  const auto key = from_base64(secret.substr(6));
  const auto content =
      header_of(request, prefix + "id") + "." + header_of(request, prefix + "timestamp") + "." + request.body;
  header_of(request, prefix + "signature") = "v1," + base64(hmac_sha256(key.value(), content));
}

hook_request twilio_post(std::string form, std::string url) {
  hook_request request;
  request.received_at = request.domain_now = at_seconds(signed_at);
  request.url = url;
  request.body = std::move(form);
  auto pairs = parse_urlencoded(request.body).value();
  std::sort(pairs.begin(), pairs.end());
  pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
  for (const auto& [name, value] : pairs)
    url += name + value;
  request.headers = {{"content-type", "application/x-www-form-urlencoded"},
                     {"x-twilio-signature", base64(hmac_sha1(twilio_token, url))}};
  return request;
}

hook_settings secrets(std::vector<std::string> all, nlohmann::json options) {
  return {std::move(all), std::move(options)};
}

stimulus only_stimulus(const hook_result& result) {
  if (!result) throw std::runtime_error("refused: " + result.error().detail);
  if (result->stimuli.size() != 1) throw std::runtime_error("not one stimulus");
  return result->stimuli.front();
}

std::string fixtures_path() { return std::string{HEED_SOURCE_DIR} + "/tests/fixtures/"; }

std::string read_file(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  if (!in) return {};
  return {std::istreambuf_iterator<char>{in}, {}};
}

file_role role_of(const std::string& file_name) {
  const auto has = [&](const char* part) { return file_name.find(part) != std::string::npos; };
  if (has(".request.") || has(".response-")) return file_role::outbound;
  if (file_name.starts_with("vector-")) return file_role::vector;
  if (file_name.ends_with(".headers")) return file_role::headers;
  if (file_name.ends_with(".expected.json")) return file_role::expected;
  if (file_name.ends_with(".options.json")) return file_role::options;
  return file_role::body;
}

std::vector<fixture> inbound_fixtures(const std::string& folder) {
  std::vector<fixture> out;
  for (const auto& entry : fs::directory_iterator{fixtures_path() + folder}) {
    const auto name = entry.path().filename().string();
    if (role_of(name) != file_role::body) continue;
    const auto stem = entry.path().parent_path() / entry.path().stem();
    fixture f;
    f.folder = folder;
    f.event = entry.path().stem().string();
    f.request.body = read_file(entry.path().string());
    f.request.received_at = f.request.domain_now = at_seconds(signed_at);
    std::ifstream headers{stem.string() + ".headers"};
    if (const auto problem = read_header_file(headers, f.request)) throw std::runtime_error(problem->detail);
    f.settings.secrets = {folder == "twilio" ? twilio_token : webhook_secret};
    if (const auto options = read_file(stem.string() + ".options.json"); !options.empty())
      f.settings.options = nlohmann::json::parse(options);
    f.expected = read_file(stem.string() + ".expected.json");
    out.push_back(std::move(f));
  }
  std::sort(out.begin(), out.end(), [](const fixture& a, const fixture& b) { return a.event < b.event; });
  return out;
}

}  // namespace heed::inbound::test
