#include "adapters/api/idempotency.hpp"
#include "tests/unit/support/api_world.hpp"

#define CAF_SUITE api_repeats
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::tests;

namespace {
const header_list key_1{{"idempotency-key", "k-1"}};
}

CAF_TEST(the same key and body get the stored answer and nothing is done twice) {
  api_world w;
  const auto lead = w.enrol("ana");
  const auto take = w.ws + "/leads/" + lead + "/take";
  const auto first = w.post(take, {{"reason", "call"}}, key_1);
  CAF_REQUIRE_EQUAL(first.status(), 200);
  CAF_CHECK_EQUAL(first.header("Idempotent-Replayed"), "");
  const auto submitted = w.seen.size();
  const auto again = w.post(take, {{"reason", "call"}}, key_1);
  CAF_CHECK_EQUAL(again.status(), 200);
  CAF_CHECK_EQUAL(again.raw.body, first.raw.body);
  CAF_CHECK_EQUAL(again.header("Idempotent-Replayed"), "true");
  CAF_CHECK_EQUAL(w.seen.size(), submitted);
}

CAF_TEST(the same key with another body or path is refused) {
  api_world w;
  const auto lead = w.enrol("ana");
  const auto base = w.ws + "/leads/" + lead;
  CAF_CHECK_EQUAL(w.post(base + "/take", {{"reason", "call"}}, key_1).status(), 200);
  const auto other_body = w.post(base + "/take", {{"reason", "else"}}, key_1);
  CAF_CHECK_EQUAL(other_body.status(), 422);
  CAF_CHECK_EQUAL(other_body.at("/field"), "Idempotency-Key");
  CAF_CHECK_EQUAL(w.post(base + "/handback", {{"reason", "call"}}, key_1).status(), 422);
  // Another caller's keys are its own.
  CAF_CHECK_EQUAL(w.ask("POST", base + "/take", {{"reason", "else"}}, key_1, w.setter).status(), 200);
}

CAF_TEST(a repeat while the first is under way is told so and a dropped request frees its key) {
  api_world w;
  w.hold_submissions = true;
  const json event{{"id", "e1"},
                   {"kind", "page_viewed"},
                   {"occurred_at", "2026-11-16T09:59:00Z"},
                   {"lead", {{"email", "ana@example.com"}}},
                   {"attributes", {{"url", "https://example.com"}}}};
  CAF_CHECK_EQUAL(w.post(w.ws + "/events", event, key_1).status(), 0);
  const auto repeat = w.post(w.ws + "/events", event, key_1);
  CAF_CHECK_EQUAL(repeat.status(), 409);
  CAF_CHECK_EQUAL(repeat.header("Retry-After"), "1");
  w.held.clear();
  w.hold_submissions = false;
  CAF_CHECK_EQUAL(w.post(w.ws + "/events", event, key_1).status(), 202);
}

CAF_TEST(a refused or overloaded request keeps nothing so that it can be corrected) {
  api_world w;
  const auto bad = w.post(w.ws + "/leads", {{"fields", json::object()}}, key_1);
  CAF_CHECK_EQUAL(bad.status(), 422);
  w.refuse_submit = errc::retry;
  const auto overloaded = w.post(w.ws + "/leads", {{"email", "ana@example.com"}}, key_1);
  CAF_CHECK_EQUAL(overloaded.status(), 503);
  CAF_CHECK_EQUAL(overloaded.header("Retry-After"), "1");
  w.refuse_submit.reset();
  CAF_CHECK_EQUAL(w.post(w.ws + "/leads", {{"email", "ana@example.com"}}, key_1).status(), 200);
}

CAF_TEST(a key that is too long or not printable is refused) {
  api_world w;
  CAF_CHECK_EQUAL(
      w.post(w.ws + "/leads", {{"email", "a@example.com"}}, {{"idempotency-key", std::string(256, 'k')}})
          .status(),
      422);
  CAF_CHECK_EQUAL(
      w.post(w.ws + "/leads", {{"email", "a@example.com"}}, {{"idempotency-key", "a b"}}).status(), 422);
  CAF_CHECK(w.seen.empty());
}
