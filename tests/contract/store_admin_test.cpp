#include "tests/contract/support/world.hpp"

#define CAF_SUITE store_admin
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::contract;

CAF_TEST(one process holds a store and each attach takes a higher epoch) {
  on_every_store([](world& w) {
    if (!w.home().outlives_process()) return;
    auto second = w.home().open(open_mode::read_write);
    if (second)
      CAF_CHECK((*second)->attach(w.now()).error().code == errc::refused);
    else
      CAF_CHECK(second.error().code == errc::refused);
    const auto first = must(w.db().attach(w.tick()));
    w.reopen(false);
    const auto next = must(w.db().attach(w.tick()));
    CAF_CHECK(next.epoch > first.epoch);
    CAF_CHECK_NOT_EQUAL(next.node_id, first.node_id);
  });
}

CAF_TEST(a store that was not attached writes no batch) {
  on_every_store([](world& w) {
    w.reopen(false);
    write_batch b;
    b.accepts = {w.event("e1", {mail("ana@example.com")})};
    CAF_CHECK(w.db().write(b).error().code == errc::refused);
  });
}

CAF_TEST(a read-only store reads beside the owner and changes nothing) {
  on_every_store([](world& w) {
    if (!w.home().outlives_process()) return;
    const auto ana = w.new_lead("ana@example.com").lead;
    auto other = must(w.home().open(open_mode::read_only));
    auto reader = must(other->reader());
    CAF_CHECK_EQUAL(must(reader->leads(std::span(&ana, 1))).size(), 1u);
    w.new_lead("bob@example.com");
    CAF_CHECK_EQUAL(must(reader->counts()).leads, 2u);
    CAF_CHECK(other->attach(w.now()).error().code == errc::refused);
    CAF_CHECK(other->put_meta("a", "b").error().code == errc::refused);
  });
}

CAF_TEST(4R-29 a buried stimulus poisons its lead and comes back when requeued) {
  on_every_store([](world& w) {
    const auto ana = w.new_lead("ana@example.com");
    auto plan = w.decision(ana.lead);
    plan.effects = {w.send(ana.lead, "hello")};
    w.commit(plan);
    for (int i = 0; i < 3; ++i)
      must(w.db().count_attempt(std::span(&ana.inbox, 1)));
    w.reopen();
    CAF_CHECK_EQUAL(by_value(must(w.read().pending_of(ana.lead)).at(0).attempts), 3u);
    const auto died_at = w.tick();
    must(w.db().bury(ana.inbox, "boom", died_at));
    CAF_CHECK(w.db().bury(ana.inbox, "boom", died_at).error().code == errc::not_found);
    CAF_CHECK(must(w.read().pending(0, 10)).empty());
    CAF_CHECK(w.lead(ana.lead).poisoned);
    const auto claim = w.claim(plan.effects[0].id);
    CAF_CHECK(claim.outcome == claim_result::what::stopped);
    CAF_CHECK_EQUAL(claim.scope, "poisoned");
    const auto dead = must(w.read().dead_letters(acme, {})).items;
    CAF_REQUIRE_EQUAL(dead.size(), 1u);
    CAF_CHECK_EQUAL(dead[0].inbox, ana.inbox);
    CAF_CHECK_EQUAL(dead[0].kind, "page_viewed");
    CAF_CHECK_EQUAL(dead[0].error, "boom");
    CAF_CHECK_EQUAL(dead[0].attempts, 3u);
    CAF_CHECK(dead[0].died_at == died_at);
    CAF_CHECK(must(w.read().dead_letters(workspace_id("other"), {})).items.empty());
    // It goes on receiving, and a key that died is still seen.
    CAF_CHECK(w.accept(w.event("evt-ana@example.com", {})).outcome == accept_result::what::duplicate);
    auto c = w.decision(ana.lead);
    c.consumed = {ana.inbox};
    CAF_CHECK(w.commit(c).outcome == commit_result::what::conflict);
    must(w.db().requeue(ana.inbox));
    CAF_CHECK(w.db().requeue(ana.inbox).error().code == errc::not_found);
    CAF_CHECK_EQUAL(by_value(must(w.read().pending_of(ana.lead)).at(0).attempts), 0u);
    c.poison_cleared = true;
    CAF_CHECK(w.commit(c).outcome == commit_result::what::committed);
    CAF_CHECK(!w.lead(ana.lead).poisoned);
    CAF_CHECK(w.claim(plan.effects[0].id).outcome == claim_result::what::claimed);
  });
}

