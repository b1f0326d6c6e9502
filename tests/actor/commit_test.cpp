#include "persistence/codec/codec.hpp"
#include "persistence/commit_builder.hpp"
#include "runtime/setup.hpp"
#include "runtime/zones.hpp"
#include "tests/actor/support/actor_world.hpp"

#define CAF_SUITE commit
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::test;
using namespace std::chrono_literals;

namespace {

struct bench {
  bench() : rules(actor_world::make_policy(ws)) {
    row.workspace = ws;
    row.lead = lead_id{"lead_1"};
    row.secret = codec::new_secret();
    state = first_state(row);
    what.key = "k-1";
    what.occurred_at = what.received_at = when.now;
    what.keys = {{key_kind::email, {}, "ana@example.com"}};
    what.campaign = spring;
    lead_upserted u;
    u.fields["firstName"] = "Ana";
    u.consents.push_back({channel::email, consent_status::granted, "test", {}, when.now});
    what.body = std::move(u);
  }
  built_commit build(std::uint64_t inbox = 7) {
    answer = decide(state, what, rules, when);
    return build_commit({row, state, what, answer, rules, when, 3, inbox});
  }
  policy rules;
  lead_row row;
  lead_state state;
  stimulus what;
  circumstances when{std::chrono::sys_days{std::chrono::year{2026} / 11 / 16} + 9h, {}};
  decision answer;
};

}  // namespace

CAF_TEST(equal arguments build equal bytes) {
  bench b;
  const auto one = b.build();
  const auto two = b.build();
  CAF_CHECK(one.commit.journal.body == two.commit.journal.body);
  CAF_CHECK(one.commit.journal.chain == two.commit.journal.chain);
  CAF_CHECK(one.commit.snapshot == two.commit.snapshot);
}

CAF_TEST(a decision becomes its journal row and effect and projections) {
  bench b;
  const auto built = b.build();
  const auto& c = built.commit;
  CAF_CHECK_EQUAL(c.expected_version, 0u);
  CAF_CHECK_EQUAL(c.journal.seq, 1u);
  CAF_CHECK_EQUAL(c.journal.kind, "lead_upserted");
  CAF_CHECK_EQUAL(c.journal.epoch, 3u);
  CAF_CHECK(c.consumed == std::vector<std::uint64_t>({7}));
  CAF_REQUIRE_EQUAL(c.effects.size(), 1u);
  CAF_CHECK_EQUAL(c.effects[0].key, "spring__lead_1/hello");
  CAF_CHECK_EQUAL(c.effects[0].kind, "send");
  CAF_REQUIRE_EQUAL(c.runs.size(), 1u);
  CAF_CHECK(c.runs[0].status == run_status::pending);
  CAF_REQUIRE_EQUAL(c.keys_added.size(), 1u);
  CAF_CHECK_EQUAL(c.keys_added[0].value, "ana@example.com");
  const auto enrolments = std::ranges::count(c.report, "enrolled", &report_row::what);
  CAF_CHECK_EQUAL(enrolments, 1);
  // The snapshot is the fold of the facts.
  auto snapshot = codec::decode_lead_state(c.snapshot);
  CAF_REQUIRE(snapshot.has_value());
  CAF_CHECK(*snapshot == built.after);
  CAF_CHECK_EQUAL(snapshot->seq, 1u);
}

CAF_TEST(the journal row opens only with its own secret at its own place) {
  bench b;
  const auto built = b.build();
  const auto& body = built.commit.journal.body;
  auto clear = codec::unseal(b.row.secret, journal_context(b.row.lead, 1), body);
  CAF_REQUIRE(clear.has_value());
  auto entry = codec::decode_journal_entry(*clear);
  CAF_REQUIRE(entry.has_value());
  CAF_CHECK_EQUAL(entry->what.key, "k-1");
  CAF_CHECK_EQUAL(entry->revision, b.rules.revision);
  CAF_CHECK(!codec::unseal(b.row.secret, journal_context(b.row.lead, 2), body).has_value());
  CAF_CHECK(!codec::unseal(codec::new_secret(), journal_context(b.row.lead, 1), body).has_value());
  CAF_CHECK(built.commit.journal.chain == codec::chain_link({}, body));
}

CAF_TEST(SS-9 an accepted touch is a history entry at its index and moves the run) {
  bench b;
  auto first = b.build();
  b.row.version = 1;
  b.row.chain = first.commit.journal.chain;
  b.state = first.after;
  effect_outcome o;
  o.effect = first.commit.effects.at(0).id;
  o.attempt = 1;
  o.result = send_result::accepted;
  o.provider_id = "p-1";
  o.evidence = "call";
  b.when.now += 1s;
  b.what = codec::outcome_stimulus(o, b.when.now);
  const auto built = b.build();
  CAF_REQUIRE_EQUAL(built.commit.history.size(), 1u);
  CAF_CHECK_EQUAL(built.commit.history[0].step, 0u);
  CAF_CHECK_EQUAL(built.commit.history[0].step_name.value, "hello");
  CAF_CHECK(built.commit.history[0].outcome == step_outcome::sent);
  CAF_REQUIRE_EQUAL(built.commit.runs.size(), 1u);
  CAF_CHECK_EQUAL(built.commit.runs[0].cursor, 1u);
  CAF_CHECK(built.commit.due == next_due(built.after));
  CAF_CHECK(built.commit.due == b.when.now + 1h);
  CAF_CHECK(built.exhausted.empty());
}

