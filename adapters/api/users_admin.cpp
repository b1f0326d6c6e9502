// Who else may use the console; for those who run the installation.
#include <algorithm>

#include "actors/campaign/document.hpp"
#include "adapters/api/body.hpp"
#include "adapters/api/handlers.hpp"
#include "adapters/api/service.hpp"
#include "adapters/api/sessions.hpp"

namespace heed::api {

using nlohmann::json;

namespace {

json user_json(const console_user& u, time_point real_now) {
  auto roles = json::object();
  for (const auto& [ws, as] : u.roles)
    roles[ws] = std::string(to_string(as));
  return {
      {"email", u.email}, {"name", u.name}, {"roles", std::move(roles)}, {"locked", is_locked(u, real_now)}};
}

struct user_wish {
  std::string email, name;
  std::optional<std::string> password;
  std::map<std::string, role> roles;
};

void read_roles(object_reader& in, std::map<std::string, role>& out) {
  const auto* given = in.object("roles");
  if (!given || given->empty())
    return in.report("roles", "must name a role for at least one workspace, or for * (every one)");
  for (const auto& [ws, text] : given->items()) {
    const auto as = text.is_string() ? parse_role(text.get<std::string>()) : std::nullopt;
    if (!as) return in.report("roles", "must be reader, setter, inbox_manager, admin, owner or operator");
    if (*as == role::operator_ && ws != "*")
      return in.report("roles", "operator is a role of the installation: name it for *");
    out[ws] = *as;
  }
}

std::optional<user_wish> read_wish(call& c) {
  const auto email = normal_user_email(c.param("email"));
  const auto body = read_body(c, body_need::required);
  if (!body) return std::nullopt;
  problems found;
  object_reader in(*body, "", found);
  user_wish w;
  if (!email) in.report("email", "must be an email address");
  w.email = email.value_or("");
  in.read("name", w.name);
  if (w.name.empty() || w.name.size() > 100) in.report("name", "must have 1 to 100 bytes");
  if (auto given = in.text("password")) {
    if (const auto wrong = password_problem(*given)) in.report("password", *wrong);
    w.password = std::string(*given);
  }
  read_roles(in, w.roles);
  in.finish();
  if (found.empty()) return w;
  c.refuse(unprocessable(found));
  return std::nullopt;
}

bool has_operator(const user_directory& all) {
  return std::ranges::any_of(all.users, [](const console_user& u) { return u.runs_everything(); });
}

http::problem last_operator() {
  return conflict("last_operator", "Nobody could run the installation any more.",
                  "Make another operator first.");
}

void store_user(const call_ptr& c, const user_wish& w, const std::string& hash) {
  change_users(
      c,
      [c, w, hash](user_directory& all) {
        auto* u = all.find(w.email);
        if (!u && hash.empty())
          return c->refuse(unprocessable("password", "A new user needs a password.", "Send one.")), false;
        if (!u) u = &all.users.emplace_back();
        u->email = w.email;
        u->name = w.name;
        u->roles = w.roles;
        // A new password ends what was opened with the old one.
        if (!hash.empty()) u->password = hash, u->sessions.clear(), u->failures = 0, u->locked_until = {};
        if (!has_operator(all)) return c->refuse(last_operator()), false;
        return true;
      },
      [c, email = w.email](const user_directory& all) {
        c->node().write([c, email, shown = user_json(*all.find(email), c->svc->real_now())](store& s) {
          (void)s.add_audit({{}, c->key->name, "user_put", email, c->node().now()});
          c->answer(200, shown);
        });
      });
}

}  // namespace

void list_users(const call_ptr& c) {
  with_users(c, [c](const user_directory& all) {
    auto items = json::array();
    for (const auto& u : all.users)
      items.push_back(user_json(u, c->svc->real_now()));
    c->answer(200, {{"items", std::move(items)}});
  });
}

void put_user(const call_ptr& c) {
  const auto wish = read_wish(*c);
  if (!wish) return;
  if (!wish->password) return store_user(c, *wish, {});
  const auto work = [c, w = *wish] { store_user(c, w, hash_password(*w.password)); };
  if (!c->svc->run_slowly(work))
    c->refuse({503, "busy", "Service unavailable", "Too many passwords are being set.", {}, "Try again."}, 1);
}

void remove_user(const call_ptr& c) {
  const auto email = normal_user_email(c->param("email")).value_or("");
  change_users(
      c,
      [c, email](user_directory& all) {
        if (!all.find(email)) return c->refuse(not_found()), false;
        std::erase_if(all.users, [&](const console_user& u) { return u.email == email; });
        if (!has_operator(all)) return c->refuse(last_operator()), false;
        return true;
      },
      [c, email](const user_directory&) {
        c->node().write([c, email](store& s) {
          (void)s.add_audit({{}, c->key->name, "user_removed", email, c->node().now()});
          c->answer({204, "", "", {}});
        });
      });
}

}  // namespace heed::api
