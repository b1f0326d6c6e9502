#include "runtime/commands/normalize.hpp"

#include <charconv>
#include <chrono>
#include <fstream>
#include <istream>
#include <iterator>
#include <ostream>

#include "adapters/inbound/json_reader.hpp"
#include "adapters/inbound/problem.hpp"
#include "adapters/inbound/report.hpp"
#include "adapters/inbound/request_file.hpp"

namespace heed {

namespace {

using namespace inbound;

constexpr std::string_view canonical_events = "events";

std::optional<time_point> parse_received_at(const std::string& text) {
  if (text.empty()) return std::chrono::time_point_cast<duration>(std::chrono::system_clock::now());
  if (const auto instant = parse_iso(text)) return instant;
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  constexpr std::int64_t seconds_max = 253'402'300'799;  // the end of the year 9999
  if (error != std::errc{} || end != text.data() + text.size() || seconds < 0 || seconds > seconds_max)
    return std::nullopt;
  return from_micros(seconds * 1'000'000);
}

tl::expected<hook_request, hook_problem> read_request(const normalize_args& args, std::istream& body) {
  hook_request request;
  const auto received_at = parse_received_at(args.received_at);
  if (!received_at) return tl::unexpected(unprocessable("--received-at", "must be RFC 3339 or Unix seconds"));
  request.received_at = request.domain_now = *received_at;
  if (!args.headers_file.empty()) {
    std::ifstream file{args.headers_file};
    if (!file) return tl::unexpected(unprocessable("--headers", "cannot be opened; name a readable file"));
    if (auto problem = read_header_file(file, request)) return tl::unexpected(*problem);
  }
  if (!args.url.empty()) request.url = args.url;
  request.body.assign(std::istreambuf_iterator<char>{body}, {});
  return request;
}

report unknown_provider() {
  std::string known{canonical_events};
  for (const auto& n : normalizers())
    known.append(", ").append(n.name);
  return report_of(tl::unexpected(unprocessable("PROVIDER", "is not known; use one of " + known)));
}

report normalize(const normalize_args& args, std::istream& body) {
  const auto* provider = find_normalizer(args.provider);
  if (provider == nullptr && args.provider != canonical_events) return unknown_provider();
  hook_settings settings;
  settings.secrets = args.secrets;
  if (!args.options.empty()) {
    auto options = read_json(args.options, "--options");
    if (!options) return report_of(tl::unexpected(options.error()));
    settings.options = std::move(*options);
  }
  const auto request = read_request(args, body);
  if (!request) return report_of(tl::unexpected(request.error()));
  if (provider != nullptr) return normalize_report(*request, settings, *provider);
  const auto types = request->header("content-type");
  return events_report(request->body, types.empty() ? std::string_view{} : types.front(),
                       request->domain_now);
}

}  // namespace

int run_normalize(const normalize_args& args, std::istream& body, std::ostream& out) {
  const auto result = normalize(args, body);
  out << result.json.dump(2) << '\n';
  return result.exit_code;
}

}  // namespace heed
