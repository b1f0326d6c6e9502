#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "actors/lead/draft/conversation.hpp"

/// A held draft and its people: who is told, and what their yes does.
namespace heed::draft {

/// Whom a workspace wants to be asked (AS-21 to AS-23).
struct review_desk {
  std::vector<std::string> recipients;  ///< `slackAutoSendApprovalRecipients`: addresses of its own people
  bool slack_token = false;
};

/// One direct message each, in the order named, nobody twice.
struct notices {
  std::vector<std::string> to;
};
/// Nobody can be told: the draft waits in the inbox all the same. `no_recipients` or `no_slack_token`.
struct nobody_told {
  std::string_view why;
};
[[nodiscard]] std::variant<notices, nobody_told> tell(const review_desk& desk);

/// A button in a message was pressed, or somebody sends from the opened conversation: they have read it just
/// now.
enum class approval_way : std::uint8_t { one_click = 0, composer = 1 };

/// What is asked of a draft by a person, as its lead's state has it when the question is decided.
struct approval_question {
  approval_way way = approval_way::one_click;
  std::uint32_t version = 1;  ///< of the draft as the person saw it
  draft_status status = draft_status::pending;
  std::uint32_t current_version = 1;
  bool blacklisted = false;  ///< opted out, complained or erased
  std::optional<std::string_view> stale;
  std::string sent_message;  ///< id of the message with that draft's id, if one exists
};

/// Sent once, attributed to the person (ZRG-98).
struct send_for_person {};
/// It is on its way or out already: told to the second one, and success for a retry (ZRG-99, ZRG-101).
struct sent_before {
  std::string message;
};
/// `words` are for the person; `reject` = the draft's life ends here.
struct not_sendable {
  std::string_view words;
  bool reject = false;
};
using approval_answer = std::variant<send_for_person, sent_before, not_sendable>;

/// The one rule behind every button: Slack, API and console ask it, so that a draft goes out once.
[[nodiscard]] approval_answer approve(const approval_question& q);

}  // namespace heed::draft
