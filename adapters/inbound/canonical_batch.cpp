#include "adapters/inbound/json_reader.hpp"
#include "adapters/inbound/problem.hpp"
#include "adapters/inbound/text.hpp"

namespace heed::inbound {

namespace {

/// Events in one request; a longer list is refused as too large.
constexpr std::size_t batch_max = 10'000;

using events_result = tl::expected<std::vector<stimulus>, hook_problem>;

hook_problem too_many() {
  return {413, "Content Too Large",
          "holds more than " + std::to_string(batch_max) + " events; send them in parts", "body"};
}

bool is_line_type(std::string_view content_type) {
  const auto type = lower_ascii(trimmed(content_type.substr(0, content_type.find(';'))));
  return type == "application/x-ndjson" || type == "application/ndjson" || type == "application/jsonl" ||
         type == "application/x-jsonlines";
}

std::string_view next_line(std::string_view& rest) {
  const auto end = rest.find('\n');
  const auto line = trimmed(rest.substr(0, end));
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return line;
}

/// Lines by shape: the first one is a whole document by itself and something follows it.
bool looks_like_lines(std::string_view body) {
  body = trimmed(body);
  const auto first = next_line(body);
  return !trimmed(body).empty() && first.starts_with('{') && nlohmann::json::accept(first);
}

events_result read_lines(std::string_view body, time_point received_at) {
  std::vector<stimulus> out;
  while (!body.empty()) {
    const auto line = next_line(body);
    if (line.empty()) continue;
    if (out.size() == batch_max) return tl::unexpected(too_many());
    const auto where = "/" + std::to_string(out.size());
    auto document = read_json(line, where);
    if (!document) return tl::unexpected(document.error());
    auto event = parse_event(*document, where, received_at, "api");
    if (!event) return tl::unexpected(event.error());
    out.push_back(std::move(*event));
  }
  if (out.empty()) return tl::unexpected(unprocessable("body", "is empty; send at least one event"));
  return out;
}

events_result read_document(std::string_view body, time_point received_at) {
  const auto document = read_json(body);
  if (!document) return tl::unexpected(document.error());
  std::vector<stimulus> out;
  const bool list = document->is_array();
  if (list && document->size() > batch_max) return tl::unexpected(too_many());
  const auto count = list ? document->size() : 1;
  for (std::size_t i = 0; i < count; ++i) {
    auto event = list ? parse_event((*document)[i], "/" + std::to_string(i), received_at, "api")
                      : parse_event(*document, "", received_at, "api");
    if (!event) return tl::unexpected(event.error());
    out.push_back(std::move(*event));
  }
  return out;
}

}  // namespace

tl::expected<std::vector<stimulus>, hook_problem> parse_events(std::string_view body,
                                                               std::string_view content_type,
                                                               time_point received_at) {
  try {
    if (is_line_type(content_type) || looks_like_lines(body)) return read_lines(body, received_at);
    return read_document(body, received_at);
  } catch (const std::exception&) {
    return tl::unexpected(unprocessable("body", "could not be read as canonical events"));
  }
}

}  // namespace heed::inbound
