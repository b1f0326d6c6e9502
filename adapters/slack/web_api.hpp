#pragma once

#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <variant>

#include "adapters/outbound/sender.hpp"
#include "adapters/slack/review_message.hpp"

/// Slack's Web API, one call each. Secret of the account: `bot_token`.
namespace heed::slack {

/// False without a token: then nobody is told (AS-23).
[[nodiscard]] bool can_post(const outbound::sending_account& a);

[[nodiscard]] outbound::call build_find_user(const outbound::sending_account& a, const std::string& email);
[[nodiscard]] outbound::call build_open(const outbound::sending_account& a, const std::string& user);
/// `effect` goes into the message's metadata, by which it can be found again.
[[nodiscard]] outbound::call build_post(const outbound::sending_account& a, const std::string& channel,
                                        const message& m, const std::string& effect);
[[nodiscard]] outbound::call build_update(const outbound::sending_account& a, const std::string& channel,
                                          const std::string& ts, const message& m, const std::string& effect);

/// `ok: true`, whole.
struct api_done {
  nlohmann::json body;
};
/// Certainly nothing happened, and later it may: rate limits, a Slack that is busy, no connection.
struct api_later {
  std::optional<std::chrono::milliseconds> after;
};
/// It may have happened.
struct api_doubt {};
/// It will not work like this: no such user, channel closed, blocks refused, token revoked.
struct api_refused {};
struct api_report {
  std::variant<api_done, api_later, api_doubt, api_refused> is;
  outbound::send_report wire;  ///< for the account's circuit; `stop_account` when the token is at fault
};
/// Slack answers errors with 200 too: `ok` and `error` count.
[[nodiscard]] api_report read_api(const outbound::answer& a);

}  // namespace heed::slack
