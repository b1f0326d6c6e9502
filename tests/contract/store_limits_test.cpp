#include "persistence/codec/codec.hpp"
#include "tests/contract/support/world.hpp"

#define CAF_SUITE store_limits
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::contract;
using namespace std::chrono_literals;

namespace {

using claimed = claim_result::what;
using finished = finish_result::what;

constexpr std::int64_t monday = 20'000;

send_limits per_day(std::uint32_t most, std::int64_t day = monday) {
  send_limits l;
  l.max_per_day = most;
  l.day = day;
  return l;
}

claim_result claim_at(world& w, const effect_id& id, const send_limits& l, time_point now,
                      bool repeat = false) {
  write_batch b;
  claim_request c;
  c.id = id;
  c.repeat = repeat;
  c.now = now;
  c.limits = l;
  b.claims = {c};
  return w.write(b).claims.at(0);
}

claim_result claim(world& w, const effect_id& id, const send_limits& l, bool repeat = false) {
  return claim_at(w, id, l, w.tick(), repeat);
}

claim_result deferred(world& w, const effect_id& id, time_point until, bool repeat = false) {
  write_batch b;
  claim_request c;
  c.id = id;
  c.repeat = repeat;
  c.now = w.tick();
  c.defer_until = until;
  c.defer_reason = "warm_up";
  b.claims = {c};
  return w.write(b).claims.at(0);
}

std::vector<effect_id> many(world& w, int n) {
  std::vector<effect_id> all;
  for (int i = 0; i < n; ++i)
    all.push_back(w.planned(std::to_string(i) + "@example.com").id);
  return all;
}

std::uint32_t used(world& w) { return must(w.read().usage(acme, account_id("mail"))).value().used; }

void give_back(world& w, const effect_id& id, std::uint32_t attempt) {
  auto f = w.outcome(id, attempt, send_result::unknown);
  f.back_to_planned = true;
  CAF_CHECK(w.finish(f).outcome == finished::finished);
}

void plan_again(world& w, const effect_id& id) {
  const auto row = w.effect(id);
  auto c = w.decision(row.lead);
  auto again = w.send(row.lead, "hello");
  again.request = row.request;
  c.effects = {again};
  CAF_CHECK(w.commit(c).outcome == commit_result::what::committed);
}

}  // namespace

CAF_TEST(4R-74 PROTOCOL the day of an account holds exactly its number over reopening the store) {
  on_every_store([](world& w) {
  const auto ids = many(w, 6);
  CAF_CHECK(!must(w.read().usage(acme, account_id("mail"))).has_value());
  int sent = 0;
  for (const auto& id : ids) {
    const auto out = claim(w, id, per_day(4));
    if (out.outcome == claimed::claimed)
      ++sent;
    else
      CAF_CHECK(out.outcome == claimed::full);
    CAF_CHECK_EQUAL(out.usage.used, static_cast<std::uint32_t>(sent));
    CAF_CHECK_EQUAL(out.usage.day, monday);
    w.reopen();
  }
  CAF_CHECK_EQUAL(sent, 4);
  CAF_CHECK_EQUAL(used(w), 4u);
  // What found no room waits untouched.
  CAF_CHECK(w.effect(ids[4]).state == effect_state::planned);
  CAF_CHECK_EQUAL(w.effect(ids[4]).attempt, 0u);
  CAF_CHECK(w.outcomes(w.effect(ids[4]).lead).empty());
  });
}

CAF_TEST(4R-74 two claims of one batch cannot share the last unit) {
  on_every_store([](world& w) {
    const auto ids = many(w, 3);
    write_batch b;
    for (const auto& id : ids)
      b.claims.push_back({id, false, w.now(), per_day(2)});
    const auto out = w.write(b).claims;
    CAF_CHECK(out.at(0).outcome == claimed::claimed);
    CAF_CHECK(out.at(1).outcome == claimed::claimed);
    CAF_CHECK(out.at(2).outcome == claimed::full);
  });
}

