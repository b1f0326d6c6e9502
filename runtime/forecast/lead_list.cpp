#include "runtime/forecast/lead_list.hpp"

#include <csv.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "adapters/api/upsert_body.hpp"

namespace heed::forecast {
namespace {

using nlohmann::json;

/// A record of the list: where it stands and what it says, as a body of `POST /leads`.
struct entry {
  std::string where;
  json body;
};

/// libcsv calls back per field and per record.
struct csv_rows {
  std::vector<std::string> current;
  std::vector<std::vector<std::string>> all;

  static void on_field(void* text, std::size_t length, void* self) {
    static_cast<csv_rows*>(self)->current.emplace_back(static_cast<const char*>(text), length);
  }
  static void on_record(int, void* self) {
    auto& me = *static_cast<csv_rows*>(self);
    me.all.push_back(std::exchange(me.current, {}));
  }
};

bool parse_csv(std::string_view text, csv_rows& into) {
  csv_parser parser;
  if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI) != 0) return false;
  const std::unique_ptr<csv_parser, void (*)(csv_parser*)> owner(&parser, csv_free);
  if (csv_parse(&parser, text.data(), text.size(), &csv_rows::on_field, &csv_rows::on_record, &into) != text.size())
    return false;
  return csv_fini(&parser, &csv_rows::on_field, &csv_rows::on_record, &into) == 0;
}

void put_cell(json& body, const std::string& column, const std::string& value) {
  constexpr std::string_view consent = "consent_";
  if (value.empty()) return;
  if (column == "email" || column == "phone" || column == "time_zone" || column == "landing_page")
    body[column] = value;
  else if (column.starts_with(consent))
    body["consent"][column.substr(consent.size())] = {{"status", "granted"}, {"source", value}};
  else
    body["fields"][column] = value;
}

std::vector<entry> read_csv(std::string_view text, problems& out) {
  csv_rows rows;
  if (!parse_csv(text, rows)) {
    out.push_back({"line " + std::to_string(rows.all.size() + 1), "is no CSV: a quote is opened and not closed, or stands inside a plain value"});
    return {};
  }
  if (rows.all.empty()) return {};
  const auto& header = rows.all.front();
  std::vector<entry> found;
  for (std::size_t i = 1; i < rows.all.size(); ++i) {
    const auto& cells = rows.all[i];
    const auto where = "line " + std::to_string(i + 1);
    if (cells.size() != header.size()) {
      out.push_back({where, "has " + std::to_string(cells.size()) + " values where the header names " +
                                std::to_string(header.size())});
      continue;
    }
    entry e{where, json::object()};
    for (std::size_t n = 0; n < cells.size(); ++n)
      put_cell(e.body, header[n], cells[n]);
    found.push_back(std::move(e));
  }
  return found;
}

std::vector<entry> read_json_lines(std::string_view text, problems& out) {
  std::vector<entry> found;
  for (std::size_t line = 1, at = 0; at < text.size(); ++line) {
    const auto end = std::min(text.find('\n', at), text.size());
    const auto each = text.substr(at, end - at);
    at = end + 1;
    if (each.find_first_not_of(" \t\r") == each.npos) continue;
    entry e{"line " + std::to_string(line), json::parse(each, nullptr, false)};
    if (e.body.is_object())
      found.push_back(std::move(e));
    else
      out.push_back({e.where, "is no JSON object; put one body of POST /leads on each line"});
  }
  return found;
}

std::set<channel> channels_of(const campaign& c) {
  std::set<channel> all;
  for (const auto& s : c.current().steps)
    all.insert(s.on);
  return all;
}

/// What the API would insist on and a bare list of addresses does not have. True when a consent was assumed.
bool complete(json& body, const campaign& c) {
  body["campaign_id"] = c.id.value;
  if (!body.contains("landing_page") && !body.contains("attribution"))
    body["landing_page"] = c.landing_page.empty() ? "https://example.com/list" : c.landing_page;
  if (body.contains("consent")) return false;
  for (const auto on : channels_of(c))
    body["consent"][std::string(to_string(on))] = {{"status", "granted"}, {"source", "assumed for a simulation"}};
  return true;
}

}  // namespace

tl::expected<lead_list, problems> read_lead_list(std::string_view text, const policy& p, const campaign& c, time_point now) {
  constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  problems found;
  const auto first = text.find_first_not_of(" \t\r\n");
  const bool is_json = first != text.npos && text[first] == '{';
  auto entries = is_json ? read_json_lines(text, found) : read_csv(text, found);
  if (entries.empty() && found.empty()) found.push_back({"line 1", "has no people: give a header and one line for each"});
  lead_list list;
  for (auto& e : entries) {
    list.consent_assumed |= complete(e.body, c);
    auto s = api::read_upsert(e.body, p, now);
    if (!s) {
      for (auto& each : s.error())
        found.push_back({e.where + ", " + (each.field.empty() ? "person" : each.field.substr(1)), std::move(each.detail)});
      continue;
    }
    s->key = "list:" + e.where;
    list.enrolments.push_back(std::move(*s));
  }
  if (!found.empty()) return tl::unexpected(std::move(found));
  return list;
}

}  // namespace heed::forecast
