#include <random>

#include "persistence/codec/codec.hpp"
#include "tests/unit/support/lead_story.hpp"

#define CAF_SUITE decide_property
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::testing;

/// Random lives of random leads. What every decision must hold is checked by the story itself; here are the properties
/// that need more than one look. Method: every seed is printed when it fails and replays from it alone.
namespace {

using rng = std::mt19937_64;

std::size_t below(rng& r, std::size_t n) { return static_cast<std::size_t>(r() % n); }

stimulus_body random_body(story& s, rng& r) {
  auto ticket = "t" + std::to_string(below(r, 3));
  message_ref m;
  m.provider_id = below(r, 2) ? "p-lead_1-1-0" : "m" + std::to_string(below(r, 4));
  m.message_id = below(r, 2) ? "" : "<m" + std::to_string(below(r, 6)) + "@example.com>";
  command c;
  c.what = static_cast<command_kind>(below(r, 13));
  c.by = "operator";
  c.run = below(r, 4) ? "spring" : "nowhere";
  c.step = "s" + std::to_string(1 + below(r, 3));
  c.detail = below(r, 3) == 0 ? "send" : below(r, 2) ? "skip" : "end";
  c.until = s.now + std::chrono::minutes(below(r, 300));
  c.resume_runs = below(r, 2) ? std::vector<std::string>{"spring"} : std::vector<std::string>{};
  switch (below(r, 24)) {
    case 0: return reply_received{m, "ana@example.com", "Re", "text", below(r, 3) == 0, below(r, 4) == 0};
    case 1: return message_sent{m, "", ""};
    case 2: return message_delivered{m};
    case 3: return message_opened{m, false};
    case 4: return message_bounced{m, below(r, 2) ? "ana@example.com" : "", static_cast<bounce_class>(below(r, 5)), "x"};
    case 5: return below(r, 6) ? stimulus_body(page_viewed{"u"}) : stimulus_body(spam_complaint{});
    case 6: return below(r, 6) ? stimulus_body(page_viewed{"u"}) : stimulus_body(unsubscribed{m, "x"});
    case 7: case 8: return form_submitted{"f" + std::to_string(below(r, 3)), below(r, 2) ? "https://example.com/spring" : "", {{"firstName", "Ana"}}};
    case 9: return page_viewed{"https://example.com"};
    case 10: return ticket_opened{ticket};
    case 11: case 12: return ticket_closed{ticket};
    case 13: return below(r, 5) ? stimulus_body(page_viewed{"u"}) : stimulus_body(meeting_booked{"m"});
    case 14: return meeting_canceled{"m"};
    case 15: return enrichment_completed{{{"lastName", below(r, 2) ? "Ruiz" : ""}}};
    case 16: return reconsider{"policy", below(r, 12) == 0};
    case 17: return key_conflict{{key_kind::email, "", "x@example.com"}, lead_id{"lead_2"}};
    case 18: case 19: case 20: return c;
    case 21: return timer_fired{below(r, 2) ? s.lead.seq : below(r, 9)};
    default: return link_clicked{m, "https://example.com", "", ""};
  }
}

void random_step(story& s, rng& r) {
  switch (below(r, 10)) {
    case 0: s.enrol(below(r, 3) ? "spring" : "autumn"); return;
    case 1: s.pass(std::chrono::minutes(below(r, 60 * 30))); return;
    case 2: s.stops.workspace = below(r, 4) == 0; return;
    case 3: s.rules.campaigns.begin()->second.enabled = below(r, 4) != 0; return;
    case 4: case 5: {
      if (s.open.empty()) return;
      auto send = s.open[below(r, s.open.size())];
      s.answer(send, static_cast<send_result>(below(r, 12)), "x", below(r, 2) ? std::optional(s.now + 1h) : std::nullopt);
      return;
    }
    default: {
      auto st = s.make(random_body(s, r));
      if (below(r, 8) == 0) st.occurred_at -= std::chrono::hours(below(r, 200));
      if (below(r, 10) == 0) st.mode = arrival::backfill;
      if (below(r, 4)) st.campaign = campaign_id{"spring"};
      if (below(r, 2)) st.on = static_cast<channel>(below(r, 5));
      s.now += std::chrono::seconds(below(r, 600));
      st.received_at = s.now;
      s.tell(std::move(st));
    }
  }
}

story random_life(std::uint64_t seed, std::size_t steps) {
  rng r(seed);
  story s;
  s.rules.campaigns[campaign_id{"autumn"}] = make_campaign("autumn");
  s.rules.campaigns.begin()->second.sequences[0].steps[1].requires_approval = below(r, 3) == 0;
  if (below(r, 2)) s.rules.defaults.lead_gap = 1h;
  if (below(r, 2)) s.rules.defaults.handoff.to = {"sales@acme.example"};
  if (below(r, 4) == 0) make_real(s.rules);
  auto newer = make_campaign("spring").sequences[0];
  newer.version = 2;
  newer.steps.insert(newer.steps.begin() + static_cast<std::ptrdiff_t>(below(r, 4)), make_step("s4", channel::email, "2h"));
  auto published = below(r, 2 * steps);
  for (std::size_t i = 0; i < steps; ++i) {
    if (i == published) s.rules.campaigns.at(campaign_id{"spring"}).sequences.push_back(newer);
    if (below(r, 8) == 0) s.full = {"box_email"};
    random_step(s, r);
  }
  return s;
}

bytes encoded(const story& s, const decision& d) {
  codec::journal_entry e;
  e.seq = s.lead.seq + 1;
  e.answer = d;
  return codec::encode(e);
}

}  // namespace

