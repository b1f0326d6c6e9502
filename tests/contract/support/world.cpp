#include "tests/contract/support/world.hpp"

#include "persistence/codec/codec.hpp"

#define CAF_SUITE contract_support
#include <caf/test/dsl.hpp>

namespace heed::contract {

using namespace std::chrono_literals;

lead_key mail(const std::string& address) { return {key_kind::email, "", address}; }
lead_key phone(const std::string& number) { return {key_kind::phone, "", number}; }

world::world(store_kind kind) : home_(kind.make_home()), now_(from_micros(1'795'000'000'000'000)) {
  reopen();
  must(db().create_workspace(acme, now_));
  must(db().put_kill_switch({acme, stop_scope::campaign, "spring", false, "test", now_}));
  must(db().put_kill_switch({acme, stop_scope::account, "mail", false, "test", now_}));
}

world::~world() = default;

void world::close() {
  reader_.reset();
  store_.reset();
}

void world::reopen(bool attach) {
  close();
  store_ = must(home_->open(open_mode::read_write));
  if (attach) must(store_->attach(tick()));
}

store_reader& world::read() {
  if (!reader_) reader_ = must(db().reader());
  return *reader_;
}

time_point world::tick() { return now_ += 1s; }

write_result world::write(const write_batch& batch) { return must(db().write(batch)); }

accept_result world::accept(const inbox_item& item) {
  write_batch b;
  b.accepts = {item};
  return write(b).accepts.at(0);
}
commit_result world::commit(const lead_commit& c) {
  write_batch b;
  b.commits = {c};
  return write(b).commits.at(0);
}
finish_result world::finish(const finish_request& f) {
  write_batch b;
  b.finishes = {f};
  return write(b).finishes.at(0);
}
claim_result world::claim(const effect_id& id, bool repeat) {
  write_batch b;
  b.claims = {{id, repeat, tick()}};
  return write(b).claims.at(0);
}

inbox_item world::event(const std::string& key, std::vector<lead_key> keys) {
  inbox_item item;
  item.workspace = acme;
  item.key = key;
  stimulus s;
  s.key = key;
  s.body = page_viewed{"https://example.com"};
  item.body = codec::encode(s);
  item.keys = std::move(keys);
  item.candidate = lead_id("lead_" + std::to_string(++leads_));
  item.candidate_secret = bytes(32, 's');
  item.received_at = tick();
  return item;
}

accepted_for world::new_lead(const std::string& address) {
  return accept(event("evt-" + address, {mail(address)})).leads.at(0);
}

lead_commit world::decision(const lead_id& id) {
  lead_commit c;
  c.workspace = acme;
  c.lead = id;
  c.expected_version = lead(id).version;
  c.journal.seq = c.expected_version + 1;
  c.journal.decided_at = tick();
  c.journal.kind = "page_viewed";
  c.journal.body = "sealed";
  c.journal.chain = "link-" + std::to_string(c.journal.seq);
  c.snapshot = "state-" + std::to_string(c.journal.seq);
  return c;
}

planned_effect world::send(const lead_id& id, const std::string& step, const std::string& to) {
  send_effect e;
  e.id = effect_id(id.value + "-" + step);
  e.key = "spring__" + id.value + "/" + step;
  e.message.to = to;
  planned_effect p;
  p.id = e.id;
  p.key = e.key;
  p.campaign = campaign_id("spring");
  p.account = account_id("mail");
  p.kind = "send";
  p.request = codec::encode(heed::effect(e));
  p.not_after = now_ + 15min;
  return p;
}

planned_effect world::planned(const std::string& address, const std::string& step) {
  const auto made = new_lead(address);
  auto c = decision(made.lead);
  c.consumed = {made.inbox};
  c.effects = {send(made.lead, step, address)};
  if (commit(c).outcome != commit_result::what::committed)
    throw std::runtime_error("the plan was not committed");
  return c.effects[0];
}

finish_request world::outcome(const effect_id& id, std::uint32_t attempt, send_result r) {
  finish_request f;
  f.id = id;
  f.attempt = attempt;
  f.result = r;
  f.evidence = "call";
  f.now = tick();
  effect_outcome o;
  o.effect = id;
  o.attempt = attempt;
  o.result = r;
  f.body = codec::encode(codec::outcome_stimulus(o, f.now));
  return f;
}

lead_row world::lead(const lead_id& id) { return must(read().leads(std::span(&id, 1))).at(0); }

effect_row world::effect(const effect_id& id) { return must(read().effect(id)).value(); }

std::vector<effect_outcome> world::outcomes(const lead_id& lead) {
  std::vector<effect_outcome> all;
  for (const auto& row : must(read().pending_of(lead)))
    if (const auto s = codec::decode_stimulus(row.body); s && std::holds_alternative<effect_outcome>(s->body))
      all.push_back(std::get<effect_outcome>(s->body));
  return all;
}

std::vector<std::string> world::violations() { return must(read().audit_invariants()); }

void on_every_store(const std::function<void(world&)>& body) {
  for (const auto& kind : store_kinds()) {
    try {
      world w(kind);
      body(w);
      for (const auto& line : w.violations())
        CAF_ERROR(kind.name << ": " << line);
      w.reopen();
      for (const auto& line : w.violations())
        CAF_ERROR(kind.name << " after reopening: " << line);
    } catch (const std::exception& e) {
      CAF_ERROR(kind.name << ": " << e.what());
    }
  }
}

}  // namespace heed::contract
