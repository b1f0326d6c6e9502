#include "persistence/codec/codec.hpp"
#include "tests/contract/support/world.hpp"

#define CAF_SUITE store_effects
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::contract;
using namespace std::chrono_literals;

namespace {

using committed = commit_result::what;
using claimed = claim_result::what;
using finished = finish_result::what;

lead_id lead_of(world& w, const planned_effect& e) { return w.effect(e.id).lead; }

/// Plans the same touch once more and says what came of it.
committed plan_again(world& w, const planned_effect& e, const std::string& id = "") {
  auto c = w.decision(lead_of(w, e));
  auto again = e;
  if (!id.empty()) again.id = effect_id(id);
  again.request = e.request + "2";
  again.not_after = w.now() + 15min;
  c.effects = {again};
  return w.commit(c).outcome;
}

}  // namespace

CAF_TEST(a planned effect is listed claimed once and finished once) {
  on_every_store([](world& w) {
    const auto e = w.planned("ana@example.com");
    const auto lead = lead_of(w, e);
    CAF_CHECK_EQUAL(must(w.read().open_effects(account_id("mail"), effect_state::planned, 10)).size(), 1u);
    CAF_CHECK(must(w.read().open_effects(account_id("other"), effect_state::planned, 10)).empty());
    const auto got = w.claim(e.id);
    CAF_CHECK(got.outcome == claimed::claimed);
    CAF_CHECK_EQUAL(got.attempt, 1u);
    CAF_CHECK(w.claim(e.id).outcome == claimed::gone);
    CAF_CHECK(w.effect(e.id).state == effect_state::in_flight);
    CAF_CHECK(w.effect(e.id).request == e.request);
    CAF_CHECK(w.finish(w.outcome(e.id, 2, send_result::accepted)).outcome == finished::not_mine);
    auto f = w.outcome(e.id, 1, send_result::accepted);
    f.provider_id = "p-1";
    const auto done = w.finish(f);
    CAF_CHECK(done.outcome == finished::finished);
    CAF_REQUIRE(done.inbox.has_value());
    CAF_CHECK_EQUAL(done.inbox->lead, lead);
    CAF_CHECK(w.finish(f).outcome == finished::not_mine);
    w.reopen();
    CAF_CHECK(w.effect(e.id).state == effect_state::done);
    CAF_CHECK_EQUAL(by_value(must(w.read().effect_by_provider_id(acme, "p-1")).value().id), e.id);
    CAF_CHECK(!must(w.read().effect_by_provider_id(acme, "")).has_value());
    CAF_CHECK_EQUAL(must(w.read().effects_of(lead)).size(), 1u);
    CAF_CHECK(w.accept(w.event("effect:" + e.id.value + ":1:accepted", {mail("ana@example.com")})).outcome ==
              accept_result::what::duplicate);
    CAF_CHECK_EQUAL(w.outcomes(lead).size(), 1u);
  });
}

CAF_TEST(each result leads to its state) {
  on_every_store([](world& w) {
    const std::vector<std::pair<send_result, effect_state>> ways{
        {send_result::accepted, effect_state::done},
        {send_result::refused_account, effect_state::stale},
        {send_result::refused_message, effect_state::stale},
        {send_result::stale, effect_state::stale},
        {send_result::refused_final, effect_state::failed},
        {send_result::bad_address, effect_state::failed},
        {send_result::opted_out, effect_state::failed},
        {send_result::unknown, effect_state::unknown},
        {send_result::absent, effect_state::failed},
        {send_result::cancelled, effect_state::cancelled}};
    for (const auto& [result, state] : ways) {
      const auto name = std::string(to_string(result));
      const auto e = w.planned(name + "@example.com");
      w.claim(e.id);
      CAF_CHECK(w.finish(w.outcome(e.id, 1, result)).outcome == finished::finished);
      CAF_CHECK_EQUAL(to_string(w.effect(e.id).state), to_string(state));
    }
  });
}

CAF_TEST(one effect per touch for ever) {
  on_every_store([](world& w) {
    const auto e = w.planned("ana@example.com");
    CAF_CHECK(plan_again(w, e) == committed::conflict);
    w.claim(e.id);
    CAF_CHECK(plan_again(w, e) == committed::conflict);
    w.finish(w.outcome(e.id, 1, send_result::unknown));
    CAF_CHECK(plan_again(w, e) == committed::conflict);
    auto f = w.outcome(e.id, 1, send_result::accepted);
    f.from_unknown = true;
    w.finish(f);
    w.reopen();
    CAF_CHECK(plan_again(w, e) == committed::conflict);
    CAF_CHECK(plan_again(w, e, "another-id") == committed::conflict);
    CAF_CHECK(!must(w.read().effect(effect_id("another-id"))).has_value());
    CAF_CHECK_EQUAL(w.lead(lead_of(w, e)).version, 1u);
  });
}

