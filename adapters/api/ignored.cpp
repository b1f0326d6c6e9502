#include "adapters/api/ignored.hpp"

#include "adapters/api/handlers.hpp"
#include "adapters/api/paging.hpp"
#include "adapters/api/present.hpp"

namespace heed::api {

using nlohmann::json;

namespace {

constexpr std::size_t kept_most = 10'000;

json ignored_json(const ignored_row& row) {
  return {{"number", row.number},
          {"provider", row.provider},
          {"type", row.type},
          {"reason", row.reason},
          {"at", to_iso(row.at)}};
}

json alert_json(const alert_row& row) {
  return {{"number", row.number},
          {"what", row.what},
          {"subject", text_or_null(row.subject)},
          {"detail", text_or_null(row.detail)},
          {"at", to_iso(row.at)}};
}

}  // namespace

void note_ignored(const call& c, const std::string& provider, const std::vector<ignored_event>& events) {
  if (events.empty()) return;
  std::vector<ignored_row> rows;
  for (const auto& e : events)
    rows.push_back({0, c.workspace, provider, e.type, e.reason, c.node().now()});
  c.node().write([rows = std::move(rows)](store& s) { (void)s.note_ignored(rows, kept_most); });
}

void list_ignored(const call_ptr& c) {
  const auto p = read_page(*c);
  if (!p) return;
  reading(c, [c, p = *p](store_reader& r) {
    const auto found = r.ignored(c->workspace, p);
    if (!found) return c->refuse(found.error());
    c->answer(200, page_json(*found, ignored_json));
  });
}

void list_alerts(const call_ptr& c) {
  const auto p = read_page(*c);
  if (!p) return;
  reading(c, [c, p = *p](store_reader& r) {
    const auto found = r.alerts(c->workspace, p);
    if (!found) return c->refuse(found.error());
    c->answer(200, page_json(*found, alert_json));
  });
}

}  // namespace heed::api
