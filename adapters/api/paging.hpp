#pragma once

#include <nlohmann/json.hpp>
#include <optional>

#include "adapters/api/call.hpp"
#include "persistence/store.hpp"

namespace heed::api {

/// `?limit=&after=`: 50 a page unless told, at most 200. None when they are bad; then it has been answered.
[[nodiscard]] std::optional<page> read_page(call& c);
/// `?name=` as an RFC 3339 instant; the fallback when it is absent, none (and answered) when it is bad.
[[nodiscard]] std::optional<time_point> read_instant(call& c, std::string_view name, time_point fallback);

[[nodiscard]] nlohmann::json page_json(nlohmann::json items, const std::string& next);

template <class T, class Print>
[[nodiscard]] nlohmann::json page_json(const listing<T>& l, Print print) {
  auto items = nlohmann::json::array();
  for (const auto& each : l.items)
    items.push_back(print(each));
  return page_json(std::move(items), l.next);
}

}  // namespace heed::api
