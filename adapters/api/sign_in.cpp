// Who may use the console: signing in and out, and the token that makes the first owner.
#include "actors/campaign/document.hpp"
#include "adapters/api/body.hpp"
#include "adapters/api/crypto.hpp"
#include "adapters/api/handlers.hpp"
#include "adapters/api/service.hpp"
#include "adapters/api/sessions.hpp"

namespace heed::api {

using nlohmann::json;

namespace {

bool is_secure(const call& c) { return c.opts().public_url.starts_with("https://"); }

json session_json(const call& c, const console_user& u, const user_session& s) {
  auto workspaces = json::array();
  for (const auto& ws : c.node().workspaces())
    if (const auto as = u.role_in(ws))
      workspaces.push_back({{"id", ws.value}, {"role", std::string(to_string(*as))}});
  return {{"signed_in", true},
          {"first_run", false},
          {"user", {{"email", u.email}, {"name", u.name}}},
          {"operator", u.runs_everything()},
          {"csrf", s.csrf},
          {"expires", to_iso(s.expires)},
          {"workspaces", std::move(workspaces)}};
}

struct fresh_session {
  std::string cookie;
  user_session kept;
};
fresh_session make_session(const call& c) {
  const auto cookie = new_api_key();
  return {cookie, {sha256_hex(cookie), random_name(), c.svc->real_now() + session_life}};
}

http::problem wrong_credentials() {
  return {401,
          "wrong_credentials",
          "Unauthorized",
          "Email or password is wrong, or the account is locked for 15 minutes after five wrong passwords.",
          {},
          "Check both, or wait and try again."};
}

http::problem busy() {
  return {503, "busy", "Service unavailable", "Too many people sign in at this moment.", {}, "Try again."};
}

/// A form of another site cannot send this type without asking first (CORS), so nobody is signed in unawares.
bool is_json(const call& c) { return c.request.header("content-type").starts_with("application/json"); }

std::optional<json> read_form(call& c) {
  if (!is_json(c)) {
    c.refuse({415, "content_type", "Unsupported media type", "This takes application/json only.",
              "Content-Type", "Send Content-Type: application/json."});
    return std::nullopt;
  }
  return read_body(c, body_need::required);
}

void answer_session(const call_ptr& c, int status, const console_user& u, const fresh_session& s) {
  c->answer(status, session_json(*c, u, s.kept),
            {{"Set-Cookie", set_session_cookie(s.cookie, is_secure(*c))}});
}

/// The newest directory decides: whoever guesses from many places at once is counted one by one.
void settle_sign_in(const call_ptr& c, const std::string& email, bool right) {
  const auto s = make_session(*c);
  const auto admitted = std::make_shared<bool>(false);
  change_users(
      c,
      [c, email, right, s, admitted](user_directory& all) {
        auto* u = all.find(email);
        const auto now = c->svc->real_now();
        if (!u || is_locked(*u, now)) return c->refuse(wrong_credentials()), false;
        *admitted = right;
        right ? note_success(*u, s.kept, now) : note_failure(*u, now);
        return true;
      },
      [c, email, s, admitted](const user_directory& all) {
        if (!*admitted) return c->refuse(wrong_credentials());
        answer_session(c, 200, *all.find(email), s);
      });
}

struct owner_wish {
  std::string token, email, name, password;
};
std::optional<owner_wish> read_owner(call& c) {
  const auto body = read_form(c);
  if (!body) return std::nullopt;
  problems found;
  object_reader in(*body, "", found);
  owner_wish w;
  in.read("token", w.token);
  in.read("email", w.email);
  in.read("name", w.name);
  in.read("password", w.password);
  const auto email = normal_user_email(w.email);
  if (!email) in.report("email", "must be an email address");
  if (w.name.empty() || w.name.size() > 100) in.report("name", "must have 1 to 100 bytes");
  if (const auto wrong = password_problem(w.password)) in.report("password", *wrong);
  in.finish();
  w.email = email.value_or("");
  if (found.empty()) return w;
  c.refuse(unprocessable(found));
  return std::nullopt;
}

http::problem wrong_token() {
  return {403,         "first_run_token",
          "Forbidden", "This is not the token of the first run, or there is an owner already.",
          "token",     "Look for console.first_run in the newest start's log, or sign in."};
}

}  // namespace

void show_session(const call_ptr& c) {
  if (c->session) return c->answer(200, session_json(*c, c->session->user, c->session->session));
  with_users(c, [c](const user_directory& all) {
    c->answer(200, {{"signed_in", false}, {"first_run", all.users.empty()}});
  });
}

void sign_in(const call_ptr& c) {
  const auto body = read_form(*c);
  if (!body) return;
  problems found;
  object_reader in(*body, "", found);
  std::string typed, password;
  in.read("email", typed);
  in.read("password", password);
  in.finish();
  if (!found.empty()) return c->refuse(unprocessable(found));
  const auto email = normal_user_email(typed);
  if (!email || password.size() > 1'000) return c->refuse(wrong_credentials());
  with_users(c, [c, email = *email, password](const user_directory& all) {
    const auto* u = all.find(email);
    const bool open = u && !is_locked(*u, c->svc->real_now());
    // Unknown and locked accounts take as long as others.
    const auto work = [c, email, password, hash = open ? u->password : std::string()] {
      const bool right = is_password(password, hash);
      if (hash.empty()) return c->refuse(wrong_credentials());
      settle_sign_in(c, email, right);
    };
    if (!c->svc->run_slowly(work)) c->refuse(busy(), 1);
  });
}

void sign_out(const call_ptr& c) {
  const std::vector<std::pair<std::string, std::string>> forget{
      {"Set-Cookie", end_session_cookie(is_secure(*c))}};
  if (!c->session) return c->answer({204, "", "", forget});
  change_users(
      c,
      [c](user_directory& all) {
        if (auto* u = all.find(c->session->user.email))
          std::erase_if(u->sessions,
                        [&](const user_session& s) { return s.hash == c->session->session.hash; });
        return true;
      },
      [c, forget](const user_directory&) {
        c->answer({204, "", "", forget});
      });
}

void make_first_owner(const call_ptr& c) {
  const auto wish = read_owner(*c);
  if (!wish) return;
  const auto work = [c, w = *wish] {
    auto owner = first_owner(w.email, w.name, w.password);
    const auto s = make_session(*c);
    note_success(owner, s.kept, c->svc->real_now());
    change_users(
        c,
        [c, owner, hash = sha256_hex(w.token)](user_directory& all) {
          if (!all.users.empty() || all.first_run.empty() || !same_secret(all.first_run, hash))
            return c->refuse(wrong_token()), false;
          all.users.push_back(owner);
          all.first_run.clear();
          return true;
        },
        [c, owner, s](const user_directory&) { answer_session(c, 201, owner, s); });
  };
  // Guesses cost nobody a password hash.
  with_users(c, [c, work, hash = sha256_hex(wish->token)](const user_directory& all) {
    if (!all.users.empty() || !same_secret(all.first_run, hash)) return c->refuse(wrong_token());
    if (!c->svc->run_slowly(work)) c->refuse(busy(), 1);
  });
}

void offer_first_run(engine& e, std::function<void(const std::string& token)> tell) {
  e.write([tell = std::move(tell)](store& s) {
    auto reader = s.reader();
    if (!reader) return;
    const auto stored = (*reader)->meta(users_meta);
    if (!stored) return;
    auto all = read_users(*stored);
    if (!all || !all->users.empty()) return;
    const auto token = random_name();
    all->first_run = sha256_hex(token);
    // Of nodes that start together one offers it.
    if (s.swap_meta(users_meta, *stored, to_text(*all))) tell(token);
  });
}

}  // namespace heed::api
