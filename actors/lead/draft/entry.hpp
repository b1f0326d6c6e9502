#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "actors/campaign/document.hpp"
#include "actors/lead/channel.hpp"
#include "actors/lead/draft/flow.hpp"
#include "actors/lead/ids.hpp"
#include "actors/lead/reply_class.hpp"
#include "actors/lead/time.hpp"

/// The one door into the tree (AS-36).
namespace heed::draft {

enum class speaker : std::uint8_t { lead = 0, us = 1 };

struct transcript_line {
  time_point at{};
  channel on = channel::email;
  speaker by = speaker::lead;
  std::string text;
};

/// Everything the tree is asked with, complete.
struct entry {
  workspace_id workspace;
  lead_id lead;
  subject_of_draft about;
  std::string content;
  channel on = channel::email;
  std::string latest_inbound;
  std::string subject;  ///< may be empty: texts have none, mails need none
  std::vector<transcript_line> history;
  reply::reply_class sentiment = reply::reply_class::neutral;
  time_point sent_at{};  ///< when the lead wrote it
  lead_rules rules;
  bool validate_immediate_send = true;
  bool preview_in_slack = false;
};

/// The same as a caller has it together; what it does not know stays empty.
struct entry_form {
  std::optional<workspace_id> workspace;
  std::optional<lead_id> lead;
  std::optional<subject_of_draft> about;
  std::optional<std::string> content;
  std::optional<channel> on;
  std::optional<std::string> latest_inbound;
  std::optional<std::string> subject;
  std::optional<std::vector<transcript_line>> history;
  std::optional<reply::reply_class> sentiment;
  std::optional<time_point> sent_at;
  std::optional<lead_rules> rules;
  std::optional<bool> validate_immediate_send;
  std::optional<bool> preview_in_slack;
};

/// All that is missing at once, by name; nothing is guessed.
[[nodiscard]] tl::expected<entry, problems> complete(entry_form form);

}  // namespace heed::draft
