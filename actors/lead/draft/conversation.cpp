#include "actors/lead/draft/conversation.hpp"

namespace heed::draft {

std::optional<std::string_view> spent(const subject_of_draft& d, const conversation& now) {
  if (now.sent) return "already_sent";
  if (now.opted_out) return "opted_out";
  if (now.status == draft_status::rejected) return "draft_rejected";
  if (now.status == draft_status::approved) return "draft_approved";
  if (now.version != d.version) return "draft_changed";
  return std::nullopt;
}

std::optional<std::string_view> moved_on(const subject_of_draft& d, const conversation& now) {
  if (now.handed_off) return "handed_off";
  if (now.snoozed) return "snoozed";
  if (now.ticket_open) return "ticket_open";
  if (now.hot) return "hot";
  if (now.newest_inbound_seq > d.trigger_seq) return "newer_inbound";
  if (now.newest_outbound_seq > d.trigger_seq) return "newer_outbound";
  return std::nullopt;
}

std::optional<std::string_view> stale(const subject_of_draft& d, time_point held_since,
                                      std::uint64_t newest_inbound_seq, time_point now, duration hold_limit) {
  if (newest_inbound_seq > d.trigger_seq) return "overtaken";
  if (now - held_since > hold_limit) return "held_too_long";
  return std::nullopt;
}

}  // namespace heed::draft
