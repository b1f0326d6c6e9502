#include "actors/lead/draft/review.hpp"

#include <algorithm>

namespace heed::draft {

std::variant<notices, nobody_told> tell(const review_desk& desk) {
  notices out;
  for (const auto& r : desk.recipients)
    if (!r.empty() && std::ranges::find(out.to, r) == out.to.end()) out.to.push_back(r);
  if (out.to.empty()) return nobody_told{"no_recipients"};
  if (!desk.slack_token) return nobody_told{"no_slack_token"};
  return out;
}

approval_answer approve(const approval_question& q) {
  if (!q.sent_message.empty()) return sent_before{q.sent_message};
  if (q.blacklisted) return not_sendable{"Lead is blacklisted (opted out)", true};
  if (q.status == draft_status::approved) return sent_before{};
  if (q.status == draft_status::rejected) return not_sendable{"Draft is not pending"};
  if (q.version != q.current_version)
    return not_sendable{"Draft has changed since: open it and read it again"};
  if (q.way == approval_way::one_click && q.stale)
    return not_sendable{"Draft is stale: open the conversation and read it before you send"};
  return send_for_person{};
}

}  // namespace heed::draft
