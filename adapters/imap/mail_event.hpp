#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "actors/lead/stimulus.hpp"

namespace heed::imap {

/// One mail as its server keeps it.
struct kept_mail {
  std::uint32_t uid = 0;
  time_point arrived_at{};  ///< the server's own word (INTERNALDATE)
  std::string raw;
};

/// Why a mail says nothing about a lead; shown to operators, never dropped in silence (4R-48).
struct no_event {
  std::string reason;
};

/// The same canonical event that a webhook would make of it: a reply of its sender, a bounce or a complaint
/// about a message of ours, or a mail to the unsubscribe address. A report is believed only when it returns
/// the headers of a message that names our effect; whose address it names does not matter, for anybody can
/// write one. `own` are the workspace's own addresses.
[[nodiscard]] tl::expected<stimulus, no_event> to_event(const kept_mail& mail,
                                                        const std::vector<std::string>& own, time_point now);

}  // namespace heed::imap
