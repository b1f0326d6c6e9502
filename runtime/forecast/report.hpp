#pragma once

#include <iosfwd>
#include <nlohmann/json.hpp>
#include <string>

#include "runtime/forecast/forecast.hpp"

namespace heed::forecast {

/// For a terminal.
void print_table(const forecast_report& r, std::ostream& out);
/// Everything, with each touch.
[[nodiscard]] nlohmann::json to_json(const forecast_report& r);
/// One page that needs nothing else: charts as inline SVG.
[[nodiscard]] std::string to_html(const forecast_report& r);

}  // namespace heed::forecast
