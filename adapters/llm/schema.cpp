#include "adapters/llm/schema.hpp"

#include <algorithm>

#include "actors/campaign/document.hpp"
#include "actors/lead/reply_class.hpp"

namespace heed::llm {

namespace {

using nlohmann::json;
using nlohmann::ordered_json;

ordered_json text() { return {{"type", "string"}}; }
ordered_json text_or_null() { return {{"type", ordered_json::array({"string", "null"})}}; }
ordered_json number() { return {{"type", "number"}}; }
ordered_json yes_or_no() { return {{"type", "boolean"}}; }
ordered_json list_of(ordered_json items) { return {{"type", "array"}, {"items", std::move(items)}}; }

/// Closed, and everything in it required.
ordered_json object(const ordered_json& properties) {
  auto required = ordered_json::array();
  for (const auto& [name, value] : properties.items())
    required.push_back(name);
  return {{"type", "object"},
          {"properties", properties},
          {"required", required},
          {"additionalProperties", false}};
}

ordered_json class_names() {
  auto names = ordered_json::array();
  for (std::size_t i = 0; i < reply::reply_class_count; ++i)
    names.push_back(to_string(static_cast<reply::reply_class>(i)));
  return {{"type", "string"}, {"enum", names}};
}

ordered_json make(prompt_key k) {
  ordered_json p = ordered_json::object();
  switch (k) {
    case prompt_key::evaluate:
      p["reason"] = text();
      p["safe_to_send"] = yes_or_no();
      p["requires_human_review"] = yes_or_no();
      p["confidence"] = number();
      break;
    case prompt_key::context_select:
      p["learnings"] = list_of(text());
      break;
    case prompt_key::revise:
      p["changes"] = text();
      p["draft"] = text();
      break;
    case prompt_key::strategy:
      p["goal"] = text();
      p["points"] = list_of(text());
      p["tone"] = text();
      p["call_to_action"] = text();
      p["offer_times"] = yes_or_no();
      break;
    case prompt_key::generate:
      p["subject"] = text_or_null();
      p["body"] = text();
      break;
    case prompt_key::refine:
      p["evidence"] = text();
      p["class"] = class_names();
      p["confidence"] = number();
      p["resume_on"] = text_or_null();
      p["referred_email"] = text_or_null();
      p["urgent"] = yes_or_no();
      break;
  }
  return object(p);
}

bool is_type(std::string_view type, const json& v) {
  if (type == "string") return v.is_string();
  if (type == "number") return v.is_number();
  if (type == "boolean") return v.is_boolean();
  if (type == "array") return v.is_array();
  if (type == "object") return v.is_object();
  return type == "null" && v.is_null();
}

bool is_of(const ordered_json& type, const json& v) {
  if (type.is_string()) return is_type(type.get<std::string>(), v);
  return std::ranges::any_of(type, [&](const ordered_json& t) { return is_type(t.get<std::string>(), v); });
}

std::optional<std::string> find_mismatch(const ordered_json& schema, const json& v,
                                         const std::string& where) {
  if (!is_of(schema.at("type"), v)) return where;
  if (const auto allowed = schema.find("enum"); allowed != schema.end())
    if (std::ranges::none_of(*allowed, [&](const ordered_json& a) { return json(a) == v; })) return where;
  if (v.is_array())
    for (std::size_t i = 0; i < v.size(); ++i)
      if (auto m = find_mismatch(schema.at("items"), v[i], pointer_to(where, i))) return m;
  if (!v.is_object()) return std::nullopt;
  const auto& properties = schema.at("properties");
  for (const auto& [name, value] : v.items())
    if (!properties.contains(name)) return pointer_to(where, name);
  for (const auto& [name, inner] : properties.items()) {
    const auto member = v.find(name);
    if (member == v.end()) return pointer_to(where, name);
    if (auto m = find_mismatch(inner, *member, pointer_to(where, name))) return m;
  }
  return std::nullopt;
}

}  // namespace

const ordered_json& schema_of(prompt_key k) {
  static const auto all = [] {
    std::array<ordered_json, prompt_keys.size()> out;
    for (const auto key : prompt_keys)
      out[static_cast<std::size_t>(key)] = make(key);
    return out;
  }();
  return all[static_cast<std::size_t>(k)];
}

std::string schema_name(prompt_key k) {
  std::string out(to_string(k));
  std::ranges::replace(out, '.', '_');
  return out;
}

std::optional<std::string> mismatch(const ordered_json& schema, const json& value) {
  auto m = find_mismatch(schema, value, {});
  if (m && m->empty()) return "/";
  return m;
}

}  // namespace heed::llm