CAF_TEST(4R-28 a buried effect is not called any more and its lead is told) {
  on_every_store([](world& w) {
    const auto e = w.planned("ana@example.com");
    const auto lead = w.effect(e.id).lead;
    must(w.db().bury_effect(e.id, "no sender", w.tick()));
    CAF_CHECK(w.claim(e.id).outcome == claim_result::what::gone);
    CAF_CHECK(w.effect(e.id).state == effect_state::failed);
    CAF_CHECK_EQUAL(w.outcomes(lead).size(), 1u);
    const auto dead = must(w.read().dead_letters(std::nullopt, {})).items;
    CAF_REQUIRE_EQUAL(dead.size(), 1u);
    CAF_CHECK_EQUAL(dead[0].effect, e.id.value);
    CAF_CHECK_EQUAL(dead[0].kind, "send");
    auto c = w.decision(lead);
    c.resends = {e.id};
    w.commit(c);
    CAF_CHECK(must(w.read().dead_letters(std::nullopt, {})).items.empty());
    CAF_CHECK(w.db().bury_effect(effect_id("none"), "x", w.now()).error().code == errc::not_found);
  });
}

CAF_TEST(policy revisions are immutable and swap against the one seen) {
  on_every_store([](world& w) {
    const audit_row why{acme, "key:1", "campaign.put", "spring", w.now()};
    CAF_CHECK(w.read().latest_policy(acme).error().code == errc::not_found);
    CAF_CHECK_EQUAL(must(w.db().put_policy(acme, 0, "one", why)), 1u);
    CAF_CHECK(w.db().put_policy(acme, 0, "other", why).error().code == errc::conflict);
    CAF_CHECK_EQUAL(must(w.db().put_policy(acme, 1, "two", why)), 2u);
    CAF_CHECK(w.db().put_policy(workspace_id("none"), 0, "x", why).error().code == errc::not_found);
    w.reopen();
    CAF_CHECK(must(w.read().latest_policy(acme)) == std::pair(std::uint64_t{2}, bytes("two")));
    CAF_CHECK_EQUAL(must(w.read().policy_revision(acme, 1)), "one");
    CAF_CHECK(w.read().policy_revision(acme, 3).error().code == errc::not_found);
    CAF_CHECK_EQUAL(must(w.read().audit(acme, 10)).size(), 2u);
  });
}

CAF_TEST(creating what has a switch already lifts no stop) {
  on_every_store([](world& w) {
    const kill_switch_row fresh{acme, stop_scope::campaign, "spring", false, "set-up", w.now()};
    must(w.db().create_kill_switch(fresh));
    must(w.db().put_kill_switch({acme, stop_scope::campaign, "spring", true, "ops", w.now()}));
    must(w.db().create_kill_switch(fresh));
    w.reopen();
    const auto rows = must(w.read().kill_switches());
    const auto spring = std::ranges::find(rows, "spring", &kill_switch_row::name);
    CAF_REQUIRE(spring != rows.end());
    CAF_CHECK(spring->engaged);
    CAF_CHECK_EQUAL(spring->by, "ops");
  });
}