CAF_TEST(a touch that ends blocked is named for the dead letters) {
  bench b;
  auto first = b.build();
  b.row.version = 1;
  b.state = first.after;
  effect_outcome o;
  o.effect = first.commit.effects.at(0).id;
  o.attempt = 1;
  o.result = send_result::refused_final;
  o.detail = "code";
  b.what = codec::outcome_stimulus(o, b.when.now);
  const auto built = b.build();
  CAF_CHECK(built.exhausted == std::vector<effect_id>({o.effect}));
}

CAF_TEST(a conversation line keeps subject and text apart) {
  const auto [subject, text] = split_message(join_message("two\nlines", "a\nb"));
  CAF_CHECK_EQUAL(subject, "two lines");
  CAF_CHECK_EQUAL(text, "a\nb");
}

CAF_TEST(domain time runs at its scale and never goes back) {
  const auto real = std::chrono::time_point_cast<duration>(std::chrono::system_clock::now());
  const auto monday = time_point{} + 1000h;
  anchored_clock fast({real, monday, 60}, {});
  const auto now = fast.now();
  CAF_CHECK(now >= monday);
  CAF_CHECK(now < monday + 1h);
  const auto delay = fast.real_delay_until(now + 60min);
  CAF_CHECK(delay <= 60s);
  CAF_CHECK(delay > 50s);
  CAF_CHECK(fast.real_delay_until(now - 1s) == duration{0});
  // The wall clock went back by a day; what was said before still holds.
  anchored_clock after({real, real - 24h, 1}, real);
  CAF_CHECK(after.now() == real);
}

CAF_TEST(a store keeps its clock over restarts and changes of speed) {
  actor_world w;
  const auto start = time_point{} + 2000h;
  auto first = set_up_clock(*w.target, w.reader(), 60, start);
  CAF_REQUIRE(first.has_value());
  CAF_CHECK((*first)->now() >= start);
  auto same = set_up_clock(*w.target, w.reader(), 60, time_point{} + 9000h);
  CAF_CHECK((*same)->anchor().domain0 == start);
  const auto before = (*same)->now();
  auto slower = set_up_clock(*w.target, w.reader(), 1, std::nullopt);
  CAF_CHECK((*slower)->anchor().scale == 1);
  CAF_CHECK((*slower)->now() >= before);
  CAF_CHECK((*slower)->now() < before + 1h);
  CAF_CHECK(!decode_anchor("12 x 1").has_value());
  CAF_CHECK(!decode_anchor("1 2").has_value());
}

CAF_TEST(zones survive their storage and know the turns of the year) {
  const auto zones = load_zones();
  auto back = decode_zones(encode_zones(*zones));
  CAF_REQUIRE(back.has_value());
  CAF_CHECK_EQUAL((*back)->version, zones->version);
  CAF_CHECK_EQUAL((*back)->zones.size(), zones->zones.size());
  const auto& berlin = (*back)->find("Europe/Berlin");
  using namespace std::chrono;
  CAF_CHECK_EQUAL(berlin.offset_at(sys_days{year{2026} / 1 / 15}), 3600);
  CAF_CHECK_EQUAL(berlin.offset_at(sys_days{year{2026} / 7 / 15}), 7200);
  CAF_CHECK(!decode_zones(encode_zones(*zones).substr(0, 1001)).has_value());
}

CAF_TEST(SF-46 a part that people owned is on no list until it is itself again) {
  bench b;
  auto built = b.build();
  const auto next = [&](stimulus_body body) {
    b.row.version = built.after.seq;
    b.row.chain = built.commit.journal.chain;
    b.state = built.after;
    b.when.now += 1min;
    b.what = {};
    b.what.key = "k-" + std::to_string(b.row.version + 1);
    b.what.occurred_at = b.what.received_at = b.when.now;
    b.what.body = std::move(body);
    built = b.build();
  };
  command take;
  take.by = "olga";
  next(take);
  next(absorption_asked{lead_id{"lead_2"}, "m-1", "olga", "same", {}, {}});
  CAF_REQUIRE_EQUAL(built.commit.handoffs.size(), 1u);
  CAF_CHECK(built.commit.handoffs[0].ended_at == b.when.now);
  CAF_CHECK(built.commit.handed_off == false);
  // What it knew goes with the decision that gives it up.
  CAF_REQUIRE_EQUAL(built.commit.letters.size(), 1u);
  CAF_CHECK_EQUAL(built.commit.letters[0].lead->value, "lead_2");
  const auto told = codec::decode_stimulus(built.commit.letters[0].body);
  CAF_REQUIRE(told.has_value());
  CAF_CHECK(*std::get<absorption_answered>(told->body).state == b.state);
  next(restoring_asked{lead_id{"lead_2"}, "m-1", "olga", "two persons"});
  CAF_REQUIRE_EQUAL(built.commit.handoffs.size(), 1u);
  CAF_CHECK(!built.commit.handoffs[0].ended_at);
  CAF_CHECK(built.commit.handed_off == true);
}
