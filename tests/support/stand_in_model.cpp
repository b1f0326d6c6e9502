#include "tests/support/stand_in_model.hpp"

#include <algorithm>
#include <set>

namespace heed::test {
namespace {

using nlohmann::json;

scripted_answer error(int status, const char* type, const char* code, const std::string& param = {}) {
  return {
      status,
      json{{"error", {{"message", "stand-in"}, {"type", type}, {"param", param}, {"code", code}}}}.dump()};
}

scripted_answer invalid(const std::string& param) {
  return error(400, "invalid_request_error", "invalid_value", param);
}

/// Strict schemas: every object closed, every property required.
bool is_strict(const json& schema) {
  if (!schema.is_object() || !schema.contains("type")) return false;
  if (schema["type"] == "array") return schema.contains("items") && is_strict(schema["items"]);
  if (schema["type"] != "object") return true;
  if (schema.value("additionalProperties", json()) != json(false)) return false;
  std::set<std::string> named, required;
  const auto properties = schema.value("properties", json::object());
  for (const auto& [name, inner] : properties.items()) {
    if (!is_strict(inner)) return false;
    named.insert(name);
  }
  for (const auto& r : schema.value("required", json::array()))
    required.insert(r.get<std::string>());
  return named == required;
}

bool is_schema_name(const std::string& name) {
  return !name.empty() && name.size() <= 64 && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

bool is_message(const json& m) {
  static const std::set<std::string> roles{"system", "user", "assistant", "developer"};
  return m.is_object() && m.contains("role") && roles.contains(m.value("role", "")) &&
         m.contains("content") && m["content"].is_string();
}

bool says_json(const json& messages) {
  return std::ranges::any_of(messages, [](const json& m) {
    return m["content"].get<std::string>().find("JSON") != std::string::npos;
  });
}

/// The parameter that the real one would name, empty = none.
std::string fault_in(const json& b, bool schemas) {
  static const std::set<std::string> known{
      "model", "messages", "temperature", "max_completion_tokens", "max_tokens", "response_format"};
  for (const auto& [name, value] : b.items())
    if (!known.contains(name)) return name;
  if (!b.contains("model") || !b["model"].is_string()) return "model";
  if (!b.contains("messages") || !b["messages"].is_array() || b["messages"].empty()) return "messages";
  if (!std::ranges::all_of(b["messages"], is_message)) return "messages";
  if (b.contains("max_tokens") && b.contains("max_completion_tokens")) return "max_tokens";
  const auto format = b.value("response_format", json::object());
  // The real one refuses json_object unless the word JSON stands in a message.
  if (format.value("type", "") == "json_object") return says_json(b["messages"]) ? "" : "messages";
  if (format.value("type", "") != "json_schema" || !schemas) return "response_format";
  const auto inner = format.value("json_schema", json::object());
  const bool strict = inner.value("strict", false) && is_strict(inner.value("schema", json()));
  return strict && is_schema_name(inner.value("name", "")) ? "" : "response_format";
}

}  // namespace

stand_in_model::stand_in_model() : server_([this](const scripted_request& r) { return play(r); }) {}

outbound::sending_account stand_in_model::account() const {
  outbound::sending_account a;
  a.workspace = workspace_id("acme");
  a.public_part.id = account_id("model");
  a.public_part.provider = "openai";
  a.base_url = server_.url() + "/v1";
  a.secrets["api_key"] = "example-key";
  a.options = {{"model", "example-model"}};
  return a;
}

void stand_in_model::say(const json& content) { say_text(content.dump()); }

void stand_in_model::say_text(const std::string& content, const std::string& finish_reason) {
  next({200, json{{"id", "chatcmpl-example"},
                  {"object", "chat.completion"},
                  {"choices",
                   {{{"index", 0},
                     {"message", {{"role", "assistant"}, {"content", content}, {"refusal", nullptr}}},
                     {"finish_reason", finish_reason}}}}}
                 .dump()});
}

void stand_in_model::next(scripted_answer a) {
  const std::lock_guard lock(mutex_);
  script_.push_back(std::move(a));
}

std::vector<json> stand_in_model::asked() const {
  const std::lock_guard lock(mutex_);
  return asked_;
}

std::size_t stand_in_model::arrivals() const {
  const std::lock_guard lock(mutex_);
  return arrivals_;
}

scripted_answer stand_in_model::play(const scripted_request& r) {
  const std::lock_guard lock(mutex_);
  ++arrivals_;
  if (r.path != "/v1/chat/completions") return error(404, "invalid_request_error", "unknown_url");
  if (r.method != "POST") return error(405, "invalid_request_error", "method_not_supported");
  const auto header = [&](const char* name) {
    return r.headers.contains(name) ? r.headers.at(name) : std::string();
  };
  if (header("authorization") != "Bearer example-key")
    return error(401, "invalid_request_error", "invalid_api_key");
  if (!header("content-type").starts_with("application/json"))
    return error(400, "invalid_request_error", "unsupported_content_type");
  const auto body = json::parse(r.body, nullptr, false);
  if (!body.is_object()) return invalid("body");
  if (const auto param = fault_in(body, schemas_); !param.empty()) return invalid(param);
  asked_.push_back(body);
  if (script_.empty()) return error(500, "server_error", "nothing_to_say");
  auto a = std::move(script_.front());
  script_.pop_front();
  return a;
}

}  // namespace heed::test
