#include "tests/unit/support/api_world.hpp"

#include <stdlib.h>

#include <algorithm>
#include <stdexcept>

#include "actors/lead/decision.hpp"
#include "actors/workspace/policy_json.hpp"
#include "adapters/api/crypto.hpp"
#include "adapters/api/present.hpp"
#include "adapters/http/message.hpp"
#include "persistence/codec/codec.hpp"
#include "persistence/commit_builder.hpp"

namespace heed::tests {

namespace {

template <class T>
T must(result<T> r) {
  if (!r) throw std::runtime_error("store: " + r.error().detail);
  if constexpr (!std::is_void_v<T>) return std::move(*r);
}

std::filesystem::path scratch() {
  std::string name = (std::filesystem::temp_directory_path() / "heed-api-XXXXXX").string();
  if (!mkdtemp(name.data())) throw std::runtime_error("no scratch directory");
  return name;
}

}  // namespace

std::string answer::header(std::string_view name) const {
  for (const auto& [key, value] : raw.headers)
    if (key == name) return value;
  return {};
}

json answer::at(const std::string& pointer) const {
  return body().value(json::json_pointer(pointer), json());
}

api_world::api_world(api::options o)
    : domain_now(parse_iso("2026-11-16T10:00:00Z").value()), directory_(scratch()) {
  const auto url = "sqlite:" + (directory_ / "heed.db").string() + "?synchronous=normal";
  must(migrate_store(url));
  store_ = must(open_store(url, open_mode::read_write));
  epoch_ = must(store_->attach(domain_now)).epoch;
  for (const auto* name : {"acme", "other"}) {
    const workspace_id w{name};
    must(store_->create_workspace(w, domain_now));
    policy p;
    p.workspace = w;
    p.accounts[account_id{"mail"}] = {
        account_id{"mail"}, channel::email, "sandbox", "mia@mail.example.com", {}, true};
    must(store_->put_policy(w, 0, to_json(p).dump(), {w, "test", "made", {}, domain_now}));
    must(store_->put_kill_switch({w, stop_scope::account, "mail", false, "test", domain_now}));
    load_policy(w);
  }
  make_key(reader, "acme", role::reader, false);
  make_key(setter, "acme", role::setter, false);
  make_key(admin, "acme", role::admin, false);
  make_key(other, "other", role::admin, false);
  make_key(boss, "acme", role::operator_, false);
  make_key(revoked, "acme", role::admin, true);
  if (!o.hook_settings)
    o.hook_settings = [](const workspace_id&, std::string_view) -> std::optional<inbound::hook_settings> {
      return std::nullopt;
    };
  handler_ = api::make_handler(*this, std::move(o));
}

api_world::~api_world() {
  reader_.reset();
  store_.reset();
  std::error_code ec;
  std::filesystem::remove_all(directory_, ec);
}

void api_world::make_key(const std::string& text, const std::string& w, role as, bool is_revoked) {
  const auto hash = api::sha256_hex(text);
  keys_[hash] = {hash, workspace_id{w}, as, text, domain_now, is_revoked};
}

answer api_world::ask(const std::string& method, const std::string& target, const json& body,
                      header_list headers, const std::string& key) {
  if (!body.is_null()) headers.emplace_back("content-type", "application/json");
  return ask_raw(method, target, body.is_null() ? "" : body.dump(), std::move(headers), key);
}

answer api_world::ask_raw(const std::string& method, const std::string& target, const std::string& body,
                          header_list headers, const std::string& key) {
  http::request r;
  r.method = method;
  r.target = target;
  if (!http::split_target(r)) throw std::runtime_error("bad target in a test");
  r.body = body;
  r.headers = std::move(headers);
  if (!key.empty()) r.headers.emplace_back("authorization", "Bearer " + key);
  // Held submissions answer after this function has returned.
  const auto given = std::make_shared<std::optional<http::response>>();
  handler_(std::move(r), http::reply([given](http::response a) { *given = std::move(a); }));
  return {given->value_or(http::response{0, {}, {}, {}})};
}

json api_world::campaign() {
  return json::parse(R"({"name":"Spring","intent":"end_user","enabled":true,
    "attribution":{"landing_page":"https://example.com/spring","source":"ads"},
    "sequence":[{"id":"s1","channel":"email","template":"hello","delay":"0s"},
                {"id":"s2","channel":"email","template":"last","delay":"3d"}],
    "templates":{"hello":{"subject":"Hi {firstName}","body":"Hello {firstName}"},
                 "last":{"subject":"Last word","body":"Last, {firstName}"}}})");
}

