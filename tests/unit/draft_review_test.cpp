#include "actors/lead/draft/review.hpp"
#include "tests/unit/support/draft_story.hpp"

#define CAF_SUITE draft_review
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::draft;
using heed::tests::instant;
using std::chrono::hours;

/// A held draft: who is told, how long it stays good, and what a person's yes does.
namespace {

const subject_of_draft about{"draft_1", 1, "<r1@example.com>", 7};

std::string words(const approval_question& q) {
  const auto a = approve(q);
  const auto* no = std::get_if<not_sendable>(&a);
  return no ? std::string(no->words) : "none";
}

}  // namespace

CAF_TEST(AS-21 every configured person is told once) {
  const auto told = tell({{"mia@acme.example", "leo@acme.example", "mia@acme.example", ""}, true});
  CAF_REQUIRE(std::holds_alternative<notices>(told));
  CAF_CHECK((std::get<notices>(told).to == std::vector<std::string>{"mia@acme.example", "leo@acme.example"}));
}

CAF_TEST(AS-22 without recipients nobody is told and it says so) {
  const auto told = tell({{}, true});
  CAF_REQUIRE(std::holds_alternative<nobody_told>(told));
  CAF_CHECK_EQUAL(std::get<nobody_told>(told).why, "no_recipients");
}

CAF_TEST(AS-23 without a token nobody is told and it says so) {
  const auto told = tell({{"mia@acme.example"}, false});
  CAF_REQUIRE(std::holds_alternative<nobody_told>(told));
  CAF_CHECK_EQUAL(std::get<nobody_told>(told).why, "no_slack_token");
}

CAF_TEST(AS-42 a draft is good for the hold limit and stale beyond it) {
  const auto held = instant("2026-11-23T10:00:00Z");
  CAF_CHECK(!stale(about, held, 7, held + hours(72)));
  CAF_CHECK(stale(about, held, 7, held + hours(72) + std::chrono::microseconds(1)) == "held_too_long");
  CAF_CHECK(stale(about, held, 7, held + hours(2), hours(1)) == "held_too_long");
}

CAF_TEST(AS-42 a newer inbound makes it stale at once) {
  const auto held = instant("2026-11-23T10:00:00Z");
  CAF_CHECK(stale(about, held, 8, held) == "overtaken");
}

CAF_TEST(AS-42 a stale draft is sent by a mere click of nobody but by who has opened it) {
  approval_question q;
  q.stale = "overtaken";
  CAF_CHECK(words(q).starts_with("Draft is stale"));
  q.way = approval_way::composer;
  CAF_CHECK(std::holds_alternative<send_for_person>(approve(q)));
}

CAF_TEST(ZRG-98 AS-39 a pending draft is sent for the person who approves it) {
  CAF_CHECK(std::holds_alternative<send_for_person>(approve({})));
}

CAF_TEST(ZRG-99 the second of two approvers is told that it was sent) {
  approval_question q;
  q.status = draft_status::approved;
  CAF_CHECK(std::holds_alternative<sent_before>(approve(q)));
}

CAF_TEST(ZRG-100 a draft for somebody blacklisted is rejected whoever asks) {
  approval_question q;
  q.blacklisted = true;
  for (const auto way : {approval_way::one_click, approval_way::composer}) {
    q.way = way;
    const auto a = approve(q);
    CAF_REQUIRE(std::holds_alternative<not_sendable>(a));
    CAF_CHECK_EQUAL(std::get<not_sendable>(a).words, "Lead is blacklisted (opted out)");
    CAF_CHECK(std::get<not_sendable>(a).reject);
  }
}

CAF_TEST(ZRG-101 a draft whose message exists answers with that message) {
  approval_question q;
  q.sent_message = "msg_1";
  q.blacklisted = true;
  const auto a = approve(q);
  CAF_REQUIRE(std::holds_alternative<sent_before>(a));
  CAF_CHECK_EQUAL(std::get<sent_before>(a).message, "msg_1");
}

CAF_TEST(ZRG-105 only a pending draft can be approved) {
  approval_question q;
  q.status = draft_status::rejected;
  CAF_CHECK_EQUAL(words(q), "Draft is not pending");
}

CAF_TEST(a yes is about the words that were seen) {
  approval_question q;
  q.current_version = 2;
  CAF_CHECK(words(q).starts_with("Draft has changed"));
}
