#include <set>

#include "actors/lead/identity/email_hash.hpp"
#include "persistence/codec/codec.hpp"
#include "tests/contract/support/world.hpp"

#define CAF_SUITE store_letters
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::contract;

namespace {

using answer = accept_result::what;

/// What one lead tells another one with its decision.
inbox_item letter(world& w, const lead_id& to, const std::string& key) {
  auto item = w.event(key, {});
  item.lead = to;
  item.may_create = false;
  return item;
}

lead_key shop(const std::string& id) { return {key_kind::other, "shopify", id}; }
lead_key device(const std::string& id) { return {key_kind::other, "device", id}; }

}  // namespace

CAF_TEST(SF-46 a letter is in the inbox of its lead by the decision that sends it) {
  on_every_store([](world& w) {
    const auto ana = w.new_lead("ana@example.com");
    const auto bea = w.new_lead("bea@example.com");
    auto c = w.decision(ana.lead);
    c.consumed = {ana.inbox};
    c.letters = {letter(w, bea.lead, "letter:1"), letter(w, bea.lead, "letter:2")};
    const auto r = w.commit(c);
    CAF_REQUIRE(r.outcome == commit_result::what::committed);
    CAF_REQUIRE_EQUAL(r.letters.size(), 2u);
    for (const auto& l : r.letters) {
      CAF_CHECK(l.outcome == answer::accepted);
      CAF_CHECK_EQUAL(l.leads.at(0).lead, bea.lead);
    }
    w.reopen();
    const auto pending = must(w.read().pending_of(bea.lead));
    CAF_REQUIRE_EQUAL(pending.size(), 3u);
    CAF_CHECK_EQUAL(pending[1].inbox, r.letters[0].leads.at(0).inbox);
    CAF_CHECK(pending[1].body == c.letters[0].body);
    CAF_CHECK_EQUAL(pending[2].inbox, r.letters[1].leads.at(0).inbox);
  });
}

CAF_TEST(SF-46 a decision that lost its swap sends no letters) {
  on_every_store([](world& w) {
    const auto ana = w.new_lead("ana@example.com");
    const auto bea = w.new_lead("bea@example.com");
    auto late = w.decision(ana.lead);
    auto first = w.decision(ana.lead);
    first.consumed = {ana.inbox};
    w.commit(first);
    late.letters = {letter(w, bea.lead, "letter:1")};
    CAF_CHECK(w.commit(late).outcome == commit_result::what::conflict);
    CAF_CHECK_EQUAL(must(w.read().pending_of(bea.lead)).size(), 1u);
  });
}

CAF_TEST(SF-46 letters go both ways in one batch and to the lead itself) {
  on_every_store([](world& w) {
    const auto ana = w.new_lead("ana@example.com");
    const auto bea = w.new_lead("bea@example.com");
    write_batch b;
    b.commits = {w.decision(ana.lead), w.decision(bea.lead)};
    b.commits[0].consumed = {ana.inbox};
    b.commits[1].consumed = {bea.inbox};
    b.commits[0].letters = {letter(w, bea.lead, "letter:a")};
    b.commits[1].letters = {letter(w, ana.lead, "letter:b"), letter(w, bea.lead, "letter:c")};
    const auto out = w.write(b);
    for (const auto& r : out.commits) CAF_CHECK(r.outcome == commit_result::what::committed);
    CAF_CHECK_EQUAL(must(w.read().pending_of(ana.lead)).size(), 1u);
    CAF_CHECK_EQUAL(must(w.read().pending_of(bea.lead)).size(), 2u);
    // Decided like anything else.
    auto c = w.decision(ana.lead);
    c.consumed = {out.commits[1].letters.at(0).leads.at(0).inbox};
    CAF_CHECK(w.commit(c).outcome == commit_result::what::committed);
    CAF_CHECK(must(w.read().pending_of(ana.lead)).empty());
  });
}

CAF_TEST(SF-43 SF-44 an address decides before an id of another system wherever it stands in the order) {
  on_every_store([](world& w) {
    const auto ana = w.accept(w.event("1", {mail("ana@example.com")})).leads.at(0).lead;
    const auto bea = w.accept(w.event("2", {mail("bea@example.com"), shop("s-1")})).leads.at(0).lead;
    CAF_CHECK_EQUAL(by_value(w.accept(w.event("3", {mail("ana@example.com"), shop("s-1")})).leads.at(0).lead), ana);
    CAF_CHECK_EQUAL(by_value(w.accept(w.event("4", {shop("s-1")})).leads.at(0).lead), bea);
  });
}

