#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "adapters/imap/mailbox.hpp"
#include "tests/support/line_server.hpp"

namespace heed::test {

/// A mail server's INBOX over IMAP on the loopback: CAPABILITY, LOGIN, EXAMINE, UID SEARCH, UID FETCH with
/// literals, LOGOUT. It speaks like the real ones (`n:*` names the last mail, a UID that is gone gives
/// nothing) and counts whatever would leave a trace.
class stand_in_imap {
 public:
  stand_in_imap();

  [[nodiscard]] imap::mailbox account() const;
  /// @returns its UID
  std::uint32_t deliver(const std::string& raw,
                        const std::string& internal_date = "20-Nov-2026 10:57:40 +0100");
  void expunge(std::uint32_t uid);
  /// The folder is made anew: the same mails, other UIDs.
  void reset(std::uint32_t validity);
  void refuse_fetch_of(std::uint32_t uid);
  /// The connection closes when it is asked for the nth mail from now on.
  void close_at_fetch(int nth);
  void say_nothing() { silent_ = true; }
  void change_password(const std::string& password);

  /// Commands that change something, or that mark what they read as seen.
  [[nodiscard]] int traces() const;
  [[nodiscard]] int fetches() const;

 private:
  struct mail {
    std::string raw, date;
    bool refused = false;
  };
  void serve(int client);
  /// False = the conversation is over.
  [[nodiscard]] bool answer(int client, const std::string& line);
  [[nodiscard]] bool fetch(int client, const std::string& tag, const std::string& rest);
  [[nodiscard]] std::string search(const std::string& rest) const;

  mutable std::mutex mutex_;
  std::map<std::uint32_t, mail> mails_;
  std::uint32_t validity_ = 1, next_ = 1;
  std::string password_ = "example-password";
  std::atomic<bool> silent_{false};
  int traces_ = 0, fetches_ = 0, close_at_ = 0;
  int listener_;
  std::uint16_t port_;
  line_server server_;  // last: it plays with the members above
};

}  // namespace heed::test
