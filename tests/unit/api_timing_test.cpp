#include "actors/provider/stored_arrivals.hpp"
#include "tests/unit/support/api_world.hpp"

#define CAF_SUITE api_timing
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::tests;
using namespace std::chrono_literals;

namespace {

const account_id mail{"mail"};
const std::string latency = api_world::ws + "/accounts/mail/latency";

void arrivals(api_world& w, int n, duration took, const std::string& domain) {
  std::vector<arrival_row> rows;
  for (int i = 0; i < n; ++i) {
    const auto at = w.domain_now - std::chrono::minutes(10 * (n - i));
    rows.push_back({effect_id{domain + std::to_string(i)}, domain, at, at + took});
  }
  const auto done = w.db().put_meta(imported_arrivals_name(workspace_id{"acme"}, mail), encode_arrivals(rows));
  CAF_REQUIRE(done.has_value());
}

}  // namespace

CAF_TEST(SF-10 SF-9 one interface gives hourly and minute curves and the minutes change no field of the hours) {
  api_world w;
  const auto lead = w.enrol("ana");
  const auto curve = api_world::ws + "/timing/curve";
  const auto hourly = w.post(curve, {{"lead", lead}});
  CAF_CHECK_EQUAL(hourly.status(), 200);
  CAF_CHECK_EQUAL(hourly.at("/hours").size(), 168u);
  auto both = w.post(curve, {{"lead", lead}, {"resolution", "minute"}}).body();
  CAF_CHECK_EQUAL(both["minutes"].size(), 10'080u);
  // Method: without what was added it is the same document, to the byte.
  both.erase("minutes");
  CAF_CHECK_EQUAL(both.dump(), hourly.body().dump());
  const auto again = w.post(curve, {{"lead", lead}});
  CAF_CHECK_EQUAL(again.raw.body, hourly.raw.body);
  CAF_CHECK_EQUAL(w.post(curve, {{"lead", lead}, {"resolution", "second"}}).status(), 422);
}

CAF_TEST(SF-26 an account that nothing was measured of says so) {
  api_world w;
  const auto a = w.get(latency, w.reader);
  CAF_CHECK_EQUAL(a.status(), 200);
  CAF_CHECK_EQUAL(a.at("/measured"), false);
  CAF_CHECK_EQUAL(a.at("/estimate_s"), 0.0);
  CAF_CHECK(a.at("/mean_error_s").is_null());
  CAF_CHECK(a.at("/points").empty());
  CAF_CHECK_EQUAL(a.at("/hours").size(), 168u);
}

CAF_TEST(SF-23 foretold and real arrivals come ready for a chart by account and domain) {
  api_world w;
  arrivals(w, 30, 40s, "example.com");
  const auto a = w.get(latency, w.reader);
  CAF_CHECK_EQUAL(a.status(), 200);
  CAF_CHECK_EQUAL(a.at("/measured"), true);
  CAF_CHECK_EQUAL(a.at("/receipts"), 30);
  CAF_CHECK(a.at("/estimate_s").get<double>() > 30 && a.at("/estimate_s").get<double>() < 50);
  CAF_REQUIRE_EQUAL(a.at("/points").size(), 30u);
  CAF_CHECK_EQUAL(a.at("/domains/0/domain"), "example.com");
  // Nothing was known of the first one; the last one was foretold well.
  CAF_CHECK_EQUAL(a.at("/points/0/foretold"), a.at("/points/0/handed_over"));
  CAF_CHECK(std::abs(a.at("/points/29/late_by_s").get<double>()) < 5);
  CAF_CHECK(a.at("/mean_error_s").get<double>() < 5);
  const auto none = w.get(latency + "?domain=elsewhere.example", w.reader);
  CAF_CHECK(none.at("/points").empty());
  CAF_CHECK_EQUAL(none.at("/domain"), "elsewhere.example");
}

CAF_TEST(the latency of an account is of its workspace and nobody else) {
  api_world w;
  arrivals(w, 10, 40s, "example.com");
  CAF_CHECK_EQUAL(w.get(api_world::ws + "/accounts/nobody/latency").status(), 404);
  CAF_CHECK(w.get(latency, w.other).status() >= 401);
  const auto theirs = w.get("/v1/workspaces/other/accounts/mail/latency", w.other);
  CAF_CHECK(theirs.status() == 404 || theirs.at("/points").empty());
}
