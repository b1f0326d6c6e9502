#include "actors/provider/settling.hpp"

namespace heed {

stimulus ask_to_settle(const effect_id& effect, std::uint32_t attempt, const std::string& why, const std::string& once,
                       time_point now) {
  effect_outcome o;
  o.effect = effect;
  o.attempt = attempt;
  o.detail = o.evidence = why;
  stimulus s;
  s.key = "settle:" + effect.value + ":" + std::to_string(attempt) + ":" + once;
  s.occurred_at = s.received_at = now;
  s.source = "dispatcher";
  s.body = std::move(o);
  return s;
}

}  // namespace heed
