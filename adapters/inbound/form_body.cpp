#include "adapters/inbound/form_body.hpp"

#include <algorithm>

#include "actors/lead/limits.hpp"
#include "adapters/inbound/json_reader.hpp"
#include "adapters/inbound/text.hpp"

namespace heed::inbound {

namespace {

bool is_json(const hook_request& request) {
  const auto types = request.header("content-type");
  const auto type = types.empty() ? std::string{} : lower_ascii(types.front());
  if (type.find("urlencoded") != std::string::npos) return false;
  return type.find("json") != std::string::npos || trimmed(request.body).starts_with('{');
}

/// One step of a JSON pointer (RFC 6901).
std::string unescaped(std::string_view token) {
  std::string out;
  for (std::size_t i = 0; i < token.size(); ++i) {
    const bool escape =
        token[i] == '~' && i + 1 < token.size() && (token[i + 1] == '0' || token[i + 1] == '1');
    out += escape ? (token[++i] == '0' ? '~' : '/') : token[i];
  }
  return out;
}

const nlohmann::json* step_into(const nlohmann::json& at, const std::string& token) {
  if (at.is_object()) {
    const auto found = at.find(token);
    return found == at.end() ? nullptr : &*found;
  }
  const bool index = !token.empty() && token.size() <= 6 &&
                     std::all_of(token.begin(), token.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!at.is_array() || !index) return nullptr;
  const auto i = static_cast<std::size_t>(std::stoul(token));
  return i < at.size() ? &at[i] : nullptr;
}

/// A pointer, or the name of a member of the top object.
const nlohmann::json* resolve(const nlohmann::json& document, std::string_view source) {
  if (!source.starts_with('/')) return step_into(document, std::string{source});
  const auto* at = &document;
  while (at != nullptr && !source.empty()) {
    source.remove_prefix(1);
    const auto end = source.find('/');
    at = step_into(*at, unescaped(source.substr(0, end)));
    source.remove_prefix(end == std::string_view::npos ? source.size() : end);
  }
  return at;
}

}  // namespace

tl::expected<form_body, hook_problem> form_body::read(const hook_request& request) {
  form_body out;
  out.json_ = is_json(request);
  if (out.json_) {
    auto document = read_json(request.body);
    if (!document) return tl::unexpected(document.error());
    out.document_ = std::move(*document);
    return out;
  }
  auto fields = parse_urlencoded(request.body);
  if (!fields)
    return tl::unexpected(
        unprocessable("body", "has more than " + std::to_string(parameters_max) + " fields; send fewer"));
  out.fields_ = std::move(*fields);
  return out;
}

std::string form_body::value(std::string_view source, std::string_view option, fault& faults) const {
  std::string text;
  if (json_) {
    const auto* found = resolve(document_, source);
    if (found == nullptr || found->is_null()) return {};
    const auto scalar = scalar_text(*found);
    if (!scalar) faults.add(option, "points at an object or an array; point it at one value");
    text = scalar.value_or(std::string{});
  } else {
    auto values = values_of(fields_, source.starts_with('/') ? source.substr(1) : source);
    if (values.size() > 1)
      faults.add(option, "names a field that is there twice with different values; send it once");
    if (!values.empty()) text = std::move(values.front());
  }
  text = clean_text(text);
  if (text.size() > limits::field_length)
    faults.add(option,
               "points at more than " + std::to_string(limits::field_length) + " bytes; shorten the value");
  return text;
}

}  // namespace heed::inbound