CAF_TEST(a returned touch is planned again as the same effect with the new rendering) {
  on_every_store([](world& w) {
    const auto e = w.planned("ana@example.com");
    w.claim(e.id);
    w.finish(w.outcome(e.id, 1, send_result::refused_message));
    CAF_CHECK(plan_again(w, e, "another-id") == committed::conflict);
    CAF_CHECK(plan_again(w, e) == committed::committed);
    const auto row = w.effect(e.id);
    CAF_CHECK(row.state == effect_state::planned);
    CAF_CHECK(row.request == e.request + "2");
    CAF_CHECK_EQUAL(w.claim(e.id).attempt, 2u);
    CAF_CHECK(w.finish(w.outcome(e.id, 1, send_result::accepted)).outcome == finished::not_mine);
    CAF_CHECK(w.finish(w.outcome(e.id, 2, send_result::accepted)).outcome == finished::finished);
  });
}

CAF_TEST(two plans of one touch or one id in a commit are a conflict) {
  on_every_store([](world& w) {
    const auto ana = w.new_lead("ana@example.com").lead;
    auto c = w.decision(ana);
    c.effects = {w.send(ana, "hello"), w.send(ana, "hello")};
    CAF_CHECK(w.commit(c).outcome == committed::conflict);
    c.effects[1].id = effect_id("another");
    CAF_CHECK(w.commit(c).outcome == committed::conflict);
    c.effects[1].kind = "settle";
    CAF_CHECK(w.commit(c).outcome == committed::committed);
  });
}

CAF_TEST(a cancel takes back what is planned and names what is not ) {
  on_every_store([](world& w) {
    const auto one = w.planned("ana@example.com", "one");
    const auto ana = lead_of(w, one);
    auto more = w.decision(ana);
    more.effects = {w.send(ana, "two")};
    w.commit(more);
    const auto two = more.effects[0].id;
    w.claim(two);
    auto c = w.decision(ana);
    c.cancels = {one.id, two};
    const auto out = w.commit(c);
    CAF_CHECK(out.outcome == committed::committed);
    CAF_REQUIRE_EQUAL(out.not_cancelled.size(), 1u);
    CAF_CHECK_EQUAL(out.not_cancelled[0], two);
    CAF_REQUIRE_EQUAL(out.outcomes.size(), 1u);
    CAF_CHECK_EQUAL(out.outcomes[0].lead, ana);
    w.reopen();
    CAF_CHECK(w.effect(one.id).state == effect_state::cancelled);
    CAF_CHECK(w.claim(one.id).outcome == claimed::gone);
    // What a ticket or a pause took back may go out later: never called, so planned again as the same effect.
    CAF_CHECK(plan_again(w, one) == committed::committed);
    CAF_CHECK(w.claim(one.id).outcome == claimed::claimed);
    const auto told = w.outcomes(ana);
    CAF_CHECK(std::any_of(told.begin(), told.end(), [&](const effect_outcome& o) {
      return o.effect == one.id && o.result == send_result::cancelled;
    }));
  });
}

CAF_TEST(a dry run is done without a claim and its lead is told) {
  on_every_store([](world& w) {
    const auto ana = w.new_lead("ana@example.com").lead;
    auto c = w.decision(ana);
    c.effects = {w.send(ana, "hello")};
    c.effects[0].dry_run = true;
    const auto out = w.commit(c);
    CAF_CHECK_EQUAL(out.outcomes.size(), 1u);
    const auto row = w.effect(c.effects[0].id);
    CAF_CHECK(row.state == effect_state::done);
    CAF_CHECK_EQUAL(row.detail, "skipped_dry_run");
    CAF_CHECK(w.claim(row.id).outcome == claimed::gone);
    const auto told = w.outcomes(ana);
    CAF_REQUIRE_EQUAL(told.size(), 1u);
    CAF_CHECK(told[0].result == send_result::skipped_dry_run);
  });
}

