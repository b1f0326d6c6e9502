#include <algorithm>

#include "actors/workspace/account_check.hpp"
#include "actors/workspace/policy_json.hpp"
#include "adapters/api/account_body.hpp"
#include "adapters/api/body.hpp"
#include "adapters/api/handlers.hpp"
#include "adapters/api/paging.hpp"
#include "adapters/api/policy_change.hpp"
#include "adapters/api/stops.hpp"

namespace heed::api {

using nlohmann::json;

namespace {

std::optional<engine::account_setup> setup_of(const call& c, const account_id& id) {
  return c.node().account_of(c.workspace, id);
}

/// Everything that may be shown; it is also what the tag covers.
json document_of(const account& a, const std::optional<engine::account_setup>& setup) {
  auto out = to_json(a);
  auto names = json::array();
  if (setup)
    for (const auto& [name, unused] : setup->account.secrets)
      names.push_back(name);
  out["base_url"] = setup ? setup->account.base_url : std::string();
  out["options"] = setup ? setup->account.options : json::object();
  out["secrets"] = std::move(names);
  return out;
}

json pulse_json(const std::optional<account_pulse>& p, time_point now) {
  if (!p) return nullptr;
  const bool open = p->open_until && now < *p->open_until;
  const auto ms = [](std::chrono::microseconds t) { return static_cast<double>(t.count()) / 1000; };
  return {{"circuit", open ? "open" : p->open_until ? "probing" : "closed"},
          {"open_until", open ? json(to_iso(*p->open_until)) : json()},
          {"failures", p->failures},
          {"calls", p->calls},
          {"last_call_at", p->last_call_at ? json(to_iso(*p->last_call_at)) : json()},
          {"median_ms", ms(p->median)},
          {"p95_ms", ms(p->p95)}};
}

json account_json(const call& c, const account& a, std::uint64_t revision, bool stopped) {
  const auto setup = setup_of(c, a.id);
  auto out = document_of(a, setup);
  out["etag"] = etag_of(out);
  out["revision"] = revision;
  out["from_file"] = setup && setup->from_file;
  out["stopped"] = stopped;
  out["pulse"] = pulse_json(c.node().pulse_of(c.workspace, a.id), c.node().now());
  return out;
}

json present_document(const call& c, const policy& p, const account_id& id) {
  const auto* a = p.find_account(id);
  return a ? document_of(*a, setup_of(c, id)) : json();
}

stop_target stop_of(const call_ptr& c, const account_id& id) {
  return {stop_scope::account, c->workspace, id.value};
}

/// What one PUT does, over as many attempts as it takes to win the race for the policy.
struct account_change {
  outbound::sending_account next;
  bytes sealed;
  bool created = false;
  bool first_real = false;
};

tl::expected<void, http::problem> edit_policy(const call& c, account_change& change, policy& p) {
  const auto& a = change.next.public_part;
  if (auto ok = check_preconditions(c.request, present_document(c, p, a.id)); !ok) return ok;
  problems found;
  check_account(a, change.next.base_url, change.next.options, p.defaults, p.public_url, "", "", found);
  if (!found.empty()) return tl::unexpected(unprocessable(found));
  const bool had_real =
      std::ranges::any_of(p.accounts, [](const auto& each) { return is_real(each.second); });
  change.created = p.find_account(a.id) == nullptr;
  change.first_real = !had_real && is_real(a);
  p.accounts[a.id] = a;
  return {};
}

/// The workspace is stopped before anything could send through its first account; a person sets it going.
result<void> stop_first(const call_ptr& c, store& s) {
  const auto now = c->node().now();
  if (auto put = s.put_kill_switch({c->workspace, stop_scope::workspace, {}, true, first_account_stop, now});
      !put)
    return put;
  return s.add_audit({c->workspace, c->key->name, "workspace_stopped", first_account_stop, now});
}

result<void> store_account(const call_ptr& c, const account_change& change, store& s) {
  if (change.first_real)
    if (auto stopped = stop_first(c, s); !stopped) return stopped;
  const auto& id = change.next.public_part.id;
  const auto now = c->node().now();
  if (auto put = s.put_account_config({c->workspace, id, change.sealed, now}); !put) return put;
  if (auto made = create_switch(s, stop_of(c, id), c->key->name, now); !made) return made;
  // Before the node takes the policy up: whoever chooses this account finds its secrets.
  c->node().use_account(change.next);
  return {};
}

void answer_account(const call_ptr& c, int status, std::shared_ptr<const policy> p, const account_id& id,
                    std::optional<bool> workspace_stopped) {
  reading(c, [c, status, p, id, workspace_stopped](store_reader& r) {
    const auto* a = p->find_account(id);
    if (!a) return c->refuse(not_found());
    const auto rows = r.kill_switches();
    if (!rows) return c->refuse(rows.error());
    auto body = account_json(*c, *a, p->revision, is_stopped(*rows, stop_of(c, id)));
    const auto tag = body.at("etag").get<std::string>();
    if (workspace_stopped) body["workspace_stopped"] = *workspace_stopped;
    c->answer(status, body, {{"ETag", tag}});
  });
}

}  // namespace

http::problem no_secret_key() {
  return conflict("no_secret_key", "This installation has no key to keep secrets with.",
                  "Set HEED_SECRET_KEY to a long random text, start Heed again and repeat the request.");
}

http::problem from_file(const std::string& what) {
  return conflict("from_configuration_file", what + " is set up in the configuration file.",
                  "Change it in the configuration file and start Heed again.");
}

void list_accounts(const call_ptr& c) {
  reading(c, [c](store_reader& r) {
    const auto p = c->node().current_policy(c->workspace);
    if (!p) return c->refuse(not_found());
    const auto rows = r.kill_switches();
    if (!rows) return c->refuse(rows.error());
    auto items = json::array();
    for (const auto& [id, a] : p->accounts)
      items.push_back(account_json(*c, a, p->revision, is_stopped(*rows, stop_of(c, id))));
    c->answer(200, page_json(std::move(items), {}));
  });
}

void show_account(const call_ptr& c) {
  const auto p = c->node().current_policy(c->workspace);
  const account_id id{c->param("account")};
  const auto present = p ? present_document(*c, *p, id) : json();
  if (present.is_null()) return c->refuse(not_found());
  if (const auto tag = etag_of(present); is_unchanged(c->request, tag))
    return c->answer({304, "", "", {{"ETag", tag}}});
  answer_account(c, 200, p, id, std::nullopt);
}

void put_account(const call_ptr& c) {
  const auto body = read_body(*c, body_need::required);
  if (!body) return;
  const account_id id{c->param("account")};
  const auto known = setup_of(*c, id);
  if (known && known->from_file) return c->refuse(from_file("This account"));
  auto next = read_account_body(*body, c->workspace, id, known ? &known->account : nullptr);
  if (!next) return c->refuse(unprocessable(next.error()));
  auto sealed = c->node().seal_account(*next);
  if (!sealed && sealed.error().code == errc::refused) return c->refuse(no_secret_key());
  if (!sealed) return c->refuse(sealed.error());
  const auto change = std::make_shared<account_change>(account_change{std::move(*next), std::move(*sealed)});
  change_policy(c, {"account_put", id.value, [c, change](policy& p) { return edit_policy(*c, *change, p); },
                    [c, change, id](const policy& p) {
                      answer_account(c, change->created ? 201 : 200, std::make_shared<const policy>(p), id,
                                     change->first_real);
                    },
                    [c, change](store& s, store_reader&) { return store_account(c, *change, s); }});
}

}  // namespace heed::api
