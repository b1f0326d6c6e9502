#include "adapters/api/paging.hpp"

#include <charconv>

namespace heed::api {

namespace {
constexpr std::size_t page_max = 200;
constexpr std::size_t cursor_max = 512;
}  // namespace

std::optional<page> read_page(call& c) {
  page p;
  const auto limit = c.request.query_value("limit");
  if (!limit.empty()) {
    const auto* const past = limit.data() + limit.size();
    const auto [end, ec] = std::from_chars(limit.data(), past, p.limit);
    if (ec != std::errc{} || end != past || p.limit == 0 || p.limit > page_max) {
      c.refuse(unprocessable("limit", "The page's limit is no number from 1 to 200.",
                             "Send ?limit=50, or leave it out."));
      return std::nullopt;
    }
  }
  p.after = c.request.query_value("after");
  if (p.after.size() > cursor_max) {
    c.refuse(unprocessable("after", "The cursor is none of ours.",
                           "Send the `next` of the page before, or leave it out."));
    return std::nullopt;
  }
  return p;
}

std::optional<time_point> read_instant(call& c, std::string_view name, time_point fallback) {
  const auto text = c.request.query_value(name);
  if (text.empty()) return fallback;
  auto at = parse_iso(text);
  if (!at)
    c.refuse(unprocessable(std::string(name), "This is no RFC 3339 instant.",
                           "Send it like 2026-11-20T10:00:00Z."));
  return at;
}

nlohmann::json page_json(nlohmann::json items, const std::string& next) {
  return {{"items", std::move(items)}, {"next", next.empty() ? nlohmann::json() : nlohmann::json(next)}};
}

}  // namespace heed::api