json api_world::person(const std::string& name) {
  return {{"email", name + "@example.com"},
          {"fields", {{"firstName", name}}},
          {"campaign_id", "spring"},
          {"landing_page", "https://example.com/spring"},
          {"consent", {{"email", {{"status", "granted"}, {"source", "contract"}}}}}};
}

std::string api_world::enrol(const std::string& name) {
  if (!current_policy(workspace_id{"acme"})->find_campaign(campaign_id{"spring"}))
    ask("PUT", ws + "/campaigns/spring", campaign());
  return post(ws + "/leads", person(name)).body().at("lead_id");
}

void api_world::load_policy(const workspace_id& w) {
  read([&](store_reader& r) {
    const auto [revision, body] = must(r.latest_policy(w));
    auto p = std::make_shared<policy>(policy_from_json(json::parse(body)).value().value);
    p->workspace = w;
    p->revision = revision;
    policies_[w] = std::move(p);
  });
}

void api_world::edit_policy(const std::function<void(policy&)>& edit) {
  policy p = *current_policy(workspace_id{"acme"});
  edit(p);
  must(store_->put_policy(p.workspace, p.revision, to_json(p).dump(),
                          {p.workspace, "test", "edited", {}, domain_now}));
  load_policy(p.workspace);
}

std::string api_world::audited() {
  std::string all;
  read([&](store_reader& r) {
    for (const auto& row : must(r.audit(workspace_id{"acme"}, 100)))
      all += row.by + ":" + row.what + ":" + row.detail + "\n";
  });
  return all;
}

effect_row api_world::first_effect(const std::string& lead) {
  std::vector<effect_row> all;
  read([&](store_reader& r) { all = must(r.effects_of(lead_id{lead})); });
  return all.at(0);
}

void api_world::start_call(const effect_id& id) {
  write_batch batch;
  batch.claims.push_back({id, false, domain_now});
  if (must(store_->write(batch)).claims.front().outcome != claim_result::what::claimed)
    throw std::runtime_error("a call could not be claimed");
}

void api_world::read(std::function<void(store_reader&)> f) {
  const auto own = must(store_->reader());
  f(*own);
}

void api_world::write(std::function<void(store&)> f) {
  if (drop_writes) return;
  if (before_write) std::exchange(before_write, nullptr)(*store_);
  f(*store_);
}

std::shared_ptr<const policy> api_world::current_policy(const workspace_id& w) const {
  const auto it = policies_.find(w);
  return it == policies_.end() ? nullptr : it->second;
}

std::optional<api_key_row> api_world::find_key(const std::string& hash) const {
  const auto it = keys_.find(hash);
  return it == keys_.end() ? std::nullopt : std::optional(it->second);
}

void api_world::reload(const workspace_id& w, std::function<void()> taken_up) {
  ++reloads;
  load_policy(w);
  read([&](store_reader& r) {
    for (const auto& row : must(r.api_keys()))
      keys_[row.hash] = row;
  });
  taken_up();
}

void api_world::force_due_scan(std::function<void(json)> done) {
  ++scans;
  done({{"due", 0}});
}

void api_world::requeue(std::uint64_t inbox, std::function<void(result<void>)> done) {
  auto moved = store_->requeue(inbox);
  if (moved) requeued.push_back(inbox);
  done(moved);
}

void api_world::after(std::chrono::milliseconds delay, std::function<void()> f) {
  delays.push_back(delay);
  f();
}

void api_world::submit(std::vector<submission> items, patience wait, submitted done) {
  waits.push_back(wait.most);
  if (refuse_submit) return done(fail(*refuse_submit, "as the test wants"));
  if (hold_submissions) return held.push_back(std::move(done));
  std::vector<outcome> all;
  for (const auto& s : items) {
    seen.push_back(s);
    all.push_back(accept(s));
  }
  done(std::move(all));
}