CAF_TEST(SF-48 an id of another system does not give somebody the address of a stranger) {
  on_every_store([](world& w) {
    const auto ana = w.accept(w.event("1", {mail("ana@example.com"), shop("s-1")})).leads.at(0).lead;
    const auto other = w.accept(w.event("2", {mail("cleo@example.com"), shop("s-1")}));
    CAF_REQUIRE(other.outcome == answer::accepted);
    CAF_CHECK(other.leads.at(0).created);
    CAF_CHECK_NOT_EQUAL(by_value(other.leads.at(0).lead), ana);
    // The id stays with whom it was; nothing is overwritten (SF-46).
    CAF_CHECK_EQUAL(by_value(must(w.read().lead_by_key(acme, shop("s-1"))).value().lead), ana);
    // A number is no other address: it is news of the same person.
    CAF_CHECK_EQUAL(by_value(w.accept(w.event("3", {phone("+15550100"), shop("s-1")})).leads.at(0).lead), ana);
  });
}

CAF_TEST(SF-49 a device speaks for nobody who is known) {
  on_every_store([](world& w) {
    const auto ana = w.accept(w.event("1", {mail("ana@example.com"), device("d-1")})).leads.at(0).lead;
    CAF_CHECK_EQUAL(by_value(w.accept(w.event("2", {device("d-1")})).leads.at(0).lead), ana);
    const auto caller = w.accept(w.event("3", {phone("+15550100"), device("d-1")}));
    CAF_CHECK(caller.leads.at(0).created);
    // Whoever is known by the device alone may turn out to be somebody.
    const auto visitor = w.accept(w.event("4", {device("d-2")})).leads.at(0).lead;
    CAF_CHECK_EQUAL(by_value(w.accept(w.event("5", {mail("dora@example.com"), device("d-2")})).leads.at(0).lead), visitor);
  });
}

CAF_TEST(SF-49 RULES an opt-out reaches whoever another system takes for the person and nobody by a device) {
  on_every_store([](world& w) {
    const auto ana = w.accept(w.event("1", {mail("ana@example.com"), shop("s-1"), device("d-1")})).leads.at(0).lead;
    const auto bea = w.accept(w.event("2", {mail("bea@example.com")})).leads.at(0).lead;
    const auto stop = [&](const std::string& key, std::vector<lead_key> keys) {
      auto item = w.event(key, std::move(keys));
      item.every_match = true;
      item.suppresses = true;
      std::set<lead_id> reached;
      for (const auto& l : w.accept(item).leads) reached.insert(l.lead);
      return reached;
    };
    CAF_CHECK(stop("3", {mail("bea@example.com"), shop("s-1")}) == (std::set<lead_id>{ana, bea}));
    CAF_CHECK(stop("4", {mail("bea@example.com"), device("d-1")}) == (std::set<lead_id>{bea}));
  });
}

CAF_TEST(SF-43 an address and its hash are one key whichever is told first) {
  on_every_store([](world& w) {
    const auto hash = [](const std::string& address) { return hashed_email(mail(address)); };
    const auto ana = w.accept(w.event("1", {mail("ana@example.com")})).leads.at(0).lead;
    CAF_CHECK_EQUAL(by_value(w.accept(w.event("2", {hash("ana@example.com")})).leads.at(0).lead), ana);
    const auto unnamed = w.accept(w.event("3", {hash("bea@example.com")})).leads.at(0).lead;
    CAF_CHECK_EQUAL(by_value(w.accept(w.event("4", {mail("bea@example.com")})).leads.at(0).lead), unnamed);
    // As an address it comes before numbers and ids of other systems.
    const auto caller = w.accept(w.event("5", {phone("+15550100"), shop("s-1")})).leads.at(0).lead;
    CAF_CHECK_EQUAL(by_value(w.accept(w.event("6", {phone("+15550100"), shop("s-1"), hash("ana@example.com")})).leads.at(0).lead), ana);
    CAF_CHECK_EQUAL(by_value(w.accept(w.event("7", {phone("+15550100")})).leads.at(0).lead), caller);
    // A later decision brings its lead's address, and its hash with it.
    auto c = w.decision(caller);
    c.keys_added = {mail("cleo@example.com")};
    w.commit(c);
    CAF_CHECK_EQUAL(by_value(w.accept(w.event("8", {hash("cleo@example.com")})).leads.at(0).lead), caller);
    // Hashes are no words to search by.
    CAF_CHECK(must(w.read().find_leads(acme, {hash("ana@example.com").value.substr(0, 12), ""}, {})).items.empty());
  });
}

CAF_TEST(SF-48 whose hashed address differs is another person to an id of another system) {
  on_every_store([](world& w) {
    const auto ana = w.accept(w.event("1", {mail("ana@example.com"), shop("s-1")})).leads.at(0).lead;
    CAF_CHECK_EQUAL(by_value(w.accept(w.event("2", {shop("s-1"), hashed_email(mail("ana@example.com"))})).leads.at(0).lead), ana);
    CAF_CHECK(w.accept(w.event("3", {shop("s-1"), hashed_email(mail("bea@example.com"))})).leads.at(0).created);
  });
}
