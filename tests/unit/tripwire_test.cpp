#include "actors/campaign/tripwire.hpp"

#define CAF_SUITE tripwire
#include <caf/test/dsl.hpp>

using namespace heed;

namespace {

const tripwire_settings usual;

std::string words(std::uint64_t sends, std::uint64_t bounces, std::uint64_t complaints) {
  return tripped(sends, bounces, complaints, usual).value_or("");
}

}  // namespace

CAF_TEST(4R-74 RULES the wire looks at 200 sends and at least 20) {
  CAF_CHECK_EQUAL(usual.window, 200u);
  CAF_CHECK_EQUAL(usual.at_least, 20u);
}

CAF_TEST(4R-74 RULES five percent of hard bounces is allowed and more is not) {
  CAF_CHECK_EQUAL(words(200, 10, 0), "");
  CAF_CHECK_EQUAL(words(200, 11, 0), "11 hard bounces in the last 200 sends, more than 5.0 %");
  CAF_CHECK_EQUAL(words(20, 1, 0), "");
  CAF_CHECK_EQUAL(words(20, 2, 0), "2 hard bounces in the last 20 sends, more than 5.0 %");
}

CAF_TEST(4R-74 RULES too few sends say nothing) {
  CAF_CHECK_EQUAL(words(19, 19, 19), "");
  CAF_CHECK_EQUAL(words(0, 0, 0), "");
}

CAF_TEST(4R-74 RULES more than three complaints in a thousand trip it) {
  CAF_CHECK_EQUAL(words(200, 0, 0), "");
  CAF_CHECK_EQUAL(words(200, 0, 1), "1 complaints in the last 200 sends, more than 0.3 %");
  auto wide = usual;
  wide.window = 1000;
  CAF_CHECK(!tripped(1000, 0, 3, wide).has_value());
  CAF_CHECK(tripped(1000, 0, 4, wide).has_value());
}

CAF_TEST(4R-74 the limits are those of the workspace) {
  tripwire_settings strict{50, 5, 0, 0};
  CAF_CHECK(!tripped(4, 4, 4, strict).has_value());
  CAF_CHECK(!tripped(5, 0, 0, strict).has_value());
  CAF_CHECK(tripped(5, 1, 0, strict).has_value());
  CAF_CHECK(tripped(5, 0, 1, strict).has_value());
}
