#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "actors/lead/time.hpp"
#include "config/secrets.hpp"

/// `mailboxes` of a workspace: folders over IMAP that replies arrive in.
namespace heed::config {

struct mailbox_config {
  std::string id;
  std::string url;          ///< imaps://host[:port] or imap://host[:port]
  bool require_tls = true;  ///< false only for imap:// on this machine
  std::string username;
  std::string password;  ///< never printed
  std::string folder = "INBOX";
  duration poll = std::chrono::minutes(1);
  duration look_back{};
};

[[nodiscard]] std::vector<mailbox_config> read_mailboxes(const nlohmann::json& list, const std::string& where,
                                                         const secret_reader& secrets, problems& out);

}  // namespace heed::config
