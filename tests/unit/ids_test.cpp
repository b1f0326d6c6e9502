#include "actors/lead/ids.hpp"

#define CAF_SUITE ids
#include <caf/test/dsl.hpp>

// SS-6: the id of a run is computed from campaign and lead.
CAF_TEST(SS-6 run id is campaign and lead joined) {
  CAF_CHECK_EQUAL(heed::run_id(heed::campaign_id{"spring"}, heed::lead_id{"lead_1"}), "spring__lead_1");
}

CAF_TEST(stable hash is frozen) {
  CAF_CHECK_EQUAL(heed::stable_hash(""), heed::stable_hash(""));
  CAF_CHECK_NOT_EQUAL(heed::stable_hash("lead_1"), heed::stable_hash("lead_2"));
}
