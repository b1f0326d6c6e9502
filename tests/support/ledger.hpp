#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

/// What the stand-in provider has been asked for and what it took. Counting is its whole purpose: the tests
/// of crash and brake read it afterwards.
namespace heed::test {

/// How the stand-in misbehaves, for `fraction` of the sends (chosen by `seed`); the others are treated
/// normally.
struct behaviour {
  enum class mode : std::uint8_t {
    normal,
    accept_then_500,       ///< takes the message and says 500 (SMTP: closes without a word)
    accept_then_hang,      ///< takes the message and never answers
    refuse_500,            ///< takes nothing and says 500 (SMTP: 451)
    rate_limit,            ///< 429 with Retry-After 1 (SMTP: 421)
    close_after_request,   ///< reads the request, takes nothing, closes
    close_before_request,  ///< closes before reading
    bad_credentials,       ///< 401 (SMTP: 535)
  };
  mode what = mode::normal;
  std::chrono::milliseconds latency{0};
  bool honour_idempotency = true;
  bool look_up = true;
  double fraction = 1;
  std::uint64_t seed = 1;
};
/// Members that are present replace those of `from`; none and a reason in `problem` when one is not
/// understood.
[[nodiscard]] std::optional<behaviour> behaviour_from(const nlohmann::json& control, behaviour from,
                                                      std::string& problem);
[[nodiscard]] std::optional<behaviour::mode> parse_mode(std::string_view text);

/// One send as it arrived.
struct offered {
  std::string provider;  ///< resend, twilio, sink, smtp
  std::string key;       ///< Idempotency-Key, else the effect
  std::string effect;    ///< X-Heed-Effect or the status callback's parameter
  std::string to, run, step, text, body_hash;
  std::string subject;
  std::map<std::string, std::string> headers;  ///< of an email
};

/// One accepted message.
struct accepted {
  std::uint64_t number = 0;
  std::string id;
  offered what;
  std::chrono::sys_time<std::chrono::microseconds> arrived_at{};
};

struct totals {
  std::uint64_t arrivals = 0;  ///< sends read to their end
  std::uint64_t accepted = 0;
  std::uint64_t keys = 0;        ///< distinct touches accepted
  std::uint64_t keys_twice = 0;  ///< touches accepted more than once
  std::uint64_t refused = 0;
  std::uint64_t look_ups = 0;
  std::uint64_t connections = 0;
};

/// Thread-safe.
class ledger {
 public:
  /// `log_file` empty = none; else one line per accepted message, flushed at once. Throws when it cannot be
  /// opened.
  explicit ledger(const std::string& log_file);
  ~ledger();
  ledger(const ledger&) = delete;
  ledger& operator=(const ledger&) = delete;

  void control(const behaviour& b);
  [[nodiscard]] behaviour current() const;
  /// The mode for the next send: `current().what` for the fraction, else normal.
  [[nodiscard]] behaviour::mode draw();

  /// What an idempotent provider says of a key it may have seen.
  struct verdict {
    enum class what : std::uint8_t { fresh, repeated, other_body, still_running } found = what::fresh;
    std::string id;  ///< of the earlier message, when repeated
  };
  /// Counts an arrival and looks the key up; without idempotency everything is fresh.
  [[nodiscard]] verdict arrive(const offered& o);
  /// Takes the message; returns its id. The key counts as running until `settle`.
  std::string accept(const offered& o, const std::string& id_prefix);
  void settle(const std::string& key);

  void count_refusal();
  void count_look_up();
  void count_connection();

  [[nodiscard]] totals count() const;
  [[nodiscard]] std::vector<accepted> messages() const;
  [[nodiscard]] std::vector<accepted> messages_to(const std::string& to) const;
  [[nodiscard]] std::optional<accepted> message(const std::string& id) const;
  [[nodiscard]] std::uint64_t arrivals_of(const std::string& key) const;
  [[nodiscard]] std::uint64_t accepted_of(const std::string& key) const;
  [[nodiscard]] std::string ndjson() const;

  /// A webhook as it arrived at the receiver of the workspace's people.
  struct webhook {
    std::string id, timestamp, signature, body;
  };
  void take(webhook w);
  [[nodiscard]] std::vector<webhook> webhooks() const;

 private:
  struct key_entry {
    std::uint64_t arrivals = 0, accepted = 0;
    std::string body_hash, id;
    bool running = false;
  };
  [[nodiscard]] nlohmann::ordered_json line(const accepted& a) const;

  mutable std::mutex mutex_;
  std::FILE* file_ = nullptr;
  behaviour behaviour_;
  std::mt19937_64 chance_{1};
  std::map<std::string, key_entry, std::less<>> keys_;
  std::vector<accepted> messages_;
  std::vector<webhook> webhooks_;
  std::map<std::string, std::vector<std::size_t>, std::less<>> by_to_;
  std::map<std::string, std::size_t, std::less<>> by_id_;
  totals totals_;
};

}  // namespace heed::test
