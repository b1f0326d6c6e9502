#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <variant>

#include "actors/lead/channel.hpp"
#include "actors/lead/draft/confidence.hpp"

/// What a reviewer sees. The blocks are fixed: a golden file each (AS-24); a changed byte is a changed
/// contract.
namespace heed::slack {

/// Which draft a button is about, and which words of it were seen.
struct draft_ref {
  std::string workspace, lead, draft;
  std::uint32_t version = 1;
  bool operator==(const draft_ref&) const = default;
};
/// The value of a button: `{"draftId","leadId","clientId","version"}` (ZRG-94).
[[nodiscard]] std::string to_value(const draft_ref& d);
/// None for a value that this program did not write.
[[nodiscard]] std::optional<draft_ref> read_value(std::string_view value);

/// A held draft, as its reviewer is told of it.
struct review {
  draft_ref about;
  std::string lead_name;  ///< or the address; whatever the workspace calls the lead
  std::string campaign;   ///< empty = none
  channel on = channel::email;
  std::string subject;  ///< empty = none
  std::string latest_inbound;
  std::string reason;                     ///< what the judge said, or a rule's word
  std::optional<draft::confidence> sure;  ///< none = nobody judged
  std::optional<draft::confidence> threshold;
  std::optional<std::string> preview;  ///< the draft's text, where the workspace wants it in Slack (AS-25)
  std::string public_url;              ///< where the console is reached
};

/// What became of it, for the message that asked.
struct sent_by {
  std::string who;
};                       ///< "@name" of who approved
struct sent_already {};  ///< by somebody else, or by the tree
struct not_sent {
  std::string why;
};  ///< in the words of the refusal
struct rejected_by {
  std::string who;
};
using review_outcome = std::variant<sent_by, sent_already, not_sent, rejected_by>;

/// Text for notifications and blocks for the message; equal reviews give equal bytes.
struct message {
  std::string text;
  nlohmann::ordered_json blocks;
};
[[nodiscard]] message ask_message(const review& r);
/// The same message when it is decided: without buttons that would send.
[[nodiscard]] message outcome_message(const review& r, const review_outcome& o);

}  // namespace heed::slack
