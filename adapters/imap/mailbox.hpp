#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "adapters/imap/mail_event.hpp"
#include "adapters/imap/position.hpp"

namespace heed::imap {

/// A mailbox to read; never logged, never returned.
struct mailbox {
  std::string url;          ///< imaps://host[:port] or imap://host[:port]
  bool require_tls = true;  ///< imap://: without STARTTLS nothing is said
  std::string username, password;
  std::string folder = "INBOX";  ///< as the server lists it: ASCII, modified UTF-7 for anything else
  duration look_back{};          ///< history that a first round takes
  std::chrono::milliseconds timeout{30'000};  ///< of a whole round; what was read by then counts
};

struct mail_round {
  std::vector<kept_mail> mails;  ///< in the order of their UIDs
  std::vector<std::uint32_t>
      unreadable;     ///< UIDs that the server lists and does not give: left behind, shown to operators
  position after;     ///< to be kept once all of them were accepted durably, not before
  bool more = false;  ///< the folder holds further ones: ask again at once
};

struct access_problem {
  enum class kind : std::uint8_t {
    unreachable = 0,
    login = 1,
    refused = 2,
    protocol = 3,
    stopped = 4
  } is = kind::unreachable;
  std::string detail;  ///< our own words
};

inline constexpr std::size_t mails_a_round = 50;

/// What has come since, read without leaving a trace: the folder is only examined, nothing is marked as seen.
/// Blocks, so it wants a thread of its own; ends soon after `stop` is set. A mail that vanishes meanwhile is
/// left out.
[[nodiscard]] tl::expected<mail_round, access_problem> read_new(const mailbox& m,
                                                                const std::optional<position>& known,
                                                                time_point now,
                                                                const std::atomic<bool>& stop);

}  // namespace heed::imap