CAF_TEST(4R-74 a new day is empty and a claim that still names the old one counts on the new) {
  on_every_store([](world& w) {
    const auto ids = many(w, 4);
    CAF_CHECK(claim(w, ids[0], per_day(1)).outcome == claimed::claimed);
    CAF_CHECK(claim(w, ids[1], per_day(1)).outcome == claimed::full);
    const auto next = claim(w, ids[1], per_day(1, monday + 1));
    CAF_CHECK(next.outcome == claimed::claimed);
    CAF_CHECK_EQUAL(next.usage.day, monday + 1);
    CAF_CHECK_EQUAL(next.usage.used, 1u);
    CAF_CHECK(claim(w, ids[2], per_day(1, monday)).outcome == claimed::full);
    const auto late = claim(w, ids[2], per_day(2, monday));
    CAF_CHECK(late.outcome == claimed::claimed);
    CAF_CHECK_EQUAL(late.usage.day, monday + 1);
    CAF_CHECK(claim(w, ids[3], per_day(2, monday + 1)).outcome == claimed::full);
  });
}

CAF_TEST(4R-74 each account of each workspace has its own day) {
  on_every_store([](world& w) {
    const auto ids = many(w, 1);
    claim(w, ids[0], per_day(1));
    CAF_CHECK(!must(w.read().usage(acme, account_id("other"))).has_value());
    CAF_CHECK(!must(w.read().usage(workspace_id("other"), account_id("mail"))).has_value());
    must(w.db().put_kill_switch({acme, stop_scope::account, "other", false, "test", w.now()}));
    const auto ana = w.new_lead("ana@example.com").lead;
    auto c = w.decision(ana);
    c.effects = {w.send(ana, "hello")};
    c.effects[0].account = account_id("other");
    w.commit(c);
    CAF_CHECK(claim(w, c.effects[0].id, per_day(1)).outcome == claimed::claimed);
  });
}

CAF_TEST(4R-74 a unit that was given back or definitely refused returns once) {
  on_every_store([](world& w) {
    const auto ids = many(w, 4);
    const auto full = [&] { return claim(w, ids[3], per_day(3)).outcome == claimed::full; };
    for (int i = 0; i < 3; ++i)
      CAF_CHECK(claim(w, ids[i], per_day(3)).outcome == claimed::claimed);
    CAF_CHECK(full());
    give_back(w, ids[0], 1);
    w.finish(w.outcome(ids[1], 1, send_result::refused_account));
    w.finish(w.outcome(ids[2], 1, send_result::refused_message));
    CAF_CHECK_EQUAL(used(w), 0u);
    // Nothing that is reported again changes the day again.
    w.finish(w.outcome(ids[1], 1, send_result::refused_account));
    auto twice = w.outcome(ids[0], 1, send_result::unknown);
    twice.back_to_planned = true;
    CAF_CHECK(w.finish(twice).outcome == finished::not_mine);
    CAF_CHECK(claim(w, ids[3], per_day(3)).outcome == claimed::claimed);
    CAF_CHECK_EQUAL(used(w), 1u);
    // Counted, returned, counted: a unit each time.
    CAF_CHECK_EQUAL(claim(w, ids[0], per_day(3)).attempt, 2u);
    CAF_CHECK_EQUAL(used(w), 2u);
    plan_again(w, ids[1]);
    CAF_CHECK(claim(w, ids[1], per_day(3)).outcome == claimed::claimed);
    CAF_CHECK_EQUAL(used(w), 3u);
    w.reopen();
    CAF_CHECK_EQUAL(used(w), 3u);
  });
}

