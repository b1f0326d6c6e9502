#include "adapters/api/body.hpp"

#include "adapters/inbound/json_reader.hpp"

namespace heed::api {

namespace {

std::string media_type(std::string_view header) {
  std::string out;
  for (const char c : header.substr(0, header.find(';')))
    if (c != ' ' && c != '\t') out.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
  return out;
}

bool is_json(std::string_view type) {
  return type.empty() || type == "application/json" || type.ends_with("+json");
}

}  // namespace

std::optional<nlohmann::json> read_body(call& c, body_need need) {
  if (c.request.body.empty() && need == body_need::optional) return nlohmann::json::object();
  if (!is_json(media_type(c.request.header("content-type")))) {
    c.refuse({415, "unsupported_media_type", "Unsupported media type", "The body is not declared to be JSON.",
              "Content-Type", "Send `Content-Type: application/json`."});
    return std::nullopt;
  }
  auto read = inbound::read_json(c.request.body);
  if (!read) {
    c.refuse(from_hook(read.error()));
    return std::nullopt;
  }
  return std::move(*read);
}

}  // namespace heed::api
