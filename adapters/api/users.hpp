#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "persistence/rows.hpp"

/// The people who sign in to the console. Few (an installation's own), so they are one document in the store,
/// read and written whole in the writer's turn; pure functions over it live here.
namespace heed::api {

/// One browser that is signed in; only the hash of its cookie is kept.
struct user_session {
  std::string hash;
  std::string csrf;      ///< what a request that changes something must repeat in X-Heed-CSRF
  time_point expires{};  ///< real time
  bool operator==(const user_session&) const = default;
};

struct console_user {
  std::string email;  ///< lower case; the name they sign in with
  std::string name;
  std::string password;               ///< argon2id in its PHC form
  std::map<std::string, role> roles;  ///< by workspace; `*` = every one, now and later
  std::uint32_t failures = 0;         ///< wrong passwords since the last right one
  time_point locked_until{};          ///< real time
  std::vector<user_session> sessions;

  /// What this user may do there, if anything.
  [[nodiscard]] std::optional<role> role_in(const workspace_id& ws) const;
  [[nodiscard]] bool runs_everything() const;
  bool operator==(const console_user&) const = default;
};

struct user_directory {
  std::vector<console_user> users;
  std::string first_run;  ///< hash of the token that makes the first owner; empty once there is one

  [[nodiscard]] const console_user* find(std::string_view email) const;
  [[nodiscard]] console_user* find(std::string_view email);
  struct signed_in {
    const console_user* user = nullptr;
    const user_session* session = nullptr;
  };
  [[nodiscard]] signed_in by_session(const std::string& hash, time_point real_now) const;
  bool operator==(const user_directory&) const = default;
};

/// Where the store keeps the document.
inline constexpr const char* users_meta = "console_users";
[[nodiscard]] std::string to_text(const user_directory& d);
/// An empty directory when there is nothing; none when it cannot be read.
[[nodiscard]] std::optional<user_directory> read_users(const std::optional<std::string>& text);

/// The first user of an installation: runs it, and may do everything in every workspace.
[[nodiscard]] console_user first_owner(std::string email, std::string name, std::string_view password);

inline constexpr std::uint32_t failures_allowed = 5;
inline constexpr std::size_t sessions_most = 10;
/// While it is locked not even the right password opens an account.
[[nodiscard]] inline bool is_locked(const console_user& u, time_point real_now) {
  return real_now < u.locked_until;
}
/// From the fifth wrong password on the account is closed for a quarter of an hour, each time anew.
void note_failure(console_user& u, time_point real_now);
/// The oldest session gives way when there are too many.
void note_success(console_user& u, user_session s, time_point real_now);

[[nodiscard]] std::optional<std::string> normal_user_email(std::string_view text);
/// What is wrong with it, or nothing. Length is what counts (NIST SP 800-63B 5.1.1.2).
[[nodiscard]] std::optional<std::string> password_problem(std::string_view password);

/// Argon2id with libsodium's interactive limits (64 MiB): tens of milliseconds; never on a thread others wait
/// for.
[[nodiscard]] std::string hash_password(std::string_view password);
/// Takes as long for nobody's password (empty hash) as for somebody's.
[[nodiscard]] bool is_password(std::string_view password, const std::string& hash);

/// The cookie's value in a request; empty = none.
[[nodiscard]] std::string session_cookie(std::string_view header);
/// @param secure the browser talks TLS to whatever stands before us
[[nodiscard]] std::string set_session_cookie(const std::string& value, bool secure);
[[nodiscard]] std::string end_session_cookie(bool secure);

}  // namespace heed::api
