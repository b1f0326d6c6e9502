#include "adapters/api/stops.hpp"

#include <algorithm>
#include <atomic>

#include "actors/campaign/document.hpp"
#include "adapters/api/body.hpp"
#include "adapters/api/handlers.hpp"
#include "adapters/api/present.hpp"

namespace heed::api {

using nlohmann::json;

namespace {

constexpr std::size_t calls_max = 10'000;
constexpr std::size_t reason_max = 500;

/// A campaign's stop has had its own words since there was a pause.
std::string audit_word(stop_scope scope, bool engaged) {
  if (scope == stop_scope::campaign) return engaged ? "campaign_paused" : "campaign_resumed";
  return std::string(to_string(scope)) + (engaged ? "_stopped" : "_released");
}

std::string audit_detail(const stop_target& t, const std::string& reason) {
  if (t.name.empty() || reason.empty()) return t.name + reason;
  return t.name + ": " + reason;
}

/// Every workspace a switch of that scope concerns takes it up before `done`.
void take_up(const call_ptr& c, const stop_target& t, std::function<void()> done) {
  const auto all = t.scope == stop_scope::global ? c->node().workspaces() : std::vector{t.workspace};
  const auto guarded = [c, done = std::move(done)] {
    try {
      done();
    } catch (const std::exception&) {
      c->refuse(internal());
    }
  };
  if (all.empty()) return guarded();
  const auto left = std::make_shared<std::atomic<std::size_t>>(all.size());
  for (const auto& ws : all)
    c->node().reload(ws, [left, guarded] {
      if (--*left == 0) guarded();
    });
}

json stop_json(const stop_target& t, const std::vector<kill_switch_row>& rows) {
  const auto* row = find_switch(rows, t);
  return {{"stopped", is_stopped(rows, t)},
          {"scope", std::string(to_string(t.scope))},
          {"name", t.scope == stop_scope::workspace ? t.workspace.value : t.name},
          {"at", row ? json(to_iso(row->at)) : json()},
          {"by", row ? text_or_null(row->by) : json()}};
}

/// What the path names; none when it does not exist, and then it has been answered.
std::optional<stop_target> target_of(call& c) {
  const auto& campaign = c.param("campaign");
  const auto& account = c.param("account");
  if (c.param("ws").empty()) return stop_target{stop_scope::global, {}, {}};
  const auto p = c.node().current_policy(c.workspace);
  const bool known = p && (campaign.empty() || p->find_campaign(campaign_id{campaign})) &&
                     (account.empty() || p->find_account(account_id{account}));
  if (!known) {
    c.refuse(not_found());
    return std::nullopt;
  }
  if (!campaign.empty()) return stop_target{stop_scope::campaign, c.workspace, campaign};
  if (!account.empty()) return stop_target{stop_scope::account, c.workspace, account};
  return stop_target{stop_scope::workspace, c.workspace, {}};
}

std::optional<std::string> read_reason(call& c) {
  const auto body = read_body(c, body_need::optional);
  if (!body) return std::nullopt;
  problems found;
  object_reader in(*body, "", found);
  std::string reason;
  in.read("reason", reason);
  if (reason.size() > reason_max) in.report("reason", "must be at most 500 bytes");
  in.finish();
  if (found.empty()) return reason;
  c.refuse(unprocessable(found));
  return std::nullopt;
}

void answer_stop(const call_ptr& c, const stop_target& t, store_reader& r, json calls) {
  const auto rows = r.kill_switches();
  if (!rows) return c->refuse(rows.error());
  auto body = stop_json(t, *rows);
  if (!calls.is_null()) body["calls_in_flight"] = std::move(calls);
  c->answer(200, body);
}

}  // namespace

bool covers(const stop_target& t, const effect_row& e) {
  switch (t.scope) {
    case stop_scope::global:
      return true;
    case stop_scope::workspace:
      return e.workspace == t.workspace;
    case stop_scope::campaign:
      return e.workspace == t.workspace && e.campaign.value == t.name;
    case stop_scope::account:
      return e.workspace == t.workspace && e.account.value == t.name;
  }
  return true;
}

const kill_switch_row* find_switch(const std::vector<kill_switch_row>& rows, const stop_target& t) {
  const auto found = std::ranges::find_if(rows, [&](const auto& row) {
    return row.scope == t.scope && row.workspace == t.workspace && row.name == t.name;
  });
  return found == rows.end() ? nullptr : &*found;
}

bool is_stopped(const std::vector<kill_switch_row>& rows, const stop_target& t) {
  const auto* row = find_switch(rows, t);
  return !row || row->engaged;
}

active_stops stops_of(const policy& p, const std::vector<kill_switch_row>& rows) {
  active_stops out;
  out.global = is_stopped(rows, {stop_scope::global, {}, {}});
  out.workspace = is_stopped(rows, {stop_scope::workspace, p.workspace, {}});
  for (const auto& [id, unused] : p.campaigns)
    if (is_stopped(rows, {stop_scope::campaign, p.workspace, id.value})) out.campaigns.insert(id.value);
  for (const auto& [id, unused] : p.accounts)
    if (is_stopped(rows, {stop_scope::account, p.workspace, id.value})) out.accounts.insert(id.value);
  return out;
}

result<void> create_switch(store& s, const stop_target& t, const std::string& by, time_point now) {
  return s.create_kill_switch({t.workspace, t.scope, t.name, false, by, now});
}

void turn_switch(const call_ptr& c, const stop_target& t, bool engaged, const std::string& reason,
                 std::function<void()> taken_up) {
  writing(c, [c, t, engaged, reason, taken_up = std::move(taken_up)](store& s) {
    auto reader = s.reader();
    if (!reader) return c->refuse(reader.error());
    const auto rows = (*reader)->kill_switches();
    if (!rows) return c->refuse(rows.error());
    const auto* row = find_switch(*rows, t);
    if (!row || row->engaged != engaged || row->by != c->key->name) {
      const auto now = c->node().now();
      if (auto put = s.put_kill_switch({t.workspace, t.scope, t.name, engaged, c->key->name, now}); !put)
        return c->refuse(put.error());
      if (auto told = s.add_audit(
              {c->workspace, c->key->name, audit_word(t.scope, engaged), audit_detail(t, reason), now});
          !told)
        return c->refuse(told.error());
    }
    take_up(c, t, taken_up);
  });
}

void after_grace(const call_ptr& c, const stop_target& t, std::function<void(store_reader&, json)> f) {
  c->node().after(c->opts().stop_grace, [c, t, f = std::move(f)] {
    reading(c, [c, t, f](store_reader& r) {
      const auto open = r.open_effects(std::nullopt, effect_state::in_flight, calls_max);
      if (!open) return c->refuse(open.error());
      auto calls = json::array();
      for (const auto& e : *open)
        if (covers(t, e)) calls.push_back(e.id.value);
      f(r, std::move(calls));
    });
  });
}

void show_stop(const call_ptr& c) {
  const auto t = target_of(*c);
  if (!t) return;
  reading(c, [c, t = *t](store_reader& r) { answer_stop(c, t, r, nullptr); });
}

void engage_stop(const call_ptr& c) {
  const auto t = target_of(*c);
  if (!t) return;
  const auto reason = read_reason(*c);
  if (!reason) return;
  turn_switch(c, *t, true, *reason, [c, t = *t] {
    after_grace(c, t, [c, t](store_reader& r, json calls) { answer_stop(c, t, r, std::move(calls)); });
  });
}

void release_stop(const call_ptr& c) {
  const auto t = target_of(*c);
  if (!t) return;
  const auto reason = read_reason(*c);
  if (!reason) return;
  turn_switch(c, *t, false, *reason,
              [c, t = *t] { reading(c, [c, t](store_reader& r) { answer_stop(c, t, r, nullptr); }); });
}

}  // namespace heed::api
