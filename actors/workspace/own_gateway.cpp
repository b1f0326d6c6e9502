#include "actors/workspace/own_gateway.hpp"

#include <algorithm>
#include <utility>

namespace heed {
namespace {

using nlohmann::json;

bool is_known(std::string_view name) {
  return (name.starts_with("data.") && name.size() > 5) ||
         std::ranges::find(gateway_names(), name) != gateway_names().end();
}

void check_text(const std::string& text, const std::string& where, problems& out) {
  for (const auto& piece : gateway_pieces(text))
    if (piece.is_name && !is_known(piece.text))
      out.push_back({where, "{" + piece.text + "} is nothing a message has" +
                                did_you_mean(piece.text, gateway_names()) + "; a template's own are {data.NAME}"});
}

void check_body(const json& value, const std::string& where, problems& out) {
  if (value.is_string()) check_text(value.get_ref<const std::string&>(), where, out);
  if (value.is_object())
    for (const auto& [key, member] : value.items())
      check_body(member, pointer_to(where, key), out);
  if (value.is_array())
    for (std::size_t i = 0; i < value.size(); ++i)
      check_body(value[i], pointer_to(where, i), out);
}

void check_path(object_reader& in, std::string_view key, problems& out) {
  const auto path = in.text(key);
  if (!path) return;
  if (!path->starts_with('/')) in.report(key, "must begin with /");
  check_text(*path, in.at(key), out);
}

bool is_header_name(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  });
}

}  // namespace

const std::vector<std::string>& gateway_names() {
  static const std::vector<std::string> names{"id",   "channel", "from",     "to",   "subject",
                                              "text", "campaign", "step", "reply_to", "cc", "in_reply_to"};
  return names;
}

std::vector<gateway_piece> gateway_pieces(std::string_view text) {
  std::vector<gateway_piece> out;
  std::string literal;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool doubled = (c == '{' || c == '}') && text.substr(i + 1, 1) == text.substr(i, 1);
    const auto end = c == '{' && !doubled ? text.find('}', i) : text.npos;
    if (end == text.npos) {
      literal += c;
      if (doubled) ++i;
      continue;
    }
    if (!literal.empty()) out.push_back({std::exchange(literal, {}), false});
    out.push_back({std::string(text.substr(i + 1, end - i - 1)), true});
    i = end;
  }
  if (!literal.empty()) out.push_back({std::move(literal), false});
  return out;
}

void check_own_gateway(const account& a, const std::string& base_url, const json& options, const std::string& where,
                       problems& out) {
  if (base_url.empty())
    out.push_back({pointer_to(where, "base_url"), "is missing: where the gateway is, like https://gateway.example.com"});
  else if (!base_url.starts_with("https://") && !base_url.starts_with("http://"))
    out.push_back({pointer_to(where, "base_url"), "must begin with https:// or http://"});
  const auto place = pointer_to(where, "options");
  if (!options.is_object()) return;
  problems found;
  object_reader in(options, place, found);
  check_path(in, "path", found);
  check_path(in, "look_up", found);
  const auto* body = in.object("body");
  if (body) check_body(*body, in.at("body"), found);
  if (body && a.copies != (body->dump().find("{cc}") != std::string::npos))
    in.report("body", a.copies ? "must hold {cc} where addresses in copy go, or set copies to false"
                               : "holds {cc}: set copies to true, so that people may put somebody in copy");
  const auto header = in.text("idempotency_header");
  if (header && !is_header_name(*header)) in.report("idempotency_header", "must be a header's name");
  const auto hours = in.number("idempotency_hours", 1, 24 * 365);
  if (hours && !header) in.report("idempotency_hours", "needs idempotency_header, which carries the key");
  (void)in.any("timeout_ms");
  (void)in.any("visibility_delay_seconds");
  in.finish();
  out.insert(out.end(), found.begin(), found.end());
}

}  // namespace heed
