#pragma once

#include "adapters/inbound/normalizer.hpp"

namespace heed::inbound {

/// RFC 9457: {"type","title","status","detail","field"}.
[[nodiscard]] nlohmann::json problem_to_json(const hook_problem& problem);

/// What `heed normalize` prints and how it ends: {"http","events","ignored"} and 0, or the problem and 1.
struct report {
  nlohmann::json json;
  int exit_code = 0;
};

[[nodiscard]] report report_of(const hook_result& result);
/// Runs exactly what the gateway runs.
[[nodiscard]] report normalize_report(const hook_request& request, const hook_settings& settings,
                                      const normalizer& provider);
/// The same for canonical events as the API takes them.
[[nodiscard]] report events_report(std::string_view body, std::string_view content_type,
                                   time_point received_at);

}  // namespace heed::inbound
