#include "actors/lead/reply/refine.hpp"

#define CAF_SUITE reply_refine
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::reply;

/// What a model may add to a reading, and what it can never take away.
namespace {

reply_reading unsure(reply_class c) {
  reply_reading r;
  r.kind = c;
  r.confidence_pct = 40;
  r.rule = "none";
  r.rules = "7";
  return r;
}

refinement says(reply_class c, std::uint32_t pct = 95) {
  refinement r;
  r.kind = c;
  r.confidence_pct = pct;
  r.evidence = "words";
  return r;
}

reply_reading merged(reply_reading r, const refinement& by) { return refined(std::move(r), by, utc_zone()); }

}  // namespace

CAF_TEST(an unsure reading takes what the model is sure of and says who said so) {
  const auto r = merged(unsure(reply_class::neutral), says(reply_class::interested));
  CAF_CHECK(r.kind == reply_class::interested);
  CAF_CHECK(r.sure);
  CAF_CHECK_EQUAL(r.rule, "model.interested");
  CAF_CHECK_EQUAL(r.rules, "7+reply.refine.v1");
}

CAF_TEST(a sure reading is never touched) {
  for (std::size_t i = 0; i < reply_class_count; ++i) {
    auto r = unsure(static_cast<reply_class>(i));
    r.sure = true;
    for (std::size_t k = 0; k < reply_class_count; ++k)
      CAF_CHECK(merged(r, says(static_cast<reply_class>(k), 100)) == r);
  }
}

CAF_TEST(ZRG-72 a suspected stop is never made into anything weaker) {
  const auto stops = [](reply_class c) {
    return c == reply_class::opt_out || c == reply_class::complaint          ? 4
           : c == reply_class::bounce                                        ? 3
           : c == reply_class::not_interested                                ? 2
           : c == reply_class::out_of_office || c == reply_class::auto_reply ? 1
                                                                             : 0;
  };
  for (std::size_t i = 0; i < reply_class_count; ++i)
    for (std::size_t k = 0; k < reply_class_count; ++k) {
      const auto was = static_cast<reply_class>(i);
      const auto r = merged(unsure(was), says(static_cast<reply_class>(k), 100));
      CAF_CHECK(stops(r.kind) >= stops(was));
    }
}

CAF_TEST(a model may find an opt-out that the rules did not) {
  const auto r = merged(unsure(reply_class::interested), says(reply_class::opt_out, 60));
  CAF_CHECK(r.kind == reply_class::opt_out);
  CAF_CHECK(r.sure);
}

CAF_TEST(automation goes on by a model alone only when it is very sure) {
  CAF_CHECK(!merged(unsure(reply_class::neutral), says(reply_class::follow_up_later, 79)).sure);
  CAF_CHECK(merged(unsure(reply_class::neutral), says(reply_class::follow_up_later, 80)).sure);
  CAF_CHECK(merged(unsure(reply_class::neutral), says(reply_class::question_objection, 60)).sure);
  CAF_CHECK(!merged(unsure(reply_class::neutral), says(reply_class::question_objection, 59)).sure);
}

CAF_TEST(what the model cannot tell stays with a human) {
  const auto was = unsure(reply_class::interested);
  CAF_CHECK(merged(was, says(reply_class::neutral, 100)) == was);
}

CAF_TEST(an urgent reply stays urgent and a model may find one) {
  auto was = unsure(reply_class::neutral);
  was.urgent = true;
  CAF_CHECK(merged(was, says(reply_class::interested)).urgent);
  auto by = says(reply_class::interested, 10);
  by.urgent = true;
  CAF_CHECK(merged(unsure(reply_class::neutral), by).urgent);
}

CAF_TEST(a day that is named begins at nine in the zone of the lead) {
  auto by = says(reply_class::follow_up_later);
  by.resume_on = std::chrono::year(2027) / 3 / 1;
  const auto r = merged(unsure(reply_class::neutral), by);
  CAF_REQUIRE(r.resume_at.has_value());
  CAF_CHECK_EQUAL(to_iso(*r.resume_at), "2027-03-01T09:00:00Z");
}
