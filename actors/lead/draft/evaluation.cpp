#include "actors/lead/draft/evaluation.hpp"

namespace heed::draft {

namespace {

using reply::reply_class;

/// The word for a class after which nothing is answered by itself.
std::optional<std::string_view> unanswerable(reply_class c) {
  switch (c) {
    case reply_class::opt_out:
      return "opt_out";
    case reply_class::bounce:
    case reply_class::complaint:
      return "blacklisted";
    case reply_class::out_of_office:
    case reply_class::auto_reply:
      return "automated_reply";
    case reply_class::meeting_accepted:
    case reply_class::meeting_requested:
    case reply_class::call_requested:
    case reply_class::information_requested:
    case reply_class::follow_up_later:
    case reply_class::referral:
    case reply_class::not_interested:
    case reply_class::question_objection:
    case reply_class::interested:
    case reply_class::acknowledgement:
    case reply_class::neutral:
      return std::nullopt;
  }
  return "unknown_class";
}

}  // namespace

std::optional<evaluation> hard_block(reply_class sentiment, bool model_available) {
  const auto why = unanswerable(sentiment);
  if (why) return evaluation{{}, false, judge::rule, std::string(*why)};
  if (!model_available) return evaluation{{}, false, judge::rule, "no_model_key"};
  return std::nullopt;
}

std::optional<std::string_view> legacy_decline(reply_class sentiment) {
  if (sentiment == reply_class::acknowledgement) return "acknowledgement_only";
  return unanswerable(sentiment);
}

}  // namespace heed::draft
