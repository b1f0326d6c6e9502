#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "adapters/api/engine.hpp"
#include "adapters/imap/mailbox.hpp"
#include "config/mailboxes.hpp"

namespace heed {

/// A folder over IMAP as a source of replies, read from time to time on a thread of its own (4R-40).
struct mailbox_setup {
  workspace_id workspace;
  config::mailbox_config given;
};

/// Reads folders for as long as it lives. How far a folder was read is kept after its mails were accepted durably, so that a crash
/// reads again and nothing is lost; what is read again has the same key. Of several nodes the one reads that dispatches for the box.
class mailbox_readers {
 public:
  struct surroundings {
    api::engine* node = nullptr;
    std::function<bool(const workspace_id&, const std::string& box)> is_ours;
    std::function<void(alert_row)> raise;
  };
  mailbox_readers(std::vector<mailbox_setup> boxes, surroundings around);
  ~mailbox_readers();
  mailbox_readers(const mailbox_readers&) = delete;
  mailbox_readers& operator=(const mailbox_readers&) = delete;

 private:
  void read(const mailbox_setup& box);
  /// False = the next round may wait.
  [[nodiscard]] bool round(const mailbox_setup& box, imap::access_watch& watch);
  [[nodiscard]] bool hand_on(const mailbox_setup& box, const imap::mail_round& r);
  void tell(const mailbox_setup& box, imap::access_watch::word word, const std::string& detail);
  /// True when it is time to stop.
  [[nodiscard]] bool rest(duration d);

  surroundings around_;
  std::vector<mailbox_setup> boxes_;
  std::atomic<bool> stop_{false};
  std::mutex mutex_;
  std::condition_variable ended_;
  std::vector<std::jthread> threads_;
};

}  // namespace heed
