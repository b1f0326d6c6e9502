#include "runtime/zones.hpp"

#include <cstring>
#include <fstream>

#include <date/tz.h>

#include "actors/lead/ids.hpp"

namespace heed {
namespace {

using std::chrono::seconds;

zone_rules read_zone(const date::time_zone& zone) {
  using namespace date;
  const auto until = sys_seconds{sys_days{year{2100} / 1 / 1}};
  zone_rules rules;
  rules.name = zone.name();
  for (auto at = sys_seconds{sys_days{year{2000} / 1 / 1}}; at < until;) {
    const auto info = zone.get_info(at);
    const auto offset = static_cast<std::int32_t>(info.offset.count());
    // Some changes only rename the zone; the decision core sees offsets.
    if (rules.transitions.empty() || rules.transitions.back().offset_seconds != offset)
      rules.transitions.push_back({at.time_since_epoch().count(), offset});
    if (info.end <= at || info.end >= until) break;
    at = info.end;
  }
  return rules;
}

void put(std::string& out, const void* data, std::size_t size) {
  out.append(static_cast<const char*>(data), size);
}
void put_text(std::string& out, const std::string& text) {
  const auto size = static_cast<std::uint32_t>(text.size());
  put(out, &size, sizeof size);
  out += text;
}

/// Reads what `put` wrote; every getter fails once the data is too short.
struct cursor {
  std::string_view left;
  bool good = true;

  template <class T>
  T number() {
    T value{};
    if (left.size() < sizeof(T)) return good = false, value;
    std::memcpy(&value, left.data(), sizeof(T));
    left.remove_prefix(sizeof(T));
    return value;
  }
  std::string text() {
    const auto size = number<std::uint32_t>();
    if (left.size() < size) return good = false, std::string{};
    std::string value{left.substr(0, size)};
    left.remove_prefix(size);
    return value;
  }
};

/// The release as tzdata names itself; the library does not know it when it reads the system's files.
std::string release() {
  std::ifstream file("/usr/share/zoneinfo/tzdata.zi");
  std::string hash, word, name;
  if (file >> hash >> word >> name && hash == "#" && word == "version") return name;
  return "unknown";
}

}  // namespace

std::shared_ptr<const zone_table> load_zones() {
  const auto& database = date::get_tzdb();
  auto table = std::make_shared<zone_table>();
  for (const auto& zone : database.zones) table->zones.emplace(zone.name(), read_zone(zone));
  // Builds of one release differ by their options, so the content is part of the name.
  table->version = release() + "+" + std::to_string(stable_hash(encode_zones(*table)) % 1'000'000'000);
  return table;
}

std::string encode_zones(const zone_table& zones) {
  std::string out;
  put_text(out, zones.version);
  for (const auto& [name, rules] : zones.zones) {
    put_text(out, name);
    const auto count = static_cast<std::uint32_t>(rules.transitions.size());
    put(out, &count, sizeof count);
    for (const auto& t : rules.transitions) {
      put(out, &t.at_seconds, sizeof t.at_seconds);
      put(out, &t.offset_seconds, sizeof t.offset_seconds);
    }
  }
  return out;
}

result<std::shared_ptr<const zone_table>> decode_zones(std::string_view data) {
  cursor in{data};
  auto table = std::make_shared<zone_table>();
  table->version = in.text();
  while (in.good && !in.left.empty()) {
    zone_rules rules;
    rules.name = in.text();
    const auto count = in.number<std::uint32_t>();
    for (std::uint32_t i = 0; i < count && in.good; ++i) {
      const auto at = in.number<std::int64_t>();
      rules.transitions.push_back({at, in.number<std::int32_t>()});
    }
    auto name = rules.name;
    table->zones.emplace(std::move(name), std::move(rules));
  }
  if (!in.good) return fail(errc::fatal, "zone table: cut short");
  return table;
}

}  // namespace heed
