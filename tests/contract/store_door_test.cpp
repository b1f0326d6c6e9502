#include "tests/contract/support/world.hpp"

#define CAF_SUITE store_door
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::contract;

using answer = accept_result::what;

CAF_TEST(an unknown person becomes a lead of version 0 with all its keys) {
  on_every_store([](world& w) {
    const auto item = w.event("e1", {mail("ana@example.com"), phone("+15550100")});
    const auto seen = w.accept(item);
    CAF_REQUIRE(seen.outcome == answer::accepted);
    CAF_REQUIRE_EQUAL(seen.leads.size(), 1u);
    CAF_CHECK(seen.leads[0].created);
    CAF_CHECK_EQUAL(seen.leads[0].lead, item.candidate);
    w.reopen();
    const auto lead = w.lead(item.candidate);
    CAF_CHECK_EQUAL(lead.version, 0u);
    CAF_CHECK(lead.snapshot.empty());
    CAF_CHECK(lead.secret == item.candidate_secret);
    for (const auto& key : item.keys)
      CAF_CHECK_EQUAL(by_value(must(w.read().lead_by_key(acme, key)).value().lead), item.candidate);
    CAF_CHECK(!must(w.read().lead_by_key(workspace_id("other"), item.keys[0])).has_value());
    const auto pending = must(w.read().pending(0, 10));
    CAF_REQUIRE_EQUAL(pending.size(), 1u);
    CAF_CHECK_EQUAL(pending[0].inbox, seen.leads[0].inbox);
    CAF_CHECK(pending[0].body == item.body);
    CAF_CHECK(pending[0].received_at == item.received_at);
  });
}

CAF_TEST(SS-11 a key seen before is a duplicate and writes nothing also after the decision and a restart) {
  on_every_store([](world& w) {
    const auto first = w.new_lead("ana@example.com");
    const auto again = w.event("evt-ana@example.com", {mail("somebody.else@example.com")});
    auto seen = w.accept(again);
    CAF_CHECK(seen.outcome == answer::duplicate);
    CAF_REQUIRE_EQUAL(seen.leads.size(), 1u);
    CAF_CHECK_EQUAL(seen.leads[0].lead, first.lead);
    CAF_CHECK_EQUAL(must(w.read().counts()).pending, 1u);
    auto c = w.decision(first.lead);
    c.consumed = {first.inbox};
    w.commit(c);
    w.reopen();
    seen = w.accept(again);
    CAF_CHECK(seen.outcome == answer::duplicate);
    CAF_CHECK_EQUAL(seen.leads.at(0).lead, first.lead);
    CAF_CHECK_EQUAL(must(w.read().counts()).pending, 0u);
    CAF_CHECK_EQUAL(must(w.read().counts()).leads, 1u);
  });
}

CAF_TEST(the same key in another workspace is another stimulus) {
  on_every_store([](world& w) {
    w.new_lead("ana@example.com");
    auto item = w.event("evt-ana@example.com", {mail("ana@example.com")});
    item.workspace = workspace_id("other");
    const auto seen = w.accept(item);
    CAF_CHECK(seen.outcome == answer::accepted);
    CAF_CHECK(seen.leads.at(0).created);
  });
}

CAF_TEST(two of one key in one batch are one stimulus) {
  on_every_store([](world& w) {
    write_batch b;
    b.accepts = {w.event("e1", {mail("ana@example.com")}), w.event("e1", {mail("ana@example.com")}),
                 w.event("e2", {mail("ana@example.com")})};
    const auto out = w.write(b).accepts;
    CAF_CHECK(out.at(0).outcome == answer::accepted);
    CAF_CHECK(out.at(1).outcome == answer::duplicate);
    CAF_CHECK(out.at(2).outcome == answer::accepted);
    CAF_CHECK(!out.at(2).leads.at(0).created);
    CAF_CHECK_EQUAL(out.at(2).leads.at(0).lead, out.at(0).leads.at(0).lead);
    CAF_CHECK_EQUAL(must(w.read().counts()).leads, 1u);
  });
}

CAF_TEST(ZRG-49 the first key that matches in the order given decides) {
  on_every_store([](world& w) {
    const auto ana = w.new_lead("ana@example.com").lead;
    const auto bob = w.accept(w.event("b", {phone("+15550100")})).leads.at(0).lead;
    CAF_CHECK_EQUAL(
        by_value(w.accept(w.event("1", {mail("ana@example.com"), phone("+15550100")})).leads.at(0).lead),
        ana);
    CAF_CHECK_EQUAL(
        by_value(w.accept(w.event("2", {phone("+15550100"), mail("ana@example.com")})).leads.at(0).lead),
        bob);
    CAF_CHECK_EQUAL(
        by_value(w.accept(w.event("3", {mail("new@example.com"), phone("+15550100")})).leads.at(0).lead),
        bob);
    // Nothing is merged and no key is added at the door.
    CAF_CHECK(!must(w.read().lead_by_key(acme, mail("new@example.com"))).has_value());
  });
}