api::engine::outcome api_world::accept(const submission& s) {
  inbox_item item;
  item.workspace = s.workspace;
  item.key = s.what.key;
  item.body = codec::encode(s.what);
  item.lead = s.lead;
  item.keys = s.what.keys;
  std::ranges::stable_sort(item.keys, {}, &lead_key::kind);
  item.may_create = !s.lead && !std::holds_alternative<message_delivered>(s.what.body) &&
                    !std::holds_alternative<message_opened>(s.what.body);
  item.suppresses = suppresses_person(s.what.body);
  item.every_match = !s.lead && concerns_every_match(s.what.body);
  item.received_at = s.what.received_at;
  item.candidate = lead_id{"lead_" + std::to_string(++leads_)};
  item.candidate_secret = codec::new_secret();
  write_batch batch;
  batch.accepts.push_back(std::move(item));
  const auto accepted = must(store_->write(batch)).accepts.front();
  outcome out;
  out.accepted = accepted.outcome;
  out.calls_in_flight = in_flight;
  // What the store put before it is decided before it.
  for (const auto& n : accepted.notices) {
    outcome unseen;
    if (decide_at_once) decide_one(s.workspace, n.to, must(codec::decode_stimulus(n.body)), unseen);
  }
  for (const auto& a : accepted.leads) {
    out.leads.push_back(a.lead);
    if (accepted.outcome == accept_result::what::accepted && decide_at_once)
      decide_one(s.workspace, a, s.what, out);
  }
  return out;
}

void api_world::decide_one(const workspace_id& w, const accepted_for& a, const stimulus& what, outcome& out) {
  read([&](store_reader& r) {
    const auto row = must(r.leads(std::span(&a.lead, 1))).front();
    const auto state = must(api::state_of(row));
    const circumstances when{domain_now, {}};
    auto decided = decide(state, what, *current_policy(w), when);
    if (refuse_with && std::holds_alternative<command>(what.body))
      decided = {{noted{"refused", *refuse_with}}, {}, {}};
    auto built = build_commit({row, state, what, decided, *current_policy(w), when, epoch_, a.inbox});
    write_batch batch;
    batch.commits.push_back(std::move(built.commit));
    const auto written = must(store_->write(batch)).commits.front();
    if (written.outcome != commit_result::what::committed) throw std::runtime_error("a decision was not committed");
    out.seq = row.version + 1;
    out.facts = decided.facts;
    // What it told other leads is decided at once, too.
    for (std::size_t i = 0; i < written.letters.size(); ++i)
      for (const auto& to : written.letters[i].leads) {
        outcome unseen;
        decide_one(w, to, must(codec::decode_stimulus(batch.commits.front().letters[i].body)), unseen);
      }
  });
}

std::vector<workspace_id> api_world::workspaces() const {
  std::vector<workspace_id> all;
  for (const auto& [id, p] : policies_)
    all.push_back(id);
  return all;
}

std::optional<api::engine::account_setup> api_world::account_of(const workspace_id& w,
                                                                const account_id& id) const {
  const auto found = known_accounts.find({w, id});
  return found == known_accounts.end() ? std::nullopt : std::optional(found->second);
}

result<bytes> api_world::seal_account(const outbound::sending_account& a) const {
  if (!can_seal) return fail(errc::refused, "set HEED_SECRET_KEY");
  return "sealed:" + a.public_part.id.value;
}

void api_world::use_account(const outbound::sending_account& a) {
  known_accounts[{a.workspace, a.public_part.id}] = {a, false};
}

void api_world::send_test(const workspace_id&, const account_id& through, rendered_message m,
                          std::function<void(outbound::send_report)> done) {
  test_sends.emplace_back(through, std::move(m));
  outbound::send_report r;
  r.result = test_result;
  r.provider_id = "test-1";
  done(std::move(r));
}

void api_world::resolve_effect(const workspace_id&, const effect_id& id, bool delivered, const std::string&,
                               std::function<void(result<void>)> done) {
  if (refuse_resolve) return done(fail(*refuse_resolve, "refused"));
  resolved.emplace_back(id, delivered);
  done({});
}

}  // namespace heed::tests
