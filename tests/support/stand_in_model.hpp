#pragma once

#include <deque>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "adapters/outbound/sender.hpp"
#include "tests/support/scripted_http.hpp"

namespace heed::test {

/// An OpenAI-compatible endpoint that refuses what the real one refuses (path, key, content type, unknown
/// parameters, roles, a schema that is not strict) and says what the test told it to, in order.
class stand_in_model {
 public:
  stand_in_model();

  [[nodiscard]] outbound::sending_account account() const;
  /// A finished choice with this content.
  void say(const nlohmann::json& content);
  void say_text(const std::string& content, const std::string& finish_reason = "stop");
  void next(scripted_answer a);
  /// 400 on `json_schema`, as older servers.
  void knows_no_schemas() { schemas_ = false; }

  /// Bodies of the requests that were found correct, in order.
  [[nodiscard]] std::vector<nlohmann::json> asked() const;
  /// Of all requests, correct or not.
  [[nodiscard]] std::size_t arrivals() const;

 private:
  scripted_answer play(const scripted_request& r);

  mutable std::mutex mutex_;
  bool schemas_ = true;
  std::size_t arrivals_ = 0;
  std::deque<scripted_answer> script_;
  std::vector<nlohmann::json> asked_;
  scripted_http server_;  // last: it plays with the members above
};

}  // namespace heed::test
