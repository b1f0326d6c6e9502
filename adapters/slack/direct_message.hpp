#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <variant>

#include "actors/lead/time.hpp"
#include "adapters/slack/web_api.hpp"

namespace heed::slack {

/// One direct message to one of the workspace's people: find them by address, open the conversation, post
/// (ZRG-95). A machine of values without clock and socket. Finding and opening change nothing and are
/// repeated; a post in doubt is repeated once, for a notice that comes twice is a nuisance and one that never
/// comes leaves a lead waiting.
class direct_message {
 public:
  struct make_call {
    outbound::call what;
  };
  struct pause {
    std::chrono::milliseconds how_long{};
  };
  struct delivered {
    std::string channel, ts;
  };  ///< kept: the message is changed when the draft is decided
  struct failed {
    std::string why;
  };
  using step = std::variant<make_call, pause, delivered, failed>;

  direct_message(outbound::sending_account a, std::string email, message m, std::string effect);

  /// An account without a token fails at once: `no_slack_token`.
  [[nodiscard]] step begin();
  [[nodiscard]] step on_answer(const outbound::answer& a);
  [[nodiscard]] step on_paused();
  [[nodiscard]] const outbound::send_report& wire() const { return wire_; }

  static constexpr std::uint32_t tries_max = 3;   ///< of each of the three calls
  static constexpr std::uint32_t doubts_max = 1;  ///< posts that may have been made before another one is

 private:
  enum class stage : std::uint8_t { find, open, post };
  [[nodiscard]] step call();
  [[nodiscard]] step go_on(const nlohmann::json& body);
  [[nodiscard]] step try_later(std::optional<std::chrono::milliseconds> after);

  outbound::sending_account account_;
  std::string email_;
  message message_;
  std::string effect_;
  stage at_ = stage::find;
  std::uint32_t tries_ = 0;
  std::uint32_t doubts_ = 0;
  std::string user_, channel_;
  outbound::send_report wire_;
};

/// Notices of one key within its life are one (ZRG-96).
class notice_memory {
 public:
  static constexpr duration default_life = std::chrono::minutes(10);
  static constexpr duration shortest_life = std::chrono::seconds(1);

  explicit notice_memory(duration life = default_life) : life_(life < shortest_life ? shortest_life : life) {}
  /// False = the same was told within the life of the key: skip it and count it as told.
  [[nodiscard]] bool is_new(const std::string& key, time_point now);

 private:
  duration life_;
  std::map<std::string, time_point> told_;
};

}  // namespace heed::slack
