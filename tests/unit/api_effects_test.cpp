#include "persistence/codec/codec.hpp"
#include "tests/unit/support/api_world.hpp"

#define CAF_SUITE api_effects
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::tests;

namespace {

const std::string effects = api_world::ws + "/effects";

/// A call of which nobody knows what became.
effect_id make_unknown(api_world& w, const std::string& lead) {
  const auto id = w.first_effect(lead).id;
  w.start_call(id);
  effect_outcome o;
  o.effect = id;
  o.attempt = 1;
  finish_request f;
  f.id = id;
  f.attempt = 1;
  f.detail = "time_out";
  f.now = w.now();
  f.body = codec::encode(codec::outcome_stimulus(o, w.now()));
  write_batch batch;
  batch.finishes.push_back(std::move(f));
  CAF_REQUIRE(w.db().write(batch)->finishes.front().outcome == finish_result::what::finished);
  return id;
}

json evidence() { return {{"outcome", "delivered"}, {"evidence", "it is in the provider's log"}}; }

}  // namespace

CAF_TEST(RULES calls of unknown outcome are listed for people) {
  api_world w;
  const auto ana = w.enrol("ana");
  const auto ben = w.enrol("ben");
  CAF_CHECK(w.get(effects).at("/items").empty());
  const auto first = make_unknown(w, ana);
  const auto second = make_unknown(w, ben);
  const auto a = w.get(effects + "?state=unknown", w.reader);
  CAF_REQUIRE_EQUAL(a.at("/items").size(), 2u);
  CAF_CHECK_EQUAL(a.at("/items/0/effect_id"), first.value);
  CAF_CHECK_EQUAL(a.at("/items/0/lead_id"), ana);
  CAF_CHECK_EQUAL(a.at("/items/0/campaign_id"), "spring");
  CAF_CHECK_EQUAL(a.at("/items/0/account"), "mail");
  CAF_CHECK_EQUAL(a.at("/items/0/claimed_at"), to_iso(w.now()));
  const auto page = w.get(effects + "?limit=1");
  CAF_CHECK_EQUAL(page.at("/next"), first.value);
  CAF_CHECK_EQUAL(w.get(effects + "?limit=1&after=" + first.value).at("/items/0/effect_id"), second.value);
  CAF_CHECK(w.get("/v1/workspaces/other/effects", w.other).at("/items").empty());
  CAF_CHECK_EQUAL(w.get(effects + "?state=done").at("/field"), "state");
}

CAF_TEST(RULES evidence of a person settles a call and is kept with their name) {
  api_world w;
  const auto a = w.post(effects + "/lead_1-1-0/resolve", evidence());
  CAF_REQUIRE_EQUAL(a.status(), 200);
  CAF_CHECK_EQUAL(a.at("/effect_id"), "lead_1-1-0");
  CAF_CHECK_EQUAL(a.at("/outcome"), "delivered");
  auto other = evidence();
  other["outcome"] = "not_delivered";
  CAF_CHECK_EQUAL(w.post(effects + "/lead_1-2-0/resolve", other).status(), 200);
  CAF_REQUIRE_EQUAL(w.resolved.size(), 2u);
  CAF_CHECK(w.resolved[0].second && !w.resolved[1].second);
  CAF_CHECK_NOT_EQUAL(w.audited().find("key-admin:effect_evidence:lead_1-1-0: it is in the provider's log"),
                      std::string::npos);
}

CAF_TEST(an effect that is not unknown is not resolved) {
  api_world w;
  const auto path = effects + "/lead_1-1-0/resolve";
  CAF_CHECK_EQUAL(w.post(path, {{"outcome", "delivered"}}).at("/field"), "/evidence");
  CAF_CHECK_EQUAL(w.post(path, {{"outcome", "lost"}, {"evidence", "x"}}).at("/field"), "/outcome");
  CAF_CHECK_EQUAL(w.ask("POST", path, evidence(), {}, w.setter).status(), 403);
  w.refuse_resolve = errc::not_found;
  CAF_CHECK_EQUAL(w.post(path, evidence()).status(), 404);
  w.refuse_resolve = errc::conflict;
  CAF_CHECK_EQUAL(w.post(path, evidence()).status(), 409);
  CAF_CHECK_EQUAL(w.audited().find("effect_evidence"), std::string::npos);
}
