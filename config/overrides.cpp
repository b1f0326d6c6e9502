#include "config/overrides.hpp"

#include <algorithm>
#include <charconv>

namespace heed::config {
namespace {

using json = nlohmann::json;
using kind = overridable::kind;

std::string_view trimmed(std::string_view text) {
  const auto from = text.find_first_not_of(" \t\r\n");
  return from == text.npos ? std::string_view{}
                           : text.substr(from, text.find_last_not_of(" \t\r\n") - from + 1);
}

json list_of(std::string_view text) {
  json list = json::array();
  while (!text.empty()) {
    const auto comma = text.find(',');
    if (const auto item = trimmed(text.substr(0, comma)); !item.empty()) list.push_back(std::string(item));
    text = comma == text.npos ? std::string_view{} : text.substr(comma + 1);
  }
  return list;
}

/// Null, and a problem, when the text is not of the setting's kind.
json typed(kind what, std::string_view raw, const std::string& name, problems& out) {
  const auto text = trimmed(raw);
  if (what == kind::text) return std::string(text);
  if (what == kind::list) return list_of(text);
  if (what == kind::flag) {
    if (text == "true" || text == "1") return true;
    if (text == "false" || text == "0" || text.empty()) return false;
    out.push_back({name, "must be true or false"});
    return {};
  }
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc{} && end == text.data() + text.size() && !text.empty()) return number;
  out.push_back({name, "must be a whole number"});
  return {};
}

}  // namespace

std::string overridable::variable() const {
  std::string name = "HEED_" + path;
  for (char& c : name) {
    if (c == '.') c = '_';
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return name;
}

std::string overridable::pointer() const {
  std::string place = "/" + path;
  std::ranges::replace(place, '.', '/');
  return place;
}

const std::vector<overridable>& overridables() {
  static const std::vector<overridable> all{
      {kind::text, "store.url", {}},
      {kind::text, "http.address", {}},
      {kind::number, "http.port", {}},
      {kind::number, "http.max_body", {}},
      {kind::number, "http.max_connections", {}},
      {kind::number, "http.threads", {}},
      {kind::number, "clock.time_scale", {}},
      {kind::text, "public_url", {}},
      {kind::list, "allow_recipients", {}},
      {kind::flag, "dry_run", {"FOLLOWUPS_DRY_RUN"}},
      {kind::flag, "auto_send_disabled", {"AUTO_SEND_DISABLED"}},
      {kind::flag, "auto_send_revision_disabled", {"AUTO_SEND_REVISION_DISABLED"}},
      {kind::text, "prompts.directory", {}},
      {kind::number, "residency.max_leads", {}},
      {kind::text, "residency.idle_after", {}},
      {kind::number, "dispatch.max_connections", {}},
      {kind::number, "dispatch.start_by_ms", {}},
      {kind::number, "supervision.max_restarts", {}},
      {kind::text, "supervision.window", {}},
      {kind::text, "supervision.stuck_after", {}},
      {kind::flag, "chaos.enabled", {}},
      {kind::text, "limits.read_timeout", {}},
      {kind::text, "limits.answer_timeout", {}},
      {kind::text, "limits.drain_timeout", {}},
      {kind::text, "log.level", {}},
      {kind::text, "log.format", {}},
      {kind::flag, "metrics.enabled", {}},
  };
  return all;
}

std::map<std::string, std::string> apply_overrides(json& document, const source& from, problems& out) {
  std::map<std::string, std::string> set_by;
  const auto apply = [&](const overridable& o, const std::string& text, const std::string& name) {
    auto value = typed(o.what, text, name, out);
    if (value.is_null()) return;
    const json::json_pointer place(o.pointer());
    // A section that is no object is its reader's problem to report.
    if (auto& section = document[place.parent_pointer()]; !section.is_object() && !section.is_null()) return;
    document[place] = std::move(value);
    set_by[o.pointer()] = name;
  };
  for (const auto& o : overridables()) {
    std::vector<std::string> names{o.variable()};
    names.insert(names.end(), o.aliases.begin(), o.aliases.end());
    for (const auto& name : names)
      if (const auto found = from.environment.find(name); found != from.environment.end()) {
        apply(o, found->second, name);
        break;
      }
    if (const auto flag = from.flags.find(o.path); flag != from.flags.end())
      apply(o, flag->second, "--" + o.path);
  }
  std::vector<std::string> paths;
  for (const auto& o : overridables())
    paths.push_back(o.path);
  for (const auto& [path, value] : from.flags)
    if (std::ranges::find(paths, path) == paths.end())
      out.push_back({"--" + path, "is no setting" + did_you_mean(path, paths)});
  return set_by;
}

}  // namespace heed::config
