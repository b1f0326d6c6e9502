#include "config/yaml.hpp"

#include <yaml-cpp/yaml.h>

#include <fstream>
#include <sstream>

namespace heed::config {
namespace {

using json = nlohmann::json;

constexpr int deepest = 64;

std::string line_of(const YAML::Mark& mark) {
  return mark.is_null() ? std::string{} : "line " + std::to_string(mark.line + 1) + ": ";
}

/// JSON's own grammar decides whether a plain scalar is a number or a word of its own.
json typed(const std::string& text) {
  if (text.empty() || text == "~") return {};
  auto parsed = json::parse(text, nullptr, false);
  const bool plain = parsed.is_number() || parsed.is_boolean() || parsed.is_null();
  return plain ? parsed : json(text);
}

json convert(const YAML::Node& node, const std::string& where, int depth, problems& out);

json convert_map(const YAML::Node& node, const std::string& where, int depth, problems& out) {
  json object = json::object();
  for (const auto& member : node) {
    if (!member.first.IsScalar()) {
      out.push_back({where, line_of(member.first.Mark()) + "a name must be a text"});
      continue;
    }
    const auto& key = member.first.Scalar();
    const auto place = pointer_to(where, key);
    if (object.contains(key)) out.push_back({place, line_of(member.first.Mark()) + "is there twice"});
    object[key] = convert(member.second, place, depth + 1, out);
  }
  return object;
}

json convert(const YAML::Node& node, const std::string& where, int depth, problems& out) {
  if (depth > deepest) {
    out.push_back({where, line_of(node.Mark()) + "is nested too deeply"});
    return {};
  }
  if (node.IsMap()) return convert_map(node, where, depth, out);
  if (node.IsSequence()) {
    json list = json::array();
    for (const auto& element : node)
      list.push_back(convert(element, pointer_to(where, list.size()), depth + 1, out));
    return list;
  }
  if (!node.IsScalar()) return {};
  const bool quoted = node.Tag() == "!";
  return quoted ? json(node.Scalar()) : typed(node.Scalar());
}

bool is_utf8(const json& document) {
  try {
    return !document.dump().empty();
  } catch (const json::exception&) {
    return false;
  }
}

}  // namespace

tl::expected<json, problems> parse_yaml(const std::string& text) {
  problems found;
  try {
    auto document = convert(YAML::Load(text), "", 0, found);
    if (!is_utf8(document)) found.push_back({"", "is not UTF-8 text"});
    if (found.empty()) return document;
  } catch (const YAML::Exception& e) {
    found.push_back({"", line_of(e.mark) + e.msg});
  }
  return tl::unexpected(std::move(found));
}

tl::expected<std::string, problem> read_file(const std::filesystem::path& file) {
  std::error_code error;
  std::ifstream in(file, std::ios::binary);
  if (!std::filesystem::is_regular_file(file, error) || !in)
    return tl::unexpected(problem{file.string(), "cannot be read; is it there and allowed?"});
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

}  // namespace heed::config