CAF_TEST(creating a workspace again lifts no stop) {
  on_every_store([](world& w) {
    must(w.db().put_kill_switch({acme, stop_scope::workspace, "acme", true, "ops", w.now()}));
    must(w.db().put_kill_switch({acme, stop_scope::global, "", true, "ops", w.now()}));
    must(w.db().create_workspace(acme, w.tick()));
    w.reopen();
    std::size_t engaged = 0;
    for (const auto& row : must(w.read().kill_switches()))
      if (row.engaged) {
        ++engaged;
        CAF_CHECK(row.name.empty());
        CAF_CHECK_EQUAL(row.by, "ops");
      }
    CAF_CHECK_EQUAL(engaged, 2u);
    CAF_CHECK_EQUAL(must(w.read().workspaces()).size(), 1u);
  });
}

CAF_TEST(keys notes and audit entries are kept) {
  on_every_store([](world& w) {
    api_key_row key{"hash-1", acme, role::admin, "ci", w.now(), false};
    must(w.db().put_api_key(key));
    key.revoked = true;
    must(w.db().put_api_key(key));
    must(w.db().put_meta("clock", bytes("\0\1", 2)));
    must(w.db().put_meta("clock", bytes("\0\2", 2)));
    must(w.db().add_audit({acme, "ops", "drain", "", w.now()}));
    w.reopen();
    const auto keys = must(w.read().api_keys());
    CAF_REQUIRE_EQUAL(keys.size(), 1u);
    CAF_CHECK(keys[0].revoked);
    CAF_CHECK(keys[0].as == role::admin);
    CAF_CHECK(must(w.read().meta("clock")) == bytes("\0\2", 2));
    CAF_CHECK(!must(w.read().meta("none")).has_value());
    CAF_CHECK_EQUAL(by_value(must(w.read().audit(acme, 10)).at(0).what), "drain");
  });
}

// Nodes that start together each make a key for everybody's links: with two of them, half the links would be nobody's.
CAF_TEST(of two who write one name at once the second hears that it has changed) {
  on_every_store([](world& w) {
    must(w.db().swap_meta("link_key", std::nullopt, "first"));
    CAF_CHECK(w.db().swap_meta("link_key", std::nullopt, "second").error().code == errc::conflict);
    CAF_CHECK(w.db().swap_meta("link_key", bytes("another"), "second").error().code == errc::conflict);
    CAF_CHECK(w.db().swap_meta("none", bytes("something"), "second").error().code == errc::conflict);
    w.reopen();
    CAF_CHECK(must(w.read().meta("link_key")) == bytes("first"));
    CAF_CHECK(!must(w.read().meta("none")).has_value());
    must(w.db().swap_meta("link_key", bytes("first"), {}));
    must(w.db().swap_meta("link_key", bytes(), bytes("\0\1", 2)));
    CAF_CHECK(must(w.read().meta("link_key")) == bytes("\0\1", 2));
  });
}

CAF_TEST(the first answer to an Idempotency-Key stays) {
  on_every_store([](world& w) {
    must(w.db().put_idempotent_answer(acme, "k", "hash", "first", w.now()));
    must(w.db().put_idempotent_answer(acme, "k", "hash", "second", w.now()));
    CAF_CHECK(w.db().put_idempotent_answer(acme, "k", "other", "third", w.now()).error().code ==
              errc::conflict);
    w.reopen();
    CAF_CHECK(must(w.read().idempotent_answer(acme, "k")) == std::pair(bytes("hash"), bytes("first")));
    CAF_CHECK(!must(w.read().idempotent_answer(workspace_id("other"), "k")).has_value());
  });
}

CAF_TEST(counts count what is open) {
  on_every_store([](world& w) {
    const auto e = w.planned("ana@example.com");
    w.planned("bob@example.com");
    w.claim(e.id);
    w.new_lead("cyd@example.com");
    const auto n = must(w.read().counts());
    CAF_CHECK_EQUAL(n.leads, 3u);
    CAF_CHECK_EQUAL(n.pending, 1u);
    CAF_CHECK_EQUAL(n.effects_planned, 1u);
    CAF_CHECK_EQUAL(n.effects_in_flight, 1u);
    CAF_CHECK_EQUAL(n.effects_unknown, 0u);
    CAF_CHECK_EQUAL(n.timers, 0u);
  });
}