CAF_TEST(SS-28 SS-41 RULES no random life breaks what must hold of every decision) {
  for (std::uint64_t seed = 1; seed <= 1500; ++seed) {
    auto s = random_life(seed, 60);
    for (const auto& what : s.broken) CAF_ERROR("seed " << seed << ": " << what);
    if (!s.broken.empty()) return;
  }
  CAF_CHECK(true);
}

CAF_TEST(SS-28 equal arguments give equal bytes) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    auto s = random_life(seed, 40);
    rng r(seed ^ 0x9e3779b9);
    auto st = s.make(random_body(s, r));
    circumstances c{s.now, s.stops};
    auto once = encoded(s, decide(s.lead, st, s.rules, c));
    auto copy = s.lead;
    auto rules = s.rules;
    auto twice = encoded(s, decide(copy, st, rules, c));
    if (once != twice) CAF_ERROR("seed " << seed);
  }
  CAF_CHECK(true);
}

CAF_TEST(RULES replay equals live - the fold of the facts alone gives the state) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    auto s = random_life(seed, 50);
    lead_state folded;
    folded.id = s.lead.id;
    folded.workspace = s.lead.workspace;
    for (std::size_t i = 0; i < s.decisions.size(); ++i)
      for (const auto& f : s.decisions[i].facts) apply(folded, f, i + 1, s.decided_at[i]);
    if (!(folded == s.lead)) CAF_ERROR("seed " << seed << ": the fold is another state");
    auto round = codec::decode_lead_state(codec::encode(s.lead));
    if (!round || !(*round == s.lead)) CAF_ERROR("seed " << seed << ": the snapshot does not come back");
  }
  CAF_CHECK(true);
}

CAF_TEST(RULES no claim after a brake or suppression or handoff whatever comes) {
  // Method: end a random life by each stop in turn, then let anything happen: nothing more may be planned.
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    auto s = random_life(seed, 30);
    if (seed % 2) s.tell(unsubscribed{{}, "test"});
    if (!s.lead.suppressed) continue;
    auto planned = s.sends;
    rng r(seed * 31);
    for (int i = 0; i < 40; ++i) {
      auto body = random_body(s, r);
      auto* c = std::get_if<command>(&body);
      if (c && c->what == command_kind::lift_suppression) continue;
      s.tell(std::move(body));
      s.pass(std::chrono::hours(below(r, 30)));
    }
    if (s.sends != planned) CAF_ERROR("seed " << seed << " planned " << s.sends - planned << " sends after the opt-out");
  }
  CAF_CHECK(true);
}
