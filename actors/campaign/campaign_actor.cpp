#include "actors/campaign/campaign_actor.hpp"

namespace heed {

caf::behavior campaign_actor::running() {
  return {[this](const campaign_counted& c) {
    totals_->enrolled += c.enrolled;
    totals_->sent += c.sent;
    totals_->skipped += c.skipped;
    totals_->blocked += c.blocked;
    totals_->suppressed += c.suppressed;
    totals_->finished += c.finished;
    totals_->held += c.held;
    totals_->waited += c.waited;
  }};
}

}  // namespace heed
