#include <sstream>

#include "actors/lead/timing/population_json.hpp"
#include "actors/provider/stored_arrivals.hpp"
#include "persistence/codec/codec.hpp"
#include "runtime/commands/timing_state.hpp"
#include "runtime/learned_priors.hpp"
#include "tests/unit/support/api_world.hpp"

#define CAF_SUITE timing_state
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::tests;
using namespace std::chrono_literals;

namespace {

const workspace_id acme{"acme"};
const account_id mail{"mail"};

template <class T>
T must(result<T> r) {
  if (!r) throw std::runtime_error(r.error().detail);
  return std::move(*r);
}
std::unique_ptr<store_reader> reading(api_world& w) { return must(w.db().reader()); }

/// Reads at nine in the evening, as of the world's own days.
void reads(api_world& w, const std::string& lead, int days) {
  const auto midnight = std::chrono::floor<std::chrono::days>(w.domain_now);
  for (int day = 1; day <= days; ++day) {
    const auto at = midnight - std::chrono::days(day) + 21h + std::chrono::minutes(day % 7);
    const json event{{"id", lead + std::to_string(day)},   {"kind", "message_opened"}, {"occurred_at", to_iso(at)},
                     {"mode", "backfill"}, {"channel", "email"}, {"lead", {{"email", lead + "@example.com"}}}};
    const auto a = w.post(api_world::ws + "/events", event);
    if (a.status() >= 300) throw std::runtime_error(a.raw.body);
  }
}

struct people_world : api_world {
  explicit people_world(int people, int days = 30) {
    for (int i = 0; i < people; ++i) {
      enrol("p" + std::to_string(i));
      reads(*this, "p" + std::to_string(i), days);
    }
  }
};

std::string exported(api_world& w) {
  std::stringstream out;
  auto done = commands::export_timing(*reading(w), acme, w.domain_now, out);
  if (!done) throw std::runtime_error(done.error().detail);
  return out.str();
}
result<commands::timing_imported> imported(api_world& w, const std::string& text) {
  std::stringstream in(text);
  return commands::import_timing(w.db(), acme, w.domain_now, in);
}

}  // namespace

CAF_TEST(SF-17 few people teach nothing and many teach a version that is read back to the bit) {
  people_world few(3);
  CAF_CHECK(!must(learn_anew(*reading(few), acme, few.domain_now)).has_value());
  const auto none = must(latest_priors(*reading(few), acme));
  CAF_CHECK_EQUAL(none.version, 0u);

  people_world w(12);
  const auto made = must(learn_anew(*reading(w), acme, w.domain_now));
  CAF_REQUIRE(made.has_value());
  CAF_CHECK_EQUAL(must(keep_priors(w.db(), acme, made->known, made->engagements, w.domain_now)), 1u);
  const auto kept = must(latest_priors(*reading(w), acme));
  CAF_CHECK_EQUAL(kept.version, 1u);
  CAF_CHECK(timing::to_json(*kept.known) == timing::to_json(made->known));
  CAF_CHECK(kept.known->workspace.shape == made->known.workspace.shape);
  CAF_CHECK(kept.known->priors == made->known.priors);
  // Equal stores teach equally.
  CAF_CHECK(timing::to_json(must(learn_anew(*reading(w), acme, w.domain_now + 1min)).value_or(*made).known) == timing::to_json(made->known));
}

CAF_TEST(SF-16 what was learned is learned again after a day and when there is a tenth more) {
  people_world w(12);
  const auto made = must(learn_anew(*reading(w), acme, w.domain_now)).value();
  must(keep_priors(w.db(), acme, made.known, made.engagements, w.domain_now));
  CAF_CHECK(!must(learn_anew(*reading(w), acme, w.domain_now + 25h)).has_value());
  w.enrol("new1"), w.enrol("new2");
  reads(w, "new1", 40), reads(w, "new2", 40);
  CAF_CHECK(!must(learn_anew(*reading(w), acme, w.domain_now + 1h)).has_value());
  CAF_CHECK(must(learn_anew(*reading(w), acme, w.domain_now + 25h)).has_value());
}

