#include "adapters/api/retry.hpp"

#include <algorithm>

namespace heed::api {

std::optional<std::string> retry_refusal(const lead_state& s, const run& r, const step_id& step,
                                         const policy& p) {
  // A run that restraint ended forgets what failed in it.
  if (r.status == run_status::suppressed) return s.suppressed.value_or(r.end_reason);
  if (std::ranges::find(r.failed, step, &failed_touch::step) == r.failed.end()) return std::nullopt;
  if (s.suppressed) return *s.suppressed;
  if (s.hot) return "hot_brake";
  if (s.handoff) return "handed_off";
  if (r.touch || r.retry) return "another_step_is_under_way";
  const auto* c = p.find_campaign(r.campaign);
  const auto* plan = c ? c->find_sequence(r.sequence_version) : nullptr;
  if (!plan) return "definition_gone";
  const auto at = std::ranges::find(plan->steps, step, &heed::step::id);
  if (at == plan->steps.end()) return "step_gone";
  if (r.last_sent && *r.last_sent > static_cast<std::uint32_t>(at - plan->steps.begin()))
    return "later_step_was_sent";
  return std::string{};
}

nlohmann::json retry_json(const std::optional<std::string>& refusal) {
  if (!refusal) return nullptr;
  return {{"possible", refusal->empty()},
          {"reason", refusal->empty() ? nlohmann::json() : nlohmann::json(*refusal)}};
}

}  // namespace heed::api
