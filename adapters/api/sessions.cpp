#include "adapters/api/sessions.hpp"

#include "adapters/api/crypto.hpp"
#include "adapters/api/service.hpp"

namespace heed::api {

namespace {

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
  const auto hash = sha256_hex(session_cookie(c->request.header("cookie")));
  with_users(c, [c, hash, f = std::move(f)](const user_directory& all) {
    if (const auto who = all.by_session(hash, c->svc->real_now()); who.user)
      c->session = caller_session{*who.user, *who.session};
    f();
  });
}

void change_users(const call_ptr& c, std::function<bool(user_directory&)> edit,
                  std::function<void(const user_directory&)> done) {
  writing(c, [c, edit = std::move(edit), done = std::move(done)](store& s) {
    auto reader = s.reader();
    if (!reader) return c->refuse(reader.error());
    const auto newest = load(*c, **reader);
    if (!newest) return;
    auto next = *newest;
    if (!edit(next)) return;
    if (auto put = s.put_meta(users_meta, to_text(next)); !put) return c->refuse(put.error());
    c->svc->keep_users(std::make_shared<const user_directory>(next));
    done(next);
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
