#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/support/stand_in.hpp"

namespace heed::test {

struct http_request {
  std::string method, target, path, authorization, content_type, idempotency_key, effect, body;
  std::string webhook_id, webhook_timestamp, webhook_signature;
};

struct http_answer {
  int status = 200;
  std::string body;
  std::string type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers;
  enum class then : std::uint8_t { answer, hang, close } after = then::answer;
  std::string settles;   ///< idempotency key that stops being "still running" once the latency is over
  bool delayed = false;  ///< subject to the behaviour's latency
};

/// `a=1&b=2` decoded; the later of equal names wins.
[[nodiscard]] std::map<std::string, std::string> form_fields(std::string_view text);

/// The routes; one thread calls it.
class stand_in_routes {
 public:
  stand_in_routes(const stand_in_options& o, ledger& book) : options_(o), book_(book) {}
  [[nodiscard]] http_answer answer(const http_request& r, bool& close_idle);

 private:
  [[nodiscard]] http_answer control(const http_request& r, bool& close_idle);
  [[nodiscard]] http_answer resend_send(const http_request& r);
  [[nodiscard]] http_answer resend_get(const http_request& r);
  [[nodiscard]] http_answer twilio_send(const http_request& r);
  [[nodiscard]] http_answer twilio_list(const http_request& r);
  [[nodiscard]] http_answer sink_send(const http_request& r);
  [[nodiscard]] http_answer sink_list(const http_request& r);
  /// Somebody's receiver of Standard Webhooks: keeps what came, for the test to verify.
  [[nodiscard]] http_answer take_webhook(const http_request& r);
  /// Shared by all sends once the request is found correct: mode, idempotency, acceptance. `taken` makes the
  /// body of a first or repeated success out of the message's id.
  template <class Taken>
  [[nodiscard]] http_answer take(const offered& o, behaviour::mode mode, const char* id_prefix, int status,
                                 Taken taken);

  const stand_in_options& options_;
  ledger& book_;
  std::map<std::string, std::string> received_;  ///< Resend's inbound mails by id
  std::set<std::string> stopped_;                ///< numbers that said STOP to the carrier
  int people_fail_ = 0;                          ///< webhooks to people that are answered 500 first
};

}  // namespace heed::test
