#include "actors/campaign/guard.hpp"
#include "tests/unit/support/documents.hpp"

#define CAF_SUITE campaign_guard
#include <caf/test/dsl.hpp>

using namespace heed;
using json = nlohmann::json;
using heed::tests::detail_at;

namespace {

problems refused(std::string_view text) {
  problems out;
  CAF_CHECK(!guard_from_json(json::parse(text), "/g", out).has_value());
  CAF_CHECK(!out.empty());
  return out;
}

std::string round_trip(std::string_view text) {
  problems out;
  const auto guard = guard_from_json(json::parse(text), "/g", out);
  CAF_CHECK(out.empty());
  return guard ? to_json(*guard).dump() : "refused";
}

}  // namespace

CAF_TEST(SS-5 every form of guard reads and prints the same) {
  for (
      const auto* text :
      {R"({"signal":"link_clicked"})", R"({"signal":"link_clicked","within":"3d"})",
       R"({"exists":true,"field":"plan"})", R"({"eq":"gold","field":"plan"})",
       R"({"field":"plan","in":["gold","silver"]})", R"({"score_at_least":7})",
       R"({"not":{"signal":"reply_received"}})",
       R"({"all":[{"any":[{"score_at_least":3},{"eq":"x","field":"y"}]},{"not":{"signal":"page_viewed","within":"90s"}}]})"})
    CAF_CHECK_EQUAL(round_trip(text), std::string(text));
}

CAF_TEST(SS-5 a field that must not exist is a negation) {
  CAF_CHECK_EQUAL(round_trip(R"({"field":"plan","exists":false})"),
                  R"({"not":{"exists":true,"field":"plan"}})");
}

CAF_TEST(SS-5 a guard of no kind is refused with the kind that was meant) {
  CAF_CHECK(detail_at(refused(R"({"signals":"reply_received"})"), "/g").find("did you mean signal") !=
            std::string::npos);
  CAF_CHECK_EQUAL(detail_at(refused("[]"), "/g"), "must be an object");
  refused("{}");
  refused("\"reply\"");
}

CAF_TEST(SS-5 wrong parts of a guard are refused at their place) {
  CAF_CHECK(!detail_at(refused(R"({"signal":"reply"})"), "/g/signal").empty());
  CAF_CHECK(!detail_at(refused(R"({"signal":"reply_received","within":"soon"})"), "/g/within").empty());
  CAF_CHECK(!detail_at(refused(R"({"all":[]})"), "/g/all").empty());
  CAF_CHECK(!detail_at(refused(R"({"all":[{"signal":"x"},{"any":7}]})"), "/g/all/0/signal").empty());
  CAF_CHECK(!detail_at(refused(R"({"all":[{"score_at_least":1},{"any":7}]})"), "/g/all/1/any").empty());
  CAF_CHECK(!detail_at(refused(R"({"field":"plan"})"), "/g").empty());
  CAF_CHECK(!detail_at(refused(R"({"field":"plan","eq":"a","in":["b"]})"), "/g").empty());
  CAF_CHECK(!detail_at(refused(R"({"field":"plan","in":[]})"), "/g/in").empty());
  CAF_CHECK(!detail_at(refused(R"({"field":"","eq":"a"})"), "/g/field").empty());
  CAF_CHECK(!detail_at(refused(R"({"field":"plan","eq":7})"), "/g/eq").empty());
  CAF_CHECK(!detail_at(refused(R"({"score_at_least":0})"), "/g/score_at_least").empty());
}

CAF_TEST(SS-5 two conditions in one object are refused) {
  CAF_CHECK(
      !detail_at(refused(R"({"signal":"reply_received","score_at_least":3})"), "/g/score_at_least").empty());
}

CAF_TEST(SS-5 nesting has a limit) {
  std::string text = R"({"score_at_least":3})";
  for (int i = 0; i < 7; ++i)
    text = R"({"not":)" + text + "}";
  CAF_CHECK_EQUAL(round_trip(text), text);
  refused(R"({"not":)" + text + "}");
}
