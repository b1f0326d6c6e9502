#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "actors/lead/effect.hpp"
#include "actors/workspace/policy.hpp"

/// Rendered messages out, outcomes in. A sender only translates: it builds requests and reads answers; the transport
/// makes the calls. Both know nothing of leads, gates or retries.
namespace heed::outbound {

/// One account with what its provider needs; never logged, never returned.
struct sending_account {
  workspace_id workspace;
  account public_part;
  std::string base_url;                    ///< empty = the provider's own
  std::map<std::string, std::string> secrets; ///< api_key, auth_token, account_sid, username, password
  nlohmann::json options = nlohmann::json::object(); ///< messaging_service_sid, status_callback_url, tls, ...
};

/// One call, sent byte-identical on every attempt with the same key.
struct call {
  std::string method = "POST";
  std::string url;                         ///< http(s):// or smtp(s)://
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::string mail_from, mail_to;          ///< SMTP envelope
  std::vector<std::string> mail_copies;    ///< SMTP envelope: whoever is in copy; one refused refuses all
  std::string username, password;          ///< Basic or SMTP AUTH
  bool require_tls = true;                 ///< SMTP: without STARTTLS (or smtps://) nothing is said
  std::chrono::milliseconds timeout{30'000};
  bool public_only = false;                ///< refuse to connect to private, loopback and link-local addresses
};

/// What came back. `phase` tells a definite failure from a doubtful one: nothing of the request had been written,
/// or it may have been read.
struct answer {
  enum class phase : std::uint8_t { not_connected = 0, sent_no_answer = 1, answered = 2 } reached = phase::not_connected;
  int status = 0;                          ///< HTTP status or SMTP reply code
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::string error;                       ///< transport's words, no addresses
};

struct send_report {
  send_result result = send_result::unknown;
  std::string provider_id;
  std::string message_id;
  std::string detail;                      ///< provider's code, no personal text
  std::optional<std::chrono::seconds> retry_after;
  bool stop_account = false;               ///< credentials or domain: an operator must act
};

struct look_up_report {
  enum class what : std::uint8_t { present, absent, cannot_tell } found = what::cannot_tell;
  std::string provider_id;
  std::string detail;
};

class sender {
 public:
  virtual ~sender() = default;
  /// `effect` is the id that goes into idempotency key, tags and callbacks.
  [[nodiscard]] virtual call build(const sending_account& a, const send_effect& e) const = 0;
  [[nodiscard]] virtual send_report read(const answer& a) const = 0;
  /// True when repeating byte-identical with the same key is safe, and for how long after the first call.
  [[nodiscard]] virtual std::optional<std::chrono::hours> idempotency_window(const sending_account& a) const = 0;
  /// The calls that tell whether a message exists; none = the provider cannot be asked.
  [[nodiscard]] virtual std::optional<call> build_look_up(const sending_account& a, const send_effect& e, time_point claimed_at) const = 0;
  [[nodiscard]] virtual look_up_report read_look_up(const answer& a, const send_effect& e, time_point claimed_at, const std::set<std::string>& others) const = 0;
  /// How long after a call its message may still be missing from a look-up.
  [[nodiscard]] virtual std::chrono::seconds visibility_delay() const { return std::chrono::seconds(60); }
  /// The same, unless the account's option `visibility_delay_seconds` says otherwise.
  [[nodiscard]] std::chrono::seconds visibility_delay_of(const sending_account& a) const;
  /// The RFC 5322 Message-ID this message will carry, where the sender decides it (SMTP); else empty: it comes by
  /// callback. `read` sees only the answer, so whoever records an outcome asks here.
  [[nodiscard]] virtual std::string message_id(const sending_account& a, const send_effect& e) const;
  [[nodiscard]] virtual std::optional<call> build_fetch_reply(const sending_account& a, const std::string& provider_id) const;
  /// The fetched reply as subject, text, from, headers; none when the answer is unusable.
  [[nodiscard]] virtual std::optional<nlohmann::json> read_fetch_reply(const answer& a) const;
};

/// nullptr for an unknown provider. `sandbox` has no sender: its delivery is a row in the store.
[[nodiscard]] const sender* find_sender(std::string_view provider);

/// Makes calls concurrently on its own thread (libcurl multi). Never re-sends by itself, never follows redirects.
class transport {
 public:
  virtual ~transport() = default;
  using done = std::function<void(answer)>;
  /// `may_start` is asked on the transport's thread immediately before hand-over; false = `done` gets
  /// phase::not_connected with error "start_by".
  virtual void start(call c, std::function<bool()> may_start, done when_done) = 0;
  /// Calls still running, for a clean shutdown.
  [[nodiscard]] virtual std::size_t running() const = 0;
};
[[nodiscard]] std::unique_ptr<transport> make_curl_transport(std::size_t max_connections);

}  // namespace heed::outbound
