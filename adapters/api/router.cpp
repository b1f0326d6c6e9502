#include "adapters/api/router.hpp"

#include <algorithm>

#include "adapters/api/crypto.hpp"
#include "adapters/api/idempotency.hpp"
#include "adapters/api/service.hpp"
#include "adapters/api/sessions.hpp"
#include "adapters/http/message.hpp"

namespace heed::api {

namespace {

std::vector<std::string_view> segments(std::string_view path) {
  std::vector<std::string_view> out;
  while (!path.empty()) {
    path.remove_prefix(1);
    const auto end = std::min(path.find('/'), path.size());
    out.push_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return out;
}

bool is_param(std::string_view segment) { return segment.starts_with('{') && segment.ends_with('}'); }

bool fits(const std::vector<std::string_view>& pattern, const std::vector<std::string>& path) {
  if (pattern.size() != path.size()) return false;
  for (std::size_t i = 0; i < path.size(); ++i)
    if (is_param(pattern[i]) ? path[i].empty() : pattern[i] != path[i]) return false;
  return true;
}

struct entry {
  const route* line;
  std::vector<std::string_view> parts;
};

const std::vector<entry>& table() {
  static const std::vector<entry> all = [] {
    std::vector<entry> out;
    for (const auto& r : routes())
      out.push_back({&r, segments(r.pattern)});
    return out;
  }();
  return all;
}

std::string_view raw_path(const http::request& r) {
  std::string_view target = r.target;
  if (!target.starts_with('/')) {
    const auto scheme = target.find("://");
    const auto slash = scheme == std::string_view::npos ? scheme : target.find('/', scheme + 3);
    target = slash == std::string_view::npos ? std::string_view("/") : target.substr(slash);
  }
  return target.substr(0, target.find_first_of("?#"));
}

http::problem wrong_method(const std::string& allow) {
  return {405, "method_not_allowed",        "Method not allowed", "This path does not know that method.",
          {},  "Use one of: " + allow + "."};
}

/// The caller's key, when the header names one that is known and not revoked.
std::optional<api_key_row> caller_key(const call& c) {
  const auto token = bearer_token(c.request);
  if (token.empty()) return std::nullopt;
  const auto hash = sha256_hex(token);
  auto row = c.node().find_key(hash);
  if (!row || row->revoked || !same_secret(row->hash, hash)) return std::nullopt;
  return row;
}

void refuse_unauthorized(call& c) {
  auto r = http::to_response(unauthorized());
  r.headers.emplace_back("WWW-Authenticate", "Bearer");
  c.answer(std::move(r));
}

/// A page of another site can make a browser send its cookie; it cannot read the token that goes with it (OWASP,
/// synchronizer token).
bool is_forged(const call& c) {
  if (c.request.method == "GET" || c.request.method == "HEAD") return false;
  return !same_secret(c.request.header("x-heed-csrf"), c.session->session.csrf);
}

/// What the signed-in user may do where this route leads. A route of no workspace takes the one the query names, or the
/// first that the user has.
std::optional<api_key_row> session_key(const call& c) {
  const auto& s = *c.session;
  if (c.matched->who == access::workspace) return key_of(s, c.workspace);
  if (c.matched->who == access::operators || c.matched->who == access::cron || s.user.runs_everything())
    return key_of(s, workspace_id{});
  const std::string named(c.request.query_value("workspace"));
  if (!named.empty()) return key_of(s, workspace_id{named});
  for (const auto& [ws, as] : s.user.roles)
    if (ws != "*") return key_of(s, workspace_id{ws});
  return std::nullopt;
}

http::problem forged() {
  return {403, "csrf", "Forbidden", "The request changes something and lacks the session's token.", "X-Heed-CSRF",
          "Send the `csrf` of GET /v1/session in that header."};
}

/// False when it has been answered.
bool admit(call& c) {
  const auto& r = *c.matched;
  if (c.session && is_forged(c)) return c.refuse(forged()), false;
  if (r.who == access::open || r.who == access::hook || r.who == access::visitor) return true;
  if (r.who == access::cron && !c.opts().cron_secret.empty() &&
      same_secret(bearer_token(c.request), c.opts().cron_secret))
    return true;
  c.key = c.session ? session_key(c) : caller_key(c);
  if (!c.key && c.session) return c.refuse(r.who == access::workspace ? workspace_not_found() : not_found()), false;
  if (!c.key) return refuse_unauthorized(c), false;
  const bool is_operator = c.key->as == role::operator_;
  if (r.who == access::operators || r.who == access::cron) {
    c.workspace = c.key->workspace;
    if (!is_operator) return c.refuse(forbidden(role::operator_)), false;
    return true;
  }
  if (r.who == access::own) {
    c.workspace = c.key->workspace;
  } else {
    // Another workspace's name and one that nobody has are answered alike.
    if (!is_operator && c.key->workspace != c.workspace) return c.refuse(workspace_not_found()), false;
    if (!c.node().current_policy(c.workspace)) return c.refuse(workspace_not_found()), false;
  }
  if (c.key->as < r.at_least) return c.refuse(forbidden(r.at_least)), false;
  return true;
}

}  // namespace

std::string_view bearer_token(const http::request& r) {
  const auto value = r.header("authorization");
  constexpr std::string_view scheme = "bearer ";
  if (value.size() <= scheme.size()) return {};
  for (std::size_t i = 0; i < scheme.size(); ++i)
    if ((value[i] | 0x20) != (scheme[i] | 0x20)) return {};
  return value.substr(scheme.size());
}

match find_route(std::string_view method, std::string_view path) {
  std::vector<std::string> decoded;
  for (const auto part : segments(path)) {
    auto text = http::percent_decode(part, false);
    if (!text) return {};
    decoded.push_back(std::move(*text));
  }
  const auto wanted = method == "HEAD" ? std::string_view("GET") : method;
  match m;
  for (const auto& [line, parts] : table()) {
    if (!fits(parts, decoded)) continue;
    m.allow += (m.allow.empty() ? "" : ", ") + std::string(line->method);
    if (line->method == "GET") m.allow += ", HEAD";
    if (m.found || line->method != wanted) continue;
    m.found = line;
    for (std::size_t i = 0; i < parts.size(); ++i)
      if (is_param(parts[i])) m.params.emplace_back(parts[i].substr(1, parts[i].size() - 2), decoded[i]);
  }
  if (!m.allow.empty()) m.allow += ", OPTIONS";
  return m;
}

namespace {
bool wants_session(const call& c);
void enter(const call_ptr& c);
}  // namespace

void dispatch(const call_ptr& c) {
  auto m = find_route(c->request.method, c->request.path == "*" ? "" : raw_path(c->request));
  if (c->request.method == "OPTIONS" && (c->request.path == "*" || !m.allow.empty())) {
    const std::string all = "GET, HEAD, POST, PUT, DELETE, OPTIONS";
    return c->answer({204, "", "", {{"Allow", m.allow.empty() ? all : m.allow}}});
  }
  if (!m.found && m.allow.empty()) return c->refuse(not_found());
  if (!m.found) {
    auto r = http::to_response(wrong_method(m.allow));
    r.headers.emplace_back("Allow", m.allow);
    return c->answer(std::move(r));
  }
  c->matched = m.found;
  c->params = std::move(m.params);
  if (const auto& ws = c->param("ws"); !ws.empty()) c->workspace = workspace_id{ws};
  if (!wants_session(*c)) return enter(c);
  with_session(c, [c] { enter(c); });
}

namespace {

/// Keys go before cookies, and what is open to all asks for neither.
bool wants_session(const call& c) {
  const auto who = c.matched->who;
  return who != access::open && who != access::hook && bearer_token(c.request).empty() &&
         !session_cookie(c.request.header("cookie")).empty();
}

void enter(const call_ptr& c) {
  if (!admit(*c)) return;
  if (c->key) {
    if (const auto wait = c->svc->meter(*c->key)) {
      return c->refuse({429,
                        "quota",
                        "Too many requests",
                        "This key has used its quota.",
                        {},
                        "Slow down; try again after the time named."},
                       *wait);
    }
  }
  // A hook's repeats are guarded after its signature was checked; nobody's have no caller to be kept for.
  if (c->request.method == "POST" && c->matched->who != access::hook && c->matched->who != access::open &&
      c->matched->who != access::visitor)
    return guard_repeats(c, c->matched->handle);
  c->matched->handle(c);
}

}  // namespace

}  // namespace heed::api