CAF_TEST(4R-74 what was sent or may have been keeps its unit) {
  on_every_store([](world& w) {
    const std::vector<send_result> kept{send_result::accepted, send_result::unknown,
                                        send_result::refused_final, send_result::bad_address,
                                        send_result::opted_out};
    const auto ids = many(w, static_cast<int>(kept.size()) + 1);
    for (std::size_t i = 0; i < kept.size(); ++i) {
      claim(w, ids[i], per_day(50));
      CAF_CHECK(w.finish(w.outcome(ids[i], 1, kept[i])).outcome == finished::finished);
      CAF_CHECK_EQUAL(used(w), i + 1);
    }
    // A call whose node died is unknown, hence counted.
    claim(w, ids.back(), per_day(50));
    w.reopen();
    CAF_CHECK(w.effect(ids.back()).state == effect_state::unknown);
    CAF_CHECK_EQUAL(used(w), ids.size());
    // Nor does a later outcome without a call return what an earlier call used.
    plan_again(w, ids[2]);
    CAF_CHECK(w.claim(ids[2]).outcome == claimed::claimed);
    w.finish(w.outcome(ids[2], 2, send_result::refused_account));
    CAF_CHECK_EQUAL(used(w), ids.size());
  });
}

CAF_TEST(4R-74 a unit of a day that is over returns to nobody) {
  on_every_store([](world& w) {
    const auto ids = many(w, 2);
    claim(w, ids[0], per_day(1));
    CAF_CHECK(claim(w, ids[1], per_day(1, monday + 1)).outcome == claimed::claimed);
    give_back(w, ids[0], 1);
    CAF_CHECK_EQUAL(used(w), 1u);
    CAF_CHECK(claim(w, ids[0], per_day(1, monday + 1)).outcome == claimed::full);
  });
}

CAF_TEST(4R-74 a repeat by key was counted with its first call) {
  on_every_store([](world& w) {
    const auto ids = many(w, 2);
    claim(w, ids[0], per_day(1));
    w.finish(w.outcome(ids[0], 1, send_result::unknown));
    auto limits = per_day(1);
    limits.gap = 1h;
    const auto again = claim(w, ids[0], limits, true);
    CAF_CHECK(again.outcome == claimed::claimed);
    CAF_CHECK_EQUAL(again.usage.used, 1u);
    // The first call may have been delivered, whatever becomes of the repeat.
    w.finish(w.outcome(ids[0], 2, send_result::refused_account));
    CAF_CHECK_EQUAL(used(w), 1u);
    CAF_CHECK(claim(w, ids[1], per_day(1)).outcome == claimed::full);
  });
}

CAF_TEST(4R-74 the gap between two claims holds to the microsecond and over a restart) {
  on_every_store([](world& w) {
    const auto ids = many(w, 3);
    send_limits l;
    l.gap = 90s;
    const auto start = w.now();
    CAF_CHECK(claim_at(w, ids[0], l, start).outcome == claimed::claimed);
    w.reopen();
    const auto early = claim_at(w, ids[1], l, start + 90s - 1us);
    CAF_CHECK(early.outcome == claimed::paced);
    CAF_CHECK(early.retry_at == start + 90s);
    CAF_CHECK(early.usage.last_at == start);
    CAF_CHECK(w.effect(ids[1]).state == effect_state::planned);
    CAF_CHECK(claim_at(w, ids[1], l, *early.retry_at).outcome == claimed::claimed);
    // A call that never started used its place all the same: giving it back makes no burst.
    give_back(w, ids[1], 1);
    CAF_CHECK(claim_at(w, ids[2], l, start + 91s).outcome == claimed::paced);
  });
}

CAF_TEST(4R-74 the pace lets a burst through and then one send each interval) {
  on_every_store([](world& w) {
    const auto ids = many(w, 8);
    send_limits l;
    l.pace = 10s;
    l.burst = 20s;
    const auto start = w.now();
    for (int i = 0; i < 3; ++i)
      CAF_CHECK(claim_at(w, ids[i], l, start).outcome == claimed::claimed);
    const auto held = claim_at(w, ids[3], l, start);
    CAF_CHECK(held.outcome == claimed::paced);
    CAF_CHECK(held.retry_at == start + 10s);
    w.reopen();
    CAF_CHECK(claim_at(w, ids[3], l, start + 10s - 1us).outcome == claimed::paced);
    CAF_CHECK(claim_at(w, ids[3], l, start + 10s).outcome == claimed::claimed);
    CAF_CHECK(claim_at(w, ids[4], l, start + 10s).outcome == claimed::paced);
    // After a silence there is one burst again, and not more.
    const auto later = start + 10min;
    for (int i = 4; i < 7; ++i)
      CAF_CHECK(claim_at(w, ids[i], l, later).outcome == claimed::claimed);
    CAF_CHECK(claim_at(w, ids[7], l, later).outcome == claimed::paced);
  });
}

