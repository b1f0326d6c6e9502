#include "actors/lead/reply_class.hpp"

#include <algorithm>
#include <array>

namespace heed::reply {

namespace {

constexpr std::array<std::string_view, reply_class_count> names{"opt_out",
                                                                "bounce",
                                                                "complaint",
                                                                "out_of_office",
                                                                "auto_reply",
                                                                "meeting_accepted",
                                                                "meeting_requested",
                                                                "call_requested",
                                                                "information_requested",
                                                                "follow_up_later",
                                                                "referral",
                                                                "not_interested",
                                                                "question_objection",
                                                                "interested",
                                                                "acknowledgement",
                                                                "neutral"};

}  // namespace

std::string_view to_string(reply_class c) { return names[static_cast<std::size_t>(c)]; }

std::optional<reply_class> parse_reply_class(std::string_view name) {
  const auto it = std::find(names.begin(), names.end(), name);
  if (it == names.end()) return std::nullopt;
  return static_cast<reply_class>(it - names.begin());
}

bool goes_on(reply_class c) {
  switch (c) {
    case reply_class::opt_out:
    case reply_class::bounce:
    case reply_class::complaint:
    case reply_class::referral:
    case reply_class::not_interested:
    case reply_class::question_objection:
    case reply_class::neutral:
      return false;
    case reply_class::out_of_office:
    case reply_class::auto_reply:
    case reply_class::meeting_accepted:
    case reply_class::meeting_requested:
    case reply_class::call_requested:
    case reply_class::information_requested:
    case reply_class::follow_up_later:
    case reply_class::interested:
    case reply_class::acknowledgement:
      return true;
  }
  return false;
}

bool is_positive(reply_class c) {
  switch (c) {
    case reply_class::meeting_accepted:
    case reply_class::meeting_requested:
    case reply_class::call_requested:
    case reply_class::information_requested:
    case reply_class::interested:
      return true;
    case reply_class::opt_out:
    case reply_class::bounce:
    case reply_class::complaint:
    case reply_class::out_of_office:
    case reply_class::auto_reply:
    case reply_class::follow_up_later:
    case reply_class::referral:
    case reply_class::not_interested:
    case reply_class::question_objection:
    case reply_class::acknowledgement:
    case reply_class::neutral:
      return false;
  }
  return false;
}

}  // namespace heed::reply
