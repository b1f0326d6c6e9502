#include "adapters/inbound/report.hpp"

namespace heed::inbound {

using nlohmann::json;

json problem_to_json(const hook_problem& problem) {
  return {{"type", "about:blank"},
          {"title", problem.title},
          {"status", problem.status},
          {"detail", problem.detail},
          {"field", problem.field}};
}

report report_of(const hook_result& result) {
  if (!result) return {problem_to_json(result.error()), 1};
  auto events = json::array();
  for (const auto& s : result->stimuli)
    events.push_back(event_to_json(s));
  auto ignored = json::array();
  for (const auto& i : result->ignored)
    ignored.push_back({{"type", i.type}, {"reason", i.reason}});
  return {{{"http", result->status}, {"events", std::move(events)}, {"ignored", std::move(ignored)}}, 0};
}

report normalize_report(const hook_request& request, const hook_settings& settings,
                        const normalizer& provider) {
  return report_of(provider.normalize(request, settings));
}

report events_report(std::string_view body, std::string_view content_type, time_point received_at) {
  auto events = parse_events(body, content_type, received_at);
  if (!events) return report_of(tl::unexpected(events.error()));
  hook_success out;
  out.stimuli = std::move(*events);
  return report_of(out);
}

}  // namespace heed::inbound
