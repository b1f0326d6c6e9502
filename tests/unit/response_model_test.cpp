#include "runtime/forecast/response_model.hpp"

#include "actors/lead/time.hpp"

#define CAF_SUITE response_model
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::forecast;

namespace {

constexpr int crowd = 4'000;

received_message message(int person, const std::string& step = "one", channel on = channel::email) {
  received_message m;
  m.person = "lead-" + std::to_string(person) + "@example.com";
  m.campaign = "spring";
  m.step = step;
  m.on = on;
  m.ref.effect = "e" + std::to_string(person);
  m.at = parse_iso("2026-11-26T08:00:00Z").value();
  return m;
}

/// How many of a crowd did what.
std::map<reaction_kind, int> counts(const response_model& m) {
  std::map<reaction_kind, int> n;
  for (int i = 0; i < crowd; ++i)
    for (const auto& r : react(m, 1, message(i)))
      ++n[r.kind];
  return n;
}

}  // namespace

CAF_TEST(the same seed person and touch give the same reactions and others do not) {
  const auto warm = *built_in("warm");
  int differ_by_seed = 0, differ_by_step = 0;
  for (int i = 0; i < 500; ++i) {
    const auto first = react(warm, 1, message(i)), again = react(warm, 1, message(i));
    CAF_REQUIRE_EQUAL(first.size(), again.size());
    for (std::size_t n = 0; n < first.size(); ++n) {
      CAF_CHECK(first[n].kind == again[n].kind);
      CAF_CHECK(first[n].at == again[n].at);
    }
    differ_by_seed += react(warm, 2, message(i)).size() != first.size();
    differ_by_step += react(warm, 1, message(i, "two")).size() != first.size();
  }
  CAF_CHECK(differ_by_seed > 50);
  CAF_CHECK(differ_by_step > 50);
}

CAF_TEST(a crowd answers at the profile rates) {
  for (const auto name : {"cold", "warm", "keen"}) {
    const auto m = *built_in(name);
    auto n = counts(m);
    for (const auto k : {reaction_kind::hard_bounce, reaction_kind::opened, reaction_kind::clicked, reaction_kind::replied, reaction_kind::opted_out}) {
      const auto expected = m.rates.at(channel::email)[k] * crowd;
      // Six standard deviations; whoever bounced does nothing else, which is less than that.
      CAF_CHECK(std::abs(n[k] - expected) < 6 * std::sqrt(expected) + expected * 0.03);
    }
  }
}

CAF_TEST(few people give most of the interest) {
  const auto warm = *built_in("warm");
  int persons = 0, several = 0;
  for (int i = 0; i < crowd; ++i) {
    int interest = 0;
    for (const auto* step : {"one", "two", "three"})
      for (const auto& r : react(warm, 1, message(i, step)))
        interest += r.kind == reaction_kind::clicked || r.kind == reaction_kind::replied || r.kind == reaction_kind::form;
    persons += interest > 0;
    several += interest > 2;
  }
  // Were all alike, about one in fifty of those who answered would do so three times.
  CAF_CHECK(several * 12 > persons);
}

CAF_TEST(a silent crowd does nothing and a bounced message is answered by nothing) {
  const auto silent = *built_in("silent");
  auto n = counts(silent);
  CAF_CHECK_EQUAL(n[reaction_kind::delivered], crowd);
  CAF_CHECK_EQUAL(n[reaction_kind::opened], 0);
  const auto cold = *built_in("cold");
  for (int i = 0; i < crowd; ++i) {
    const auto all = react(cold, 1, message(i));
    CAF_REQUIRE(!all.empty());
    if (all.front().kind == reaction_kind::hard_bounce) CAF_CHECK_EQUAL(all.size(), 1u);
    for (const auto& r : all)
      CAF_CHECK(r.at > message(i).at);
  }
}

CAF_TEST(a channel the model does not know is delivered and not answered) {
  auto m = *built_in("keen");
  m.rates.erase(channel::whatsapp);
  const auto all = react(m, 1, message(1, "one", channel::whatsapp));
  CAF_REQUIRE_EQUAL(all.size(), 1u);
  CAF_CHECK(all.front().kind == reaction_kind::delivered);
  CAF_CHECK(!built_in("angels"));
}
