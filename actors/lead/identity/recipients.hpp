#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "actors/lead/state.hpp"
#include "actors/workspace/policy.hpp"

/// Whom a human's email to a lead may go to.
namespace heed {

/// What makes somebody a choice, the likeliest first (ZRG-108).
enum class recipient_role : std::uint8_t { replier = 0, latest_sender = 1, primary = 2, alternate = 3 };
[[nodiscard]] std::string_view to_string(recipient_role r);

struct recipient {
  std::string email;
  std::string name;  ///< as they wrote it themselves; empty = not known
  recipient_role as = recipient_role::primary;
  std::string held;  ///< why that address may not be written to; empty = it may
  bool operator==(const recipient&) const = default;
};

/// Who answers at present, who wrote last, the lead's own address and its others: each address once, in the
/// first of its roles.
[[nodiscard]] std::vector<recipient> recipients_of(const lead_state& lead);

/// Whom a message goes to when nobody chose: the first that may be written to, else the first; empty = there
/// is nobody.
[[nodiscard]] std::string usual_recipient(const lead_state& lead);

/// Who gets an answer within the thread: whoever wrote last, else the lead itself (ZRG-109).
[[nodiscard]] std::string thread_recipient(const lead_state& lead);

/// The account that the lead's emails go through, as far as it is settled; none = the next message chooses.
[[nodiscard]] const account* held_email_account(const lead_state& lead, const policy& p);

/// Why nobody but the thread's own recipient can be written to through that account (ZRG-109); empty = a
/// recipient can be chosen.
[[nodiscard]] std::string_view fixed_recipient(const account* via);

}  // namespace heed