CAF_TEST(a resend opens a failed effect with the same bytes and a fresh life) {
  on_every_store([](world& w) {
    const auto e = w.planned("ana@example.com");
    auto early = w.decision(lead_of(w, e));
    early.resends = {e.id};
    CAF_CHECK(w.commit(early).outcome == committed::conflict);
    w.claim(e.id);
    w.finish(w.outcome(e.id, 1, send_result::refused_final));
    auto c = w.decision(lead_of(w, e));
    c.resends = {e.id};
    c.journal.decided_at = w.now() + 1h;
    CAF_CHECK(w.commit(c).outcome == committed::committed);
    const auto row = w.effect(e.id);
    CAF_CHECK(row.state == effect_state::planned);
    CAF_CHECK(row.request == e.request);
    CAF_CHECK(row.not_after > c.journal.decided_at);
    CAF_CHECK_EQUAL(w.claim(e.id).attempt, 2u);
  });
}

CAF_TEST(every stop holds a claim and a missing row stops) {
  on_every_store([](world& w) {
    const auto e = w.planned("ana@example.com");
    const auto put = [&](stop_scope scope, const char* name, bool engaged) {
      must(w.db().put_kill_switch({acme, scope, name, engaged, "test", w.now()}));
    };
    const std::vector<std::tuple<stop_scope, const char*, const char*>> stops{
        {stop_scope::global, "", "global"},
        {stop_scope::workspace, "", "workspace"},
        {stop_scope::campaign, "spring", "campaign:spring"},
        {stop_scope::account, "mail", "account:mail"}};
    for (const auto& [scope, name, said] : stops) {
      put(scope, name, true);
      w.reopen();
      const auto out = w.claim(e.id);
      CAF_CHECK(out.outcome == claimed::stopped);
      CAF_CHECK_EQUAL(out.scope, said);
      CAF_CHECK(w.effect(e.id).state == effect_state::planned);
      put(scope, name, false);
    }
    auto c = w.decision(lead_of(w, e));
    auto unknown_campaign = w.send(lead_of(w, e), "other");
    unknown_campaign.campaign = campaign_id("never-created");
    c.effects = {unknown_campaign};
    w.commit(c);
    CAF_CHECK_EQUAL(w.claim(unknown_campaign.id).scope, "campaign:never-created");
    CAF_CHECK(w.claim(e.id).outcome == claimed::claimed);
  });
}

CAF_TEST(RULES a suppressed person is not written to and the effect ends) {
  on_every_store([](world& w) {
    const auto e = w.planned("ana@example.com");
    const auto ana = lead_of(w, e);
    auto c = w.decision(ana);
    c.person_suppressed = "opt_out";
    w.commit(c);
    w.reopen();
    const auto out = w.claim(e.id);
    CAF_CHECK(out.outcome == claimed::suppressed);
    CAF_CHECK(out.inbox.has_value());
    CAF_CHECK(w.effect(e.id).state == effect_state::cancelled);
    CAF_CHECK(w.outcomes(ana).at(0).result == send_result::cancelled);
    // Another lead that has the person's address is not written to there either.
    const auto bob = w.new_lead("bob@example.com").lead;
    auto to_ana = w.decision(bob);
    to_ana.effects = {w.send(bob, "hello", "ana@example.com"), w.send(bob, "own", "bob@example.com")};
    w.commit(to_ana);
    CAF_CHECK(w.claim(to_ana.effects[0].id).outcome == claimed::suppressed);
    CAF_CHECK(w.claim(to_ana.effects[1].id).outcome == claimed::claimed);
  });
}

CAF_TEST(RULES a message is not sent when somebody in copy is suppressed) {
  on_every_store([](world& w) {
    const auto ana = w.new_lead("ana@example.com").lead;
    const auto eve = w.new_lead("eve@example.com").lead;
    auto stop = w.decision(eve);
    stop.person_suppressed = "opt_out";
    w.commit(stop);
    auto c = w.decision(ana);
    c.effects = {w.send(ana, "copied", "ana@example.com"), w.send(ana, "other", "ana@example.com")};
    for (auto& e : c.effects) {
      auto send = std::get<send_effect>(must(codec::decode_effect(e.request)));
      send.message.cc = {&e == &c.effects[0] ? "eve@example.com" : "kim@example.com"};
      e.request = codec::encode(effect(std::move(send)));
    }
    w.commit(c);
    CAF_CHECK(w.claim(c.effects[0].id).outcome == claimed::suppressed);
    CAF_CHECK(w.claim(c.effects[1].id).outcome == claimed::claimed);
  });
}