CAF_TEST(PROTOCOL stops and suppressions come before the limits of the account and use nothing of them) {
  on_every_store([](world& w) {
  const auto ids = many(w, 2);
  must(w.db().put_kill_switch({acme, stop_scope::workspace, "", true, "test", w.now()}));
  const auto stopped = claim(w, ids[0], per_day(1));
  CAF_CHECK(stopped.outcome == claimed::stopped);
  CAF_CHECK_EQUAL(stopped.usage.used, 0u);
  must(w.db().put_kill_switch({acme, stop_scope::workspace, "", false, "test", w.now()}));
  must(w.db().add_suppressions(std::vector<suppression_row>{
      {acme, codec::address_hash(acme, mail("0@example.com")), "person", {}, "opt_out", "import", w.now()}}));
  CAF_CHECK(claim(w, ids[0], per_day(1)).outcome == claimed::suppressed);
  CAF_CHECK(!must(w.read().usage(acme, account_id("mail"))).has_value());
  CAF_CHECK(claim(w, ids[1], per_day(1)).outcome == claimed::claimed);
  });
}

CAF_TEST(limits are asked for sends alone) {
  on_every_store([](world& w) {
    const auto ana = w.new_lead("ana@example.com").lead;
    auto c = w.decision(ana);
    c.effects = {w.send(ana, "one"), w.send(ana, "two")};
    c.effects[0].kind = c.effects[1].kind = "fetch_reply";
    w.commit(c);
    for (const auto& e : c.effects)
      CAF_CHECK(claim(w, e.id, per_day(1)).outcome == claimed::claimed);
    CAF_CHECK(!must(w.read().usage(acme, account_id("mail"))).has_value());
  });
}

CAF_TEST(PROTOCOL a deferred effect goes back to its lead which hears until when and why) {
  on_every_store([](world& w) {
    const auto id = many(w, 1).at(0);
    const auto lead = w.effect(id).lead;
    for (std::size_t round = 1; round <= 2; ++round) {
      const auto until = w.now() + 5h;
      const auto out = deferred(w, id, until);
      CAF_CHECK(out.outcome == claimed::deferred);
      CAF_REQUIRE(out.inbox.has_value());
      CAF_CHECK_EQUAL(out.inbox->lead, lead);
      w.reopen();
      CAF_CHECK(w.effect(id).state == effect_state::stale);
      CAF_CHECK(w.claim(id).outcome == claimed::gone);
      // Each round tells its lead anew, although no attempt was made in between.
      const auto told = w.outcomes(lead);
      CAF_REQUIRE_EQUAL(told.size(), round);
      CAF_CHECK(told.back().result == send_result::capacity_wait);
      CAF_CHECK_EQUAL(told.back().detail, "warm_up");
      CAF_CHECK(told.back().retry_at == until);
      plan_again(w, id);
    }
    CAF_CHECK(w.claim(id).outcome == claimed::claimed);
  });
}

CAF_TEST(PROTOCOL a deferral neither passes a stop nor renders anew what may have been delivered) {
  on_every_store([](world& w) {
    const auto id = many(w, 1).at(0);
    must(w.db().put_kill_switch({acme, stop_scope::workspace, "", true, "test", w.now()}));
    CAF_CHECK(deferred(w, id, w.now() + 1h).outcome == claimed::stopped);
    must(w.db().put_kill_switch({acme, stop_scope::workspace, "", false, "test", w.now()}));
    w.claim(id);
    w.finish(w.outcome(id, 1, send_result::unknown));
    const auto until = w.now() + 1h;
    const auto out = deferred(w, id, until, true);
    CAF_CHECK(out.outcome == claimed::paced);
    CAF_CHECK(out.retry_at == until);
    CAF_CHECK(w.effect(id).state == effect_state::unknown);
  });
}
