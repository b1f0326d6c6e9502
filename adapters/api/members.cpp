// Who may do what in one workspace, for those who own it. Whoever runs the installation is above it
// (users_admin.cpp).
#include <algorithm>

#include "actors/campaign/document.hpp"
#include "adapters/api/body.hpp"
#include "adapters/api/handlers.hpp"
#include "adapters/api/service.hpp"
#include "adapters/api/sessions.hpp"

namespace heed::api {

using nlohmann::json;

namespace {

constexpr const char* everywhere = "*";

/// Of what a person may do elsewhere nothing is said.
json member_json(const console_user& u, const workspace_id& ws, time_point real_now) {
  return {{"email", u.email},
          {"name", u.name},
          {"role", std::string(to_string(*u.role_in(ws)))},
          {"everywhere", u.roles.contains(everywhere)},
          {"locked", is_locked(u, real_now)}};
}

struct member_wish {
  std::string email, name;
  std::optional<std::string> password;
  role as = role::reader;
};

std::optional<member_wish> read_wish(call& c) {
  const auto email = normal_user_email(c.param("email"));
  const auto body = read_body(c, body_need::required);
  if (!body) return std::nullopt;
  problems found;
  object_reader in(*body, "", found);
  member_wish w;
  if (!email) in.report("email", "must be an email address");
  w.email = email.value_or("");
  in.read("name", w.name);
  if (w.name.size() > 100) in.report("name", "must have at most 100 bytes");
  if (auto given = in.text("password")) {
    if (const auto wrong = password_problem(*given)) in.report("password", *wrong);
    w.password = std::move(*given);
  }
  const auto text = in.text("role");
  const auto as = text ? parse_role(*text) : std::nullopt;
  if (!as || *as == role::operator_)
    in.report("role", "must be reader, setter, inbox_manager, admin or owner");
  w.as = as.value_or(role::reader);
  in.finish();
  if (found.empty()) return w;
  c.refuse(unprocessable(found));
  return std::nullopt;
}

http::problem not_yours() {
  return conflict("everywhere", "This person has a role in every workspace.",
                  "Ask whoever runs the installation.");
}

/// A name and a password are those of all of a person's workspaces: an owner sets them where no other is
/// concerned.
bool belongs_elsewhere(const console_user& u, const workspace_id& ws) {
  return std::ranges::any_of(u.roles, [&](const auto& each) { return each.first != ws.value; });
}

void audited(const call_ptr& c, const char* what, const std::string& email, std::function<void()> then) {
  c->node().write([c, what, email, then = std::move(then)](store& s) {
    (void)s.add_audit({c->workspace, c->key->name, what, email, c->node().now()});
    then();
  });
}

/// False when the call was answered instead.
bool edit_member(const call_ptr& c, const member_wish& w, const std::string& hash, user_directory& all) {
  auto* u = all.find(w.email);
  if (u && u->roles.contains(everywhere)) return c->refuse(not_yours()), false;
  if (u && belongs_elsewhere(*u, c->workspace) && (!hash.empty() || !w.name.empty()))
    return c->refuse(conflict("elsewhere", "This person signs in for another workspace too.",
                              "Send the role alone; name and password stay theirs.")),
           false;
  if (!u && hash.empty())
    return c->refuse(unprocessable("password", "A new user needs a password.", "Send one.")), false;
  if (!u && w.name.empty())
    return c->refuse(unprocessable("name", "A new user needs a name.", "Send one.")), false;
  if (!u) u = &all.users.emplace_back();
  u->email = w.email;
  if (!w.name.empty()) u->name = w.name;
  u->roles[c->workspace.value] = w.as;
  // A new password ends what was opened with the old one.
  if (!hash.empty()) u->password = hash, u->sessions.clear(), u->failures = 0, u->locked_until = {};
  return true;
}

void store_member(const call_ptr& c, const member_wish& w, const std::string& hash) {
  change_users(
      c, [c, w, hash](user_directory& all) { return edit_member(c, w, hash, all); },
      [c, email = w.email](const user_directory& all) {
        audited(c, "member_put", email,
                [c, shown = member_json(*all.find(email), c->workspace, c->svc->real_now())] {
                  c->answer(200, shown);
                });
      });
}

}  // namespace

void list_members(const call_ptr& c) {
  with_users(c, [c](const user_directory& all) {
    auto items = json::array();
    for (const auto& u : all.users)
      if (u.role_in(c->workspace)) items.push_back(member_json(u, c->workspace, c->svc->real_now()));
    c->answer(200, {{"items", std::move(items)}});
  });
}

void put_member(const call_ptr& c) {
  const auto wish = read_wish(*c);
  if (!wish) return;
  if (!wish->password) return store_member(c, *wish, {});
  const auto work = [c, w = *wish] { store_member(c, w, hash_password(*w.password)); };
  if (!c->svc->run_slowly(work))
    c->refuse({503, "busy", "Service unavailable", "Too many passwords are being set.", {}, "Try again."}, 1);
}

void remove_member(const call_ptr& c) {
  const auto email = normal_user_email(c->param("email")).value_or("");
  change_users(
      c,
      [c, email](user_directory& all) {
        auto* u = all.find(email);
        if (!u || !u->role_in(c->workspace)) return c->refuse(not_found()), false;
        if (u->roles.contains(everywhere)) return c->refuse(not_yours()), false;
        u->roles.erase(c->workspace.value);
        // Who has no role anywhere is nobody here any more, and signed out.
        std::erase_if(all.users, [](const console_user& each) { return each.roles.empty(); });
        return true;
      },
      [c, email](const user_directory&) {
        audited(c, "member_removed", email, [c] { c->answer({204, "", "", {}}); });
      });
}

}  // namespace heed::api