CAF_TEST(RULES a suppressed address holds only what goes to it and lifting frees it) {
  on_every_store([](world& w) {
    const auto e = w.planned("ana@example.com", "one");
    const auto ana = lead_of(w, e);
    auto c = w.decision(ana);
    c.addresses_suppressed = {{mail("ana@example.com"), "hard"}};
    c.effects = {w.send(ana, "two", "second@example.com"), w.send(ana, "three")};
    w.commit(c);
    CAF_CHECK(w.claim(e.id).outcome == claimed::suppressed);
    CAF_CHECK(w.claim(c.effects[0].id).outcome == claimed::claimed);
    auto lift = w.decision(ana);
    lift.addresses_suppressed = {{mail("ana@example.com"), ""}};
    w.commit(lift);
    CAF_CHECK(w.claim(c.effects[1].id).outcome == claimed::claimed);
  });
}

CAF_TEST(an effect that was never claimed in its life goes back to its lead) {
  on_every_store([](world& w) {
    const auto e = w.planned("ana@example.com");
    const auto ana = lead_of(w, e);
    for (std::size_t round = 1; round <= 2; ++round) {
      write_batch b;
      b.claims = {{e.id, false, w.effect(e.id).not_after + 1us}};
      const auto out = w.write(b).claims.at(0);
      CAF_CHECK(out.outcome == claimed::stale);
      CAF_CHECK(out.inbox.has_value());
      CAF_CHECK(w.effect(e.id).state == effect_state::stale);
      // Each round tells its lead anew, although no attempt was made in between.
      CAF_CHECK_EQUAL(w.outcomes(ana).size(), round);
      CAF_CHECK(plan_again(w, e) == committed::committed);
    }
    CAF_CHECK(w.claim(e.id).outcome == claimed::claimed);
  });
}

CAF_TEST(a claim that came too late goes back to planned and tells nobody) {
  on_every_store([](world& w) {
    const auto e = w.planned("ana@example.com");
    w.claim(e.id);
    auto f = w.outcome(e.id, 1, send_result::unknown);
    f.back_to_planned = true;
    const auto out = w.finish(f);
    CAF_CHECK(out.outcome == finished::finished);
    CAF_CHECK(!out.inbox.has_value());
    CAF_CHECK(w.effect(e.id).state == effect_state::planned);
    CAF_CHECK(w.outcomes(lead_of(w, e)).empty());
    CAF_CHECK_EQUAL(w.claim(e.id).attempt, 2u);
  });
}

CAF_TEST(PROTOCOL a repeat that came too late leaves its effect unknown and never planned) {
  on_every_store([](world& w) {
    const auto e = w.planned("ana@example.com");
    w.claim(e.id);
    w.finish(w.outcome(e.id, 1, send_result::unknown));
    CAF_CHECK_EQUAL(w.claim(e.id, true).attempt, 2u);
    auto f = w.outcome(e.id, 2, send_result::unknown);
    f.back_to_planned = true;
    CAF_CHECK(w.finish(f).outcome == finished::finished);
    // The first call may have been delivered: a fresh one would be a second message.
    CAF_CHECK(w.effect(e.id).state == effect_state::unknown);
    CAF_CHECK(w.claim(e.id).outcome == claimed::gone);
    CAF_CHECK_EQUAL(w.claim(e.id, true).attempt, 3u);
  });
}

CAF_TEST(an unknown effect is settled by evidence or repeated under the same stops) {
  on_every_store([](world& w) {
    const auto e = w.planned("ana@example.com");
    w.claim(e.id);
    w.finish(w.outcome(e.id, 1, send_result::unknown));
    CAF_CHECK(w.claim(e.id).outcome == claimed::gone);
    CAF_CHECK(w.finish(w.outcome(e.id, 1, send_result::accepted)).outcome == finished::not_mine);
    must(w.db().put_kill_switch({acme, stop_scope::workspace, "", true, "test", w.now()}));
    CAF_CHECK(w.claim(e.id, true).outcome == claimed::stopped);
    must(w.db().put_kill_switch({acme, stop_scope::workspace, "", false, "test", w.now()}));
    CAF_CHECK_EQUAL(w.claim(e.id, true).attempt, 2u);
    w.finish(w.outcome(e.id, 2, send_result::unknown));
    auto c = w.decision(lead_of(w, e));
    c.person_suppressed = "opt_out";
    w.commit(c);
    // Perhaps it was delivered: only evidence ends it.
    CAF_CHECK(w.claim(e.id, true).outcome == claimed::suppressed);
    CAF_CHECK(w.effect(e.id).state == effect_state::unknown);
    auto f = w.outcome(e.id, 2, send_result::accepted);
    f.from_unknown = true;
    CAF_CHECK(w.finish(f).outcome == finished::finished);
    CAF_CHECK(w.effect(e.id).state == effect_state::done);
  });
}

