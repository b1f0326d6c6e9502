#include "actors/lead/reply/refine.hpp"

namespace heed::reply {

namespace {

using namespace std::chrono_literals;

constexpr auto first_hour = 9h;
constexpr std::string_view version = "reply.refine.v1";

/// How much a class stops; what stops more may take the place of what stops less, never the other way round.
int restraint_of(reply_class c) {
  switch (c) {
    case reply_class::opt_out:
    case reply_class::complaint:
      return 4;
    case reply_class::bounce:
      return 3;
    case reply_class::not_interested:
      return 2;
    case reply_class::out_of_office:
    case reply_class::auto_reply:
      return 1;
    case reply_class::meeting_accepted:
    case reply_class::meeting_requested:
    case reply_class::call_requested:
    case reply_class::information_requested:
    case reply_class::follow_up_later:
    case reply_class::referral:
    case reply_class::question_objection:
    case reply_class::interested:
    case reply_class::acknowledgement:
    case reply_class::neutral:
      return 0;
  }
  return 4;
}

bool is_enough(const refinement& by) {
  const auto bar = goes_on(by.kind) ? go_on_from_pct : static_cast<std::uint32_t>(act_from * 100);
  return by.kind != reply_class::neutral && by.confidence_pct >= bar;
}

}  // namespace

bool worth_refining(const reply_reading& r) { return !r.sure; }

reply_reading refined(reply_reading r, const refinement& by, const zone_rules& zone) {
  if (!worth_refining(r)) return r;
  r.urgent = r.urgent || by.urgent;
  if (!is_enough(by) || restraint_of(by.kind) < restraint_of(r.kind)) return r;
  r.kind = by.kind;
  r.sure = true;
  r.confidence_pct = by.confidence_pct;
  r.rule = "model." + std::string(to_string(by.kind));
  r.rules += "+" + std::string(version);
  r.evidence = by.evidence;
  r.resume_at.reset();
  if (by.resume_on)
    r.resume_at = to_utc(zone, local_point(std::chrono::local_days(*by.resume_on)) + first_hour);
  r.referred_email = by.referred_email;
  r.referred_name.clear();
  return r;
}

}  // namespace heed::reply
