#include "tests/support/openapi_check.hpp"

#include <algorithm>
#include <sstream>

namespace heed::test {

using json = nlohmann::json;

namespace {

std::vector<std::string> parts_of(const std::string& path) {
  std::vector<std::string> out;
  std::istringstream in(path);
  for (std::string part; std::getline(in, part, '/');) out.push_back(part);
  return out;
}

/// The number of literal parts that agree, -1 when the pattern does not fit: the most literal pattern wins.
int fit(const std::string& pattern, const std::string& path) {
  auto a = parts_of(pattern), b = parts_of(path);
  if (a.size() != b.size()) return -1;
  int literal = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i].starts_with("{")) continue;
    if (a[i] != b[i]) return -1;
    ++literal;
  }
  return literal;
}

bool is_type(const json& value, const std::string& type) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "integer") return value.is_number_integer();
  if (type == "number") return value.is_number();
  if (type == "boolean") return value.is_boolean();
  return type == "null" && value.is_null();
}

}  // namespace

const json* openapi_check::operation(const std::string& method, const std::string& path) const {
  const json* best = nullptr;
  int most = -1;
  for (const auto& [pattern, item] : document_.at("paths").items()) {
    auto literal = fit(pattern, path);
    if (literal > most && item.contains(method)) most = literal, best = &item.at(method);
  }
  return best;
}

const json& openapi_check::resolved(const json& schema) const {
  if (!schema.contains("$ref")) return schema;
  return resolved(document_.at(json::json_pointer(schema.at("$ref").get<std::string>().substr(1))));
}

void openapi_check::check(const json& unresolved, const json& value, const std::string& where, std::vector<std::string>& out) const {
  const auto& schema = resolved(unresolved);
  if (schema.is_boolean()) return;
  for (const auto* each : {"allOf"})
    if (schema.contains(each))
      for (const auto& part : schema.at(each)) check(part, value, where, out);
  for (const auto* choice : {"oneOf", "anyOf"}) {
    if (!schema.contains(choice)) continue;
    bool fits = std::ranges::any_of(schema.at(choice), [&](const json& part) {
      std::vector<std::string> found;
      check(part, value, where, found);
      return found.empty();
    });
    if (!fits) out.push_back(where + ": fits none of " + choice);
  }
  if (schema.contains("enum") && std::ranges::find(schema.at("enum"), value) == schema.at("enum").end())
    out.push_back(where + ": " + value.dump() + " is not in the enum");
  if (schema.contains("const") && schema.at("const") != value) out.push_back(where + ": is not the constant");
  if (schema.contains("type")) {
    const auto& types = schema.at("type");
    bool fits = types.is_array() ? std::ranges::any_of(types, [&](const json& t) { return is_type(value, t); }) : is_type(value, types);
    if (!fits) return out.push_back(where + ": is " + value.type_name() + ", documented " + types.dump());
  }
  if (value.is_object()) {
    for (const auto& name : schema.value("required", json::array()))
      if (!value.contains(name.get<std::string>())) out.push_back(where + ": lacks " + name.get<std::string>());
    const auto properties = schema.value("properties", json::object());
    for (const auto& [name, member] : value.items()) {
      if (properties.contains(name))
        check(properties.at(name), member, where + "/" + name, out);
      else if (schema.contains("additionalProperties") && schema.at("additionalProperties") == false)
        out.push_back(where + "/" + name + ": is not documented");
      else if (schema.contains("additionalProperties") && schema.at("additionalProperties").is_object())
        check(schema.at("additionalProperties"), member, where + "/" + name, out);
    }
  }
  if (value.is_array() && schema.contains("items"))
    for (std::size_t i = 0; i < value.size(); ++i) check(schema.at("items"), value[i], where + "/" + std::to_string(i), out);
}

std::vector<std::string> openapi_check::problems(const std::string& method, const std::string& path, int status,
                                                 const std::string& content_type, const std::string& body) const {
  const auto* found = operation(method, path);
  if (!found) return {method + " " + path + ": no such operation"};
  const auto& responses = found->at("responses");
  auto code = std::to_string(status);
  const json* response = responses.contains(code) ? &responses.at(code) : responses.contains("default") ? &responses.at("default") : nullptr;
  if (!response) return {method + " " + path + ": " + code + " is not documented"};
  const auto& r = resolved(*response);
  if (!r.contains("content")) return {};
  auto type = content_type.substr(0, content_type.find(';'));
  if (!r.at("content").contains(type)) return {method + " " + path + " " + code + ": type " + type + " is not documented"};
  const auto& media = r.at("content").at(type);
  if (!media.contains("schema") || type.find("json") == std::string::npos) return {};
  std::vector<std::string> out;
  auto value = json::parse(body, nullptr, false);
  if (value.is_discarded()) return {method + " " + path + ": the answer is no JSON"};
  check(media.at("schema"), value, method + " " + path + " " + code, out);
  return out;
}

}  // namespace heed::test
