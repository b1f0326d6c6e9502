#include "adapters/inbound/problem.hpp"

#include <algorithm>

#include "actors/lead/limits.hpp"
#include "adapters/inbound/text.hpp"

namespace heed::inbound {

namespace {

const nlohmann::json missing = nullptr;
const nlohmann::json no_members = nlohmann::json::object();
constexpr std::size_t name_shown_max = 80;

std::string sentence(std::string_view subject, std::string_view predicate) {
  return std::string{subject}.append(" ").append(predicate);
}

}  // namespace

hook_problem unauthorized(std::string_view header, std::string_view detail) {
  return {401, "Unauthorized", sentence(header, detail), std::string{header}};
}

hook_problem unprocessable(std::string_view field, std::string_view detail) {
  return {422, "Unprocessable Content", sentence(field, detail), std::string{field}};
}

std::string pointer(std::string_view parent, std::string_view name) {
  std::string out = std::string{parent} + "/";
  for (char c : cut(clean_line(name), name_shown_max)) {
    if (c == '~')
      out += "~0";
    else if (c == '/')
      out += "~1";
    else
      out += c;
  }
  return out;
}

object_reader::object_reader(const nlohmann::json& object, std::string where, fault& faults)
    : object_(object.is_object() ? object : no_members), where_(std::move(where)), faults_(faults) {
  if (!object.is_object()) faults_.add(where_.empty() ? "body" : where_, "must be a JSON object");
}

void object_reader::only(std::initializer_list<std::string_view> names) const {
  for (const auto& [name, value] : object_.items()) {
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    std::string known;
    for (auto n : names)
      known += (known.empty() ? "" : ", ") + std::string{n};
    faults_.add(path(name), "is not a field of this document; it takes " + known);
  }
}

bool object_reader::has(std::string_view name) const { return !at(name).is_null(); }

const nlohmann::json& object_reader::at(std::string_view name) const {
  const auto found = object_.find(name);
  return found == object_.end() ? missing : *found;
}

std::string object_reader::raw(std::string_view name) const {
  const auto& value = at(name);
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_null()) faults_.add(path(name), "must be a string");
  return {};
}

std::string object_reader::line(std::string_view name) const {
  auto text = clean_line(raw(name));
  if (text.size() > limits::field_length)
    faults_.add(path(name), "is longer than " + std::to_string(limits::field_length) + " bytes; shorten it");
  return text;
}

std::string object_reader::excerpt(std::string_view name) const {
  return cut(clean_line(raw(name)), limits::field_length);
}

std::string object_reader::identifier(std::string_view name) const {
  const auto text = raw(name);
  if (has_control(text)) faults_.add(path(name), "holds control characters or broken UTF-8; send a plain id");
  if (text.size() > id_length)
    faults_.add(path(name), "is longer than " + std::to_string(id_length) + " bytes; send a shorter id");
  return std::string{trimmed(text)};
}

std::string object_reader::required_identifier(std::string_view name, std::string_view fix) const {
  auto text = identifier(name);
  if (text.empty()) faults_.add(path(name), "is missing; " + std::string{fix});
  return text;
}

bool object_reader::flag(std::string_view name) const {
  const auto& value = at(name);
  if (value.is_boolean()) return value.get<bool>();
  if (!value.is_null()) faults_.add(path(name), "must be true or false");
  return false;
}

std::optional<time_point> object_reader::instant(std::string_view name) const {
  const auto text = raw(name);
  if (text.empty()) return std::nullopt;
  const auto parsed = parse_iso(text);
  if (!parsed) faults_.add(path(name), "must be an RFC 3339 instant such as 2026-11-20T10:00:00.123Z");
  return parsed;
}

object_reader object_reader::object(std::string_view name) const {
  const auto& value = at(name);
  return {value.is_null() ? no_members : value, path(name), faults_};
}

field_map object_reader::scalars(std::string_view name) const {
  field_map out;
  const auto inner = object(name);
  for (const auto& [key, value] : inner.object_.items()) {
    if (value.is_null()) continue;
    const auto text = scalar_text(value);
    if (!text)
      faults_.add(inner.path(key), "must be a string, a number or a boolean");
    else if (key.empty() || key.size() > id_length || has_control(key))
      faults_.add(inner.path(key), "has a name that is empty, too long or holds control characters");
    else if (text->size() > limits::field_length)
      faults_.add(inner.path(key),
                  "is longer than " + std::to_string(limits::field_length) + " bytes; shorten it");
    else
      out.emplace(key, clean_text(*text));
  }
  if (out.size() > limits::fields)
    faults_.add(path(name), "has more than " + std::to_string(limits::fields) + " members; send fewer");
  return out;
}

std::optional<std::string> scalar_text(const nlohmann::json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number() || value.is_boolean()) return value.dump();
  return std::nullopt;
}

time_point decision_time(const hook_request& request) {
  return request.domain_now == time_point{} ? request.received_at : request.domain_now;
}

}  // namespace heed::inbound