// Decisions name their version and are made again with it: one that was kept, by whomever, stays what it was.
CAF_TEST(SF-54 a version that was kept without being pointed to is passed over and not overwritten) {
  people_world w(12);
  const auto made = must(learn_anew(*reading(w), acme, w.domain_now)).value();
  CAF_REQUIRE(w.db().put_meta("priors:" + acme.value + ":1", "of another node").has_value());
  CAF_CHECK_EQUAL(must(keep_priors(w.db(), acme, made.known, made.engagements, w.domain_now)), 2u);
  const auto first = must(reading(w)->meta("priors:" + acme.value + ":1"));
  CAF_CHECK(first == bytes("of another node"));
  const auto latest = must(latest_priors(*reading(w), acme));
  CAF_CHECK_EQUAL(latest.version, 2u);
}

CAF_TEST(SF-54 a version that is missing is told and not replaced by another one) {
  people_world w(1);
  priors_library all;
  circumstances when;
  when.outlook = timing_outlook{4, {}, {}, {}};
  CAF_CHECK(!all.complete(*reading(w), acme, when).has_value());
  when.outlook->priors = 0;
  CAF_CHECK(all.complete(*reading(w), acme, when).has_value());
}

CAF_TEST(SF-52 learned state goes into one file and out of it again with priors arrivals and engagements) {
  people_world here(12);
  const auto made = must(learn_anew(*reading(here), acme, here.domain_now)).value();
  must(keep_priors(here.db(), acme, made.known, made.engagements, here.domain_now));
  const std::vector<arrival_row> rows{{effect_id{"e1"}, "example.com", here.domain_now - 1h, here.domain_now - 1h + 9s}};
  CAF_REQUIRE(here.db().put_meta(imported_arrivals_name(acme, mail), encode_arrivals(rows)).has_value());
  const auto file = exported(here);
  // People are named by the hash of their address.
  CAF_CHECK_EQUAL(file.find("@example.com"), std::string::npos);

  people_world there(0);
  there.enrol("p3"), there.enrol("p4");
  const auto told = must(imported(there, file));
  CAF_CHECK_EQUAL(told.priors, 1u);
  CAF_CHECK_EQUAL(told.accounts, 1u);
  CAF_CHECK_EQUAL(told.people, 2u);
  CAF_CHECK_EQUAL(told.unknown_people, 10u);
  const auto priors = must(latest_priors(*reading(there), acme));
  CAF_CHECK(timing::to_json(*priors.known) == timing::to_json(made.known));
  CAF_CHECK(must(stored_arrivals(*reading(there), acme, mail, {}, 10)) == rows);
  // What waits at the door is their evidence, to the byte.
  const auto evidence_of = [&](const std::string& name) {
    const auto row = must(reading(here)->lead_by_key(acme, {key_kind::email, {}, name + "@example.com"}));
    return must(codec::decode_lead_state(row->snapshot)).engagements;
  };
  std::size_t found = 0;
  for (const auto& row : must(reading(there)->pending(0, 100))) {
    const auto what = must(codec::decode_stimulus(row.body));
    const auto* habits = std::get_if<habits_imported>(&what.body);
    CAF_REQUIRE(habits != nullptr);
    found += habits->engagements == evidence_of("p3") || habits->engagements == evidence_of("p4") ? 1 : 0;
  }
  CAF_CHECK_EQUAL(found, 2u);
  // Doing it again changes nothing.
  const auto again = must(imported(there, file));
  CAF_CHECK_EQUAL(again.priors, 0u);
  CAF_CHECK_EQUAL(again.people, 0u);
  CAF_CHECK_EQUAL(again.known_before, 2u);
}

CAF_TEST(SF-52 a file that is not understood is refused whole with its line) {
  people_world w(12);
  auto file = exported(w);
  const auto empty = imported(w, "");
  CAF_REQUIRE(!empty.has_value());
  CAF_CHECK(empty.error().code == errc::refused);
  const auto headless = imported(w, "{}\n");
  CAF_REQUIRE(!headless.has_value());
  CAF_CHECK(headless.error().detail.starts_with("line 1"));
  file += R"({"person":[{"kind":"email","name":"","value":"a@example.com"}],"evidence":"zz"})" "\n";
  const auto r = imported(w, file);
  CAF_REQUIRE(!r.has_value());
  CAF_CHECK(r.error().detail.find("`evidence`") != std::string::npos);
  CAF_CHECK(must(reading(w)->pending(0, 10)).empty());
}
