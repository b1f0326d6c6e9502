#include "adapters/api/users.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace heed::api {

using nlohmann::json;

namespace {

constexpr std::string_view everywhere = "*";
constexpr std::string_view cookie_name = "heed_session";
constexpr auto lock_for = std::chrono::minutes(15);

json to_json(const console_user& u) {
  json roles = json::object(), sessions = json::array();
  for (const auto& [ws, as] : u.roles)
    roles[ws] = std::string(to_string(as));
  for (const auto& s : u.sessions)
    sessions.push_back({{"hash", s.hash}, {"csrf", s.csrf}, {"expires", to_iso(s.expires)}});
  return {{"email", u.email},
          {"name", u.name},
          {"password", u.password},
          {"roles", std::move(roles)},
          {"failures", u.failures},
          {"locked_until", to_iso(u.locked_until)},
          {"sessions", std::move(sessions)}};
}

time_point instant(const json& j, const char* name) {
  return parse_iso(j.at(name).get<std::string>()).value_or(time_point{});
}

console_user user_of(const json& j) {
  console_user u;
  u.email = j.at("email").get<std::string>();
  u.name = j.at("name").get<std::string>();
  u.password = j.at("password").get<std::string>();
  for (const auto& [ws, text] : j.at("roles").items())
    if (const auto as = parse_role(text.get<std::string>())) u.roles[ws] = *as;
  u.failures = j.at("failures").get<std::uint32_t>();
  u.locked_until = instant(j, "locked_until");
  for (const auto& s : j.at("sessions"))
    u.sessions.push_back(
        {s.at("hash").get<std::string>(), s.at("csrf").get<std::string>(), instant(s, "expires")});
  return u;
}

}  // namespace

std::optional<role> console_user::role_in(const workspace_id& ws) const {
  std::optional<role> best;
  for (const auto& where : {std::string(everywhere), ws.value})
    if (const auto found = roles.find(where); found != roles.end() && (!best || *best < found->second))
      best = found->second;
  return best;
}

bool console_user::runs_everything() const {
  const auto found = roles.find(std::string(everywhere));
  return found != roles.end() && found->second == role::operator_;
}

const console_user* user_directory::find(std::string_view email) const {
  const auto it = std::ranges::find(users, email, &console_user::email);
  return it == users.end() ? nullptr : &*it;
}

console_user* user_directory::find(std::string_view email) {
  const auto it = std::ranges::find(users, email, &console_user::email);
  return it == users.end() ? nullptr : &*it;
}

user_directory::signed_in user_directory::by_session(const std::string& hash, time_point real_now) const {
  for (const auto& u : users)
    for (const auto& s : u.sessions)
      if (s.hash == hash && real_now < s.expires) return {&u, &s};
  return {};
}

std::string to_text(const user_directory& d) {
  json users = json::array();
  for (const auto& u : d.users)
    users.push_back(to_json(u));
  return json{{"users", std::move(users)}, {"first_run", d.first_run}}.dump();
}

std::optional<user_directory> read_users(const std::optional<std::string>& text) {
  user_directory d;
  if (!text || text->empty()) return d;
  try {
    const auto j = json::parse(*text);
    d.first_run = j.at("first_run").get<std::string>();
    for (const auto& each : j.at("users"))
      d.users.push_back(user_of(each));
  } catch (const json::exception&) {
    return std::nullopt;
  }
  return d;
}

console_user first_owner(std::string email, std::string name, std::string_view password) {
  console_user u;
  u.email = std::move(email);
  u.name = std::move(name);
  u.password = hash_password(password);
  u.roles[std::string(everywhere)] = role::operator_;
  return u;
}

void note_failure(console_user& u, time_point real_now) {
  ++u.failures;
  if (u.failures >= failures_allowed) u.locked_until = real_now + lock_for;
}

void note_success(console_user& u, user_session s, time_point real_now) {
  u.failures = 0;
  u.locked_until = time_point{};
  std::erase_if(u.sessions, [&](const user_session& old) { return old.expires <= real_now; });
  u.sessions.push_back(std::move(s));
  if (u.sessions.size() > sessions_most) u.sessions.erase(u.sessions.begin());
}

std::optional<std::string> normal_user_email(std::string_view text) {
  const auto at = text.find('@');
  if (text.size() > 254 || at == text.npos || at == 0 || at + 1 == text.size()) return std::nullopt;
  std::string out;
  for (const char c : text) {
    if (c <= ' ' || c == 127) return std::nullopt;
    out.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
  }
  return out;
}

std::optional<std::string> password_problem(std::string_view password) {
  if (password.size() < 10) return "must have at least 10 characters";
  if (password.size() > 1'000) return "must have at most 1000 characters";
  return std::nullopt;
}

std::string hash_password(std::string_view password) {
  std::array<char, crypto_pwhash_STRBYTES> out{};
  if (sodium_init() < 0 ||
      crypto_pwhash_str_alg(out.data(), password.data(), password.size(), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                            crypto_pwhash_MEMLIMIT_INTERACTIVE, crypto_pwhash_ALG_ARGON2ID13) != 0)
    throw std::runtime_error("no memory to hash a password");
  return out.data();
}

bool is_password(std::string_view password, const std::string& hash) {
  static const std::string nobody = hash_password("no account has this");
  const auto& against = hash.empty() ? nobody : hash;
  const bool right = crypto_pwhash_str_verify(against.c_str(), password.data(), password.size()) == 0;
  return right && !hash.empty();
}

std::string session_cookie(std::string_view header) {
  while (!header.empty()) {
    const auto end = std::min(header.find(';'), header.size());
    auto one = header.substr(0, end);
    while (one.starts_with(' '))
      one.remove_prefix(1);
    if (one.starts_with(cookie_name) && one.size() > cookie_name.size() && one[cookie_name.size()] == '=')
      return std::string(one.substr(cookie_name.size() + 1));
    header.remove_prefix(std::min(end + 1, header.size()));
  }
  return {};
}

std::string set_session_cookie(const std::string& value, bool secure) {
  return std::string(cookie_name) + "=" + value + "; Path=/; HttpOnly; SameSite=Strict; Max-Age=43200" +
         (secure ? "; Secure" : "");
}

std::string end_session_cookie(bool secure) {
  return std::string(cookie_name) + "=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0" +
         (secure ? "; Secure" : "");
}

}  // namespace heed::api
