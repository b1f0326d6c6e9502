#include "adapters/api/sessions.hpp"

#include "adapters/api/crypto.hpp"
#include "adapters/api/service.hpp"

namespace heed::api {

namespace {

constexpr int tries_at_a_change = 10;

http::problem unreadable() {
  return {500,
          "users_unreadable",
          "Internal error",
          "What the store keeps of the console's users cannot be read.",
          {},
          "Restore `console_users` from a backup; API keys go on working."};
}

/// None when it cannot be read; then it has been answered.
std::shared_ptr<const user_directory> load(call& c, store_reader& r) {
  auto stored = r.meta(users_meta);
  if (!stored) return c.refuse(stored.error()), nullptr;
  auto users = read_users(*stored);
  if (!users) return c.refuse(unreadable()), nullptr;
  auto all = std::make_shared<const user_directory>(std::move(*users));
  c.svc->keep_users(all);
  return all;
}

}  // namespace

void with_users(const call_ptr& c, std::function<void(const user_directory&)> f) {
  if (const auto known = c->svc->known_users()) return f(*known);
  reading(c, [c, f = std::move(f)](store_reader& r) {
    if (const auto all = load(*c, r)) f(*all);
  });
}

void with_session(const call_ptr& c, std::function<void()> f) {
  const auto cookie = session_cookie(c->request.header("cookie"));
  const auto take = [c, hash = sha256_hex(cookie)](const user_directory& all) {
    const auto who = all.by_session(hash, c->svc->real_now());
    if (who.user) c->session = caller_session{*who.user, *who.session};
    return static_cast<bool>(who.user);
  };
  with_users(c, [c, take, asked = !cookie.empty(), f = std::move(f)](const user_directory& all) {
    if (take(all) || !asked) return f();
    // Begun at another node a moment ago, perhaps.
    reading(c, [c, take, f](store_reader& r) {
      if (const auto newest = load(*c, r)) take(*newest), f();
    });
  });
}

void change_users(const call_ptr& c, std::function<bool(user_directory&)> edit,
                  std::function<void(const user_directory&)> done) {
  writing(c, [c, edit = std::move(edit), done = std::move(done)](store& s) {
    auto reader = s.reader();
    if (!reader) return c->refuse(reader.error());
    store_error changed;
    // Another node may have changed them since they were read: then the edit is made of what it left.
    for (int i = 0; i < tries_at_a_change; ++i) {
      const auto stored = (*reader)->meta(users_meta);
      if (!stored) return c->refuse(stored.error());
      auto next = read_users(*stored);
      if (!next) return c->refuse(unreadable());
      if (!edit(*next)) return;
      const auto put = s.swap_meta(users_meta, *stored, to_text(*next));
      if (put) {
        c->svc->keep_users(std::make_shared<const user_directory>(*next));
        return done(*next);
      }
      changed = put.error();
      if (changed.code != errc::conflict) break;
    }
    c->refuse(changed);
  });
}

std::optional<api_key_row> key_of(const caller_session& s, const workspace_id& ws) {
  const auto as = s.user.role_in(ws);
  if (!as) return std::nullopt;
  api_key_row row;
  row.hash = sha256_hex("console user " + s.user.email);
  row.workspace = ws;
  row.as = *as;
  row.name = s.user.email;
  return row;
}

}  // namespace heed::api