CAF_TEST(PROTOCOL a repeat is claimed only while its lead has decided nothing since it was allowed) {
  on_every_store([](world& w) {
    const auto e = w.planned("ana@example.com");
    const auto lead = lead_of(w, e);
    w.claim(e.id);
    w.finish(w.outcome(e.id, 1, send_result::unknown));
    const auto repeat = [&](std::uint64_t allowed_at) {
      claim_request r{e.id, true, w.tick()};
      r.allowed_at = allowed_at;
      write_batch b;
      b.claims = {r};
      return w.write(b).claims.at(0).outcome;
    };
    const auto allowed_at = w.lead(lead).version;
    CAF_CHECK(w.commit(w.decision(lead)).outcome == committed::committed);
    CAF_CHECK(repeat(allowed_at) == claimed::outdated);
    CAF_CHECK(w.effect(e.id).state == effect_state::unknown);
    CAF_CHECK(repeat(w.lead(lead).version) == claimed::claimed);
  });
}

CAF_TEST(PROTOCOL what is taken back while its claim is on its way is not called when that claim comes back) {
  on_every_store([](world& w) {
    const auto e = w.planned("ana@example.com");
    const auto lead = lead_of(w, e);
    w.claim(e.id);
    auto c = w.decision(lead);
    c.cancels = {e.id};
    CAF_CHECK_EQUAL(w.commit(c).not_cancelled.size(), 1u);
    CAF_CHECK(w.effect(e.id).state == effect_state::in_flight);
    auto f = w.outcome(e.id, 1, send_result::unknown);
    f.back_to_planned = true;
    CAF_CHECK(w.finish(f).outcome == finished::finished);
    CAF_CHECK(w.claim(e.id).outcome == claimed::stale);
    CAF_REQUIRE_EQUAL(w.outcomes(lead).size(), 1u);
    CAF_CHECK(w.outcomes(lead).front().result == send_result::stale);
    // Its lead may plan it anew, with a life of its own.
    CAF_CHECK(plan_again(w, e) == committed::committed);
    CAF_CHECK(w.claim(e.id).outcome == claimed::claimed);
  });
}

CAF_TEST(calls on the wire when the node died become unknown at the next attach) {
  on_every_store([](world& w) {
    const auto e = w.planned("ana@example.com");
    const auto idle = w.planned("bob@example.com");
    w.claim(e.id);
    w.reopen();
    CAF_CHECK(w.effect(e.id).state == effect_state::unknown);
    CAF_CHECK(w.effect(idle.id).state == effect_state::planned);
    const auto told = w.outcomes(lead_of(w, e));
    CAF_REQUIRE_EQUAL(told.size(), 1u);
    CAF_CHECK(told[0].result == send_result::unknown);
    CAF_CHECK_EQUAL(told[0].evidence, "node_lost");
    CAF_CHECK_EQUAL(told[0].attempt, 1u);
    w.reopen();
    CAF_CHECK_EQUAL(w.outcomes(lead_of(w, e)).size(), 1u);
  });
}

CAF_TEST(the sandbox takes each effect once) {
  on_every_store([](world& w) {
    const auto e = w.planned("ana@example.com");
    write_batch b;
    sandbox_message m;
    m.workspace = acme;
    m.lead = lead_of(w, e);
    m.effect = e.id;
    m.to = "ana@example.com";
    m.subject = "Hi";
    m.at = w.now();
    b.sandbox = {m, m};
    w.write(b);
    w.write(b);
    w.reopen();
    const auto box = must(w.read().sandbox(acme, m.lead.value, {})).items;
    CAF_REQUIRE_EQUAL(box.size(), 1u);
    CAF_CHECK_EQUAL(box[0].subject, "Hi");
    CAF_CHECK(must(w.read().sandbox(acme, "lead_none", {})).items.empty());
  });
}