CAF_TEST(ZRG-49 an email matches the alternate address of another lead after all emails and before phones) {
  on_every_store([](world& w) {
    const auto ana =
        w.accept(w.event("a", {mail("ana@example.com"), {key_kind::alternate_email, "", "a2@example.com"}}));
    const auto bob = w.accept(w.event("b", {phone("+15550100")})).leads.at(0).lead;
    const auto cyd = w.new_lead("cyd@example.com").lead;
    const auto seen = [&](const char* key, std::vector<lead_key> keys) {
      return w.accept(w.event(key, std::move(keys))).leads.at(0).lead;
    };
    CAF_CHECK_EQUAL(seen("1", {mail("a2@example.com"), phone("+15550100")}), ana.leads.at(0).lead);
    CAF_CHECK_EQUAL(seen("2", {mail("a2@example.com"), mail("cyd@example.com")}), cyd);
    CAF_CHECK_EQUAL(seen("3", {mail("nobody@example.com"), phone("+15550100")}), bob);
  });
}

CAF_TEST(what concerns every match goes to each lead once) {
  on_every_store([](world& w) {
    const auto ana = w.new_lead("ana@example.com").lead;
    const auto bob = w.accept(w.event("b", {phone("+15550100")})).leads.at(0).lead;
    auto item = w.event("bounce", {mail("ana@example.com"), phone("+15550100"), mail("ana@example.com")});
    item.every_match = true;
    const auto seen = w.accept(item);
    CAF_REQUIRE_EQUAL(seen.leads.size(), 2u);
    CAF_CHECK_EQUAL(seen.leads[0].lead, ana);
    CAF_CHECK_EQUAL(seen.leads[1].lead, bob);
    CAF_CHECK_NOT_EQUAL(seen.leads[0].inbox, seen.leads[1].inbox);
    const auto again = w.accept(item);
    CAF_CHECK(again.outcome == answer::duplicate);
    CAF_CHECK_EQUAL(again.leads.size(), 2u);
  });
}

CAF_TEST(what may not create and matches nobody leaves no trace) {
  on_every_store([](world& w) {
    auto item = w.event("e1", {mail("ana@example.com")});
    item.may_create = false;
    CAF_CHECK(w.accept(item).outcome == answer::no_lead);
    auto to_nobody = w.event("cmd:1", {});
    to_nobody.lead = lead_id("lead_none");
    CAF_CHECK(w.accept(to_nobody).outcome == answer::no_lead);
    CAF_CHECK_EQUAL(must(w.read().counts()).leads, 0u);
    w.new_lead("ana@example.com");
    CAF_CHECK(w.accept(item).outcome == answer::accepted);
  });
}

CAF_TEST(a command goes to the lead it names in its own workspace only) {
  on_every_store([](world& w) {
    const auto ana = w.new_lead("ana@example.com").lead;
    auto item = w.event("cmd:1", {});
    item.lead = ana;
    CAF_CHECK_EQUAL(by_value(w.accept(item).leads.at(0).lead), ana);
    item.key = "cmd:2";
    item.workspace = workspace_id("other");
    CAF_CHECK(w.accept(item).outcome == answer::no_lead);
    CAF_CHECK_EQUAL(must(w.read().pending_of(ana)).size(), 2u);
  });
}

CAF_TEST(RULES an opt-out seen before is accepted again while the person is not suppressed) {
  on_every_store([](world& w) {
    const auto ana = w.new_lead("ana@example.com").lead;
    auto item = w.event("stop", {mail("ana@example.com")});
    item.suppresses = item.every_match = true;
    const auto first = w.accept(item);
    CAF_REQUIRE(first.outcome == answer::accepted);
    auto c = w.decision(ana);
    c.consumed = {first.leads.at(0).inbox};
    c.person_suppressed = "opt_out";
    w.commit(c);
    CAF_CHECK(w.accept(item).outcome == answer::duplicate);
    auto lift = w.decision(ana);
    lift.person_suppressed = "";
    w.commit(lift);
    w.reopen();
    for (int i = 0; i < 2; ++i) {
      const auto again = w.accept(item);
      CAF_CHECK(again.outcome == answer::accepted);
      CAF_CHECK_EQUAL(again.leads.at(0).lead, ana);
    }
    CAF_CHECK_EQUAL(must(w.read().pending_of(ana)).size(), 3u);
  });
}

CAF_TEST(inbox numbers are never used again) {
  on_every_store([](world& w) {
    const auto first = w.new_lead("ana@example.com");
    auto c = w.decision(first.lead);
    c.consumed = {first.inbox};
    w.commit(c);
    w.reopen();
    CAF_CHECK(w.new_lead("bob@example.com").inbox > first.inbox);
  });
}
