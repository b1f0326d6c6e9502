#include "adapters/api/wait_gates.hpp"

#include <algorithm>
#include <array>

#include "actors/lead/verdict.hpp"

namespace heed::api {
namespace {

struct known_wait {
  std::string_view begins;
  gate at;
};
/// As `actors/lead/gates.cpp` says them; `tests/unit/api_reports_test.cpp` asks the gates themselves.
constexpr std::array waits{known_wait{"campaign_disabled", gate::run_live},
                           known_wait{"stopped", gate::kill_switch},
                           known_wait{"workspace_paused", gate::kill_switch},
                           known_wait{"ticket_", gate::circuit_breaker},
                           known_wait{"hot_first_answer_elsewhere", gate::hot_brake},
                           known_wait{"poisoned", gate::human_owns},
                           known_wait{"human_touched", gate::human_owns},
                           known_wait{"sms_dnd", gate::reachable},
                           known_wait{"lead_gap", gate::frequency},
                           known_wait{"capacity_wait", gate::capacity},
                           known_wait{"account_wait", gate::capacity},
                           known_wait{"quiet_hours", gate::calendar},
                           known_wait{"outside_business_hours", gate::calendar},
                           known_wait{"timing", gate::timing}};

}  // namespace

std::string_view gate_of_wait(std::string_view reason) {
  const auto found =
      std::ranges::find_if(waits, [&](const known_wait& w) { return reason.starts_with(w.begins); });
  return found == waits.end() ? reason.substr(0, reason.find_first_of(": ")) : to_string(found->at);
}

}  // namespace heed::api
