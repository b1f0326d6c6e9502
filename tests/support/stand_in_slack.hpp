#pragma once

#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "adapters/inbound/normalizer.hpp"
#include "adapters/outbound/sender.hpp"
#include "tests/support/scripted_http.hpp"

namespace heed::test {

/// A workspace at Slack with one app installed. Refuses what the real one refuses (token, content type,
/// blocks, unknown users and channels) with 200 and `ok: false`, keeps messages, and lets people press their
/// buttons.
class stand_in_slack {
 public:
  struct posted {
    std::string channel, ts;
    nlohmann::json body;  ///< as last posted or updated
    int updates = 0;
  };

  /// @param port 0 = any free one
  explicit stand_in_slack(std::uint16_t port = 0);
  [[nodiscard]] outbound::sending_account account() const;

  /// What the next call of that method (`chat.postMessage`) is answered instead, once each; it is not looked
  /// at.
  void next(const std::string& method, scripted_answer a);
  /// The next call of that method is taken and its answer is lost.
  void lose_answer(const std::string& method);

  [[nodiscard]] std::vector<posted> messages() const;
  [[nodiscard]] int calls(const std::string& method) const;

  /// The request that Slack makes when that person presses that button of that message, signed.
  [[nodiscard]] inbound::hook_request press(const posted& m, const std::string& action_id,
                                            const std::string& user, time_point now) const;
  static constexpr const char* signing_secret = "example-slack-signing-secret-for-tests-only";

 private:
  scripted_answer play(const scripted_request& r);
  [[nodiscard]] nlohmann::json answer(const std::string& method, const scripted_request& r);
  [[nodiscard]] nlohmann::json post(const nlohmann::json& body);
  [[nodiscard]] nlohmann::json update(const nlohmann::json& body);

  mutable std::mutex mutex_;
  std::map<std::string, std::vector<scripted_answer>> script_;
  std::map<std::string, int> lost_, calls_;
  std::vector<posted> messages_;
  scripted_http server_;  // last: it plays with the members above
};

/// What is wrong with blocks, in Slack's words; empty = nothing.
[[nodiscard]] std::string blocks_fault(const nlohmann::json& blocks);

}  // namespace heed::test
