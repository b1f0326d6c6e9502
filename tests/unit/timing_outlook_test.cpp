#include "persistence/codec/codec.hpp"
#include "tests/unit/support/lead_story.hpp"

#define CAF_SUITE timing_outlook
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::testing;

/// Gate 14 with what the node knows of the world: latency, the campaign's crowd, and what other people taught.
namespace {

constexpr auto window = 24h;
const account_id box{"box_email"};

story timed() {
  story s;
  s.rules = make_policy({one_step("spring")});
  s.rules.campaigns.begin()->second.timing_window = window;
  s.outlook = timing_outlook{};
  return s;
}

void reads_daily(story& s, duration time_of_day) {
  const auto today = monday_ten - 10h;
  for (int day = 70; day > 0; --day) {
    auto what = s.make(message_opened{});
    what.occurred_at = today - std::chrono::days(day) + time_of_day + std::chrono::minutes(day % 5);
    what.mode = arrival::backfill;
    s.tell(std::move(what));
  }
}

latency_outlook takes(std::vector<std::int64_t> hours_ms) { return {box, monday_ten, std::move(hours_ms)}; }

/// People who all read at nine in the evening.
std::shared_ptr<const timing::population> evening_people() {
  std::vector<timing::engagement> events;
  for (int day = 0; day < 60; ++day) events.push_back({29'000'160 + day * 1'440 + 21 * 60 + day % 7, timing::engagement_kind::open});
  std::ranges::sort(events);
  const std::vector<timing::observed_person> people(40, {"", events});
  return std::make_shared<const timing::population>(timing::learn(people, 29'000'160 + 61 * 1'440));
}

}  // namespace

CAF_TEST(SF-25 SF-26 a measured latency of ninety seconds makes the trigger ninety seconds earlier and is journaled) {
  auto without = timed();
  reads_daily(without, 15h);
  without.enrol();
  auto s = timed();
  reads_daily(s, 15h);
  s.outlook->latencies = {takes({90'000})};
  s.enrol();
  const auto* f = s.last<minute_chosen>();
  CAF_REQUIRE(f != nullptr);
  CAF_CHECK(f->target == without.last<minute_chosen>()->target);
  CAF_CHECK(f->trigger == f->target - 90s);
  CAF_CHECK_EQUAL(f->latency_us, 90'000'000);
  CAF_CHECK(f->latency_measured);
  CAF_CHECK(f->account == box);
  CAF_CHECK_EQUAL(number_of(s.verdict(gate::timing), "latency_ms"), 90'000);
}

CAF_TEST(SF-24 the estimate is that of the hour of the target) {
  auto s = timed();
  reads_daily(s, 15h);
  // Ten o'clock is fast, three in the afternoon is slow.
  s.outlook->latencies = {takes({1'000, 1'000, 1'000, 1'000, 1'000, 600'000, 600'000})};
  s.enrol();
  const auto* f = s.last<minute_chosen>();
  CAF_REQUIRE(f != nullptr);
  CAF_CHECK_EQUAL(f->latency_us, 600'000'000);
  CAF_CHECK(f->trigger == f->target - 10min);
}

CAF_TEST(SF-55 with latency off the hand-over is at the target itself) {
  auto s = timed();
  s.rules.defaults.timing.latency = false;
  reads_daily(s, 15h);
  s.outlook->latencies = {takes({90'000})};
  s.enrol();
  const auto* f = s.last<minute_chosen>();
  CAF_CHECK(f->trigger == f->target);
  CAF_CHECK_EQUAL(f->latency_us, 0);
  const auto before = *s.journey().next_at;
  s.tell(latency_rose{box, 1'000'000, 600'000'000});
  CAF_CHECK(*s.journey().next_at == before);
}

CAF_TEST(SF-30 SF-27 a rise of the latency moves the open trigger earlier and never before now) {
  auto s = timed();
  reads_daily(s, 15h);
  s.outlook->latencies = {takes({10'000})};
  s.enrol();
  const auto target = s.journey().minute->target;
  s.now = target - 30min;
  s.tell(latency_rose{box, 10'000'000, 300'000'000});
  CAF_CHECK(*s.journey().next_at == target - 5min);
  const auto* f = s.last<minute_chosen>();
  CAF_CHECK_EQUAL(f->why, "latency");
  CAF_CHECK(f->target == target);
  CAF_CHECK(f->latency_measured);
  // Less than that moves nothing back.
  s.tell(latency_rose{box, 10'000'000, 60'000'000});
  CAF_CHECK(*s.journey().next_at == target - 5min);
  s.tell(latency_rose{box, 10'000'000, 7'200'000'000});
  CAF_CHECK_EQUAL(s.sends, 1);
  CAF_CHECK(s.now < target);
  s.pass(48h);
  CAF_CHECK_EQUAL(s.sends, 1);
  CAF_CHECK(s.broken.empty());
}

CAF_TEST(SF-30 a rise at another account is nothing to this touch) {
  auto s = timed();
  reads_daily(s, 15h);
  s.outlook->latencies = {takes({10'000})};
  s.enrol();
  const auto before = *s.journey().next_at;
  s.now += 1h;
  s.tell(latency_rose{account_id{"elsewhere"}, 10'000'000, 3'600'000'000});
  CAF_CHECK(*s.journey().next_at == before);
}

CAF_TEST(SF-35 T-11 a rise brings nothing forward while a ticket is open) {
  auto s = timed();
  reads_daily(s, 15h);
  s.enrol();
  s.now += 1h;
  s.tell(ticket_opened{"t1"});
  s.tell(latency_rose{box, 1'000'000, 7'200'000'000});
  CAF_CHECK_EQUAL(s.sends, 0);
}

CAF_TEST(SF-28 SF-29 a full minute moves the touch to a free one near it and the verdict shows the numbers) {
  auto alone = timed();
  reads_daily(alone, 15h);
  alone.enrol();
  const auto wanted = alone.last<minute_chosen>()->trigger;
  const auto in_crowd = [&](std::vector<full_minutes> full) {
    auto s = timed();
    reads_daily(s, 15h);
    s.outlook->crowds = {{campaign_id{"spring"}, 10'000, std::move(full)}};
    s.enrol();
    return s;
  };
  const auto minute = std::chrono::floor<std::chrono::minutes>(wanted.time_since_epoch()).count();
  auto s = in_crowd({{minute - 5, 11}});
  const auto* f = s.last<minute_chosen>();
  CAF_CHECK(!s.outlook->crowds.front().is_full(f->trigger));
  CAF_CHECK_EQUAL(f->recipients, 10'000u);
  CAF_CHECK_EQUAL(f->room, 200u);
  CAF_CHECK(f->trigger == wanted + duration(f->shift_us));
  CAF_CHECK(std::chrono::abs(duration(f->shift_us)) <= 60min);
  CAF_CHECK(f->target - f->trigger == alone.last<minute_chosen>()->target - wanted);
  const auto v = s.verdict(gate::timing);
  CAF_CHECK_EQUAL(number_of(v, "share_permille"), 20);
  CAF_CHECK_EQUAL(number_of(v, "minute_room"), 200);
  CAF_CHECK_EQUAL(number_of(v, "shift_s"), f->shift_us / 1'000'000);
  // Method: told again with the same numbers it is the same minute.
  CAF_CHECK(in_crowd({{minute - 5, 11}}).last<minute_chosen>()->trigger == f->trigger);
  CAF_CHECK(s.broken.empty());
}

CAF_TEST(SF-28 SF-31 whom a visit hurries nowhere stays in the minute that is full because of it) {
  auto s = timed();
  reads_daily(s, 15h);
  s.rules.defaults.timing.hot_weight_pct = 0;
  s.outlook->crowds = {{campaign_id{"spring"}, 10, {}}};
  s.enrol();
  const auto before = *s.journey().next_at;
  s.outlook->crowds.front().full = {{std::chrono::floor<std::chrono::minutes>(before.time_since_epoch()).count(), 1}};
  s.now += 1h;
  s.tell(page_viewed{"https://example.com/pricing"});
  CAF_CHECK_EQUAL(s.count<hot_path_noted>(), 1);
  CAF_CHECK(*s.journey().next_at == before);
}

CAF_TEST(SF-28 where the window has no minute left the next free one after it is taken) {
  auto s = timed();
  s.rules.campaigns.begin()->second.timing_window = 1h;
  const auto first = std::chrono::floor<std::chrono::minutes>(monday_ten.time_since_epoch()).count();
  s.outlook->crowds = {{campaign_id{"spring"}, 1'000, {{first, 65}}}};
  s.enrol();
  const auto* f = s.last<minute_chosen>();
  CAF_REQUIRE(f != nullptr);
  CAF_CHECK(f->trigger >= monday_ten + 65min);
  CAF_CHECK(f->trigger < monday_ten + 2h);
}

CAF_TEST(SF-28 the share of a campaign is asked before that of its workspace and a thousand in a thousand spreads nobody) {
  auto s = timed();
  s.rules.campaigns.begin()->second.peak_share_permille = 5;
  s.outlook->crowds = {{campaign_id{"spring"}, 10'000, {}}};
  s.enrol();
  CAF_CHECK_EQUAL(s.last<minute_chosen>()->room, 50u);
  auto open = timed();
  open.rules.defaults.timing.peak_share_permille = 1000;
  open.outlook->crowds = {{campaign_id{"spring"}, 10'000, {}}};
  open.enrol();
  CAF_CHECK_EQUAL(open.last<minute_chosen>()->room, 0u);
  CAF_CHECK_EQUAL(open.last<minute_chosen>()->shift_us, 0);
}

CAF_TEST(SF-16 SF-17 of somebody nobody knows the people of the workspace say when and the version is journaled) {
  auto s = timed();
  s.outlook->priors = 7;
  s.outlook->known = evening_people();
  s.enrol();
  const auto* f = s.last<minute_chosen>();
  CAF_REQUIRE(f != nullptr);
  CAF_CHECK_EQUAL(f->source, "workspace");
  CAF_CHECK_EQUAL(f->priors, 7u);
  CAF_CHECK(std::chrono::abs(f->target - (monday_ten + 11h)) < 45min);
  // Switched off, they are met as anybody is.
  auto off = timed();
  off.rules.defaults.timing.priors = false;
  off.outlook = s.outlook;
  off.enrol();
  CAF_CHECK_EQUAL(off.last<minute_chosen>()->source, "global");
  CAF_CHECK_EQUAL(off.last<minute_chosen>()->priors, 0u);
}

CAF_TEST(SF-29 SF-54 what a decision rested on outside its lead is journaled and gives the same bytes again) {
  auto s = timed();
  reads_daily(s, 15h);
  s.outlook->priors = 3;
  s.outlook->known = evening_people();
  s.outlook->latencies = {takes({5'000, 7'000, 9'000})};
  s.outlook->crowds = {{campaign_id{"spring"}, 400, {{29'000'000, 3}}}};
  const auto before = s.lead;
  lead_upserted body;
  body.landing_page = "https://example.com/spring";
  body.consents.push_back({channel::email, consent_status::granted, "contract", "t", s.now});
  auto what = s.make(body);
  what.keys = {{key_kind::email, "", "ana@example.com"}};
  what.campaign = campaign_id{"spring"};
  body.fields = {{"firstName", "Ana"}};
  what.body = body;
  const circumstances when{s.now, {}, {}, s.outlook};
  codec::journal_entry entry{before.seq + 1, 1, rules_version, when, what, decide(before, what, s.rules, when)};
  const auto bytes = codec::encode(entry);
  auto kept = codec::decode_journal_entry(bytes);
  CAF_REQUIRE(kept.has_value());
  CAF_REQUIRE(kept->when.outlook.has_value());
  CAF_CHECK_EQUAL(kept->when.outlook->priors, 3u);
  // The priors are found by their version.
  CAF_CHECK(kept->when.outlook->known == nullptr);
  kept->when.outlook->known = evening_people();
  auto again = *kept;
  again.answer = decide(before, kept->what, s.rules, kept->when);
  CAF_CHECK(codec::encode(again) == bytes);
}

CAF_TEST(SF-52 engagements of another installation make the same evidence and the same minute and are noted once) {
  auto here = timed();
  reads_daily(here, 15h);
  auto there = timed();
  there.tell(habits_imported{here.lead.engagements});
  CAF_CHECK(there.lead.engagements.bytes() == here.lead.engagements.bytes());
  const auto noted = there.count<engagement_noted>();
  there.tell(habits_imported{here.lead.engagements});
  CAF_CHECK_EQUAL(there.count<engagement_noted>(), noted);
  here.enrol();
  there.enrol();
  CAF_CHECK(here.last<minute_chosen>()->target == there.last<minute_chosen>()->target);
  CAF_CHECK(there.broken.empty());
}

CAF_TEST(SF-51 another provider changes the latency term and nothing else) {
  const auto through = [](const std::string& provider, std::int64_t ms) {
    auto s = timed();
    for (auto& [id, a] : s.rules.accounts) a.provider = provider;
    if (provider != "sandbox") give_identity(s.rules);
    reads_daily(s, 15h);
    s.outlook->latencies = {takes({ms})};
    s.enrol();
    return *s.last<minute_chosen>();
  };
  const auto one = through("resend", 20'000);
  const auto other = through("smtp", 80'000);
  CAF_CHECK(one.target == other.target);
  CAF_CHECK_EQUAL(one.base_ppb, other.base_ppb);
  CAF_CHECK_EQUAL(one.source, other.source);
  CAF_CHECK(one.trigger - other.trigger == 60s);
}
