#include "actors/lead/stimulus.hpp"

namespace heed {

bool concerns_every_match(const stimulus_body& body) {
  return suppresses_person(body) || std::holds_alternative<message_bounced>(body) || std::holds_alternative<reply_received>(body);
}

bool suppresses_person(const stimulus_body& body) {
  return std::holds_alternative<unsubscribed>(body) || std::holds_alternative<spam_complaint>(body);
}

}  // namespace heed
