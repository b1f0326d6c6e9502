#include "persistence/codec/codec.hpp"
#include "tests/unit/support/household.hpp"

#define CAF_SUITE merge
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::testing;

namespace {

/// Ana and Bea, both enrolled in `spring`, both with their first email sent.
struct two_leads : household {
  two_leads() {
    for (const auto* name : {"lead_ana", "lead_bea"}) {
      move_in(name);
      enrol(name);
      of(name).accept_all();
    }
  }
  ~two_leads() {
    for (const auto& b : broken()) CAF_ERROR(b);
  }
  const lead_state& ana() { return state("lead_ana"); }
  const lead_state& bea() { return state("lead_bea"); }
  void merge() { household::merge("lead_ana", "lead_bea"); }
  void unmerge() { household::unmerge("lead_ana", "lead_bea"); }
};

bool has_key(const lead_state& s, key_kind kind, const std::string& value) {
  return std::ranges::any_of(s.keys, [&](const lead_key& k) { return k.kind == kind && k.value == value; });
}

int merges_in(const story& s) { return s.count<lead_merged>(); }

std::string refusal(const decision& d) {
  for (const auto& f : d.facts)
    if (const auto* n = std::get_if<noted>(&f); n && n->what == "refused") return n->reason;
  return {};
}

stimulus opt_out(story& s, const std::string& email) {
  auto what = s.make(unsubscribed{{}, "text"});
  what.keys = {{key_kind::email, "", email}};
  return what;
}

}  // namespace

CAF_TEST(SF-46 a merge keeps both ids and overwrites nothing) {
  two_leads h;
  h.of("lead_bea").tell(enrichment_completed{{{"firstName", "Beatrice"}, {"company", "Example"}}});
  h.merge();
  CAF_CHECK(h.bea().absorbed && h.bea().absorbed->into == lead_id{"lead_ana"});
  CAF_REQUIRE_EQUAL(h.ana().parts.size(), 1u);
  CAF_CHECK_EQUAL(h.ana().parts.front().lead, lead_id{"lead_bea"});
  CAF_CHECK_EQUAL(h.ana().fields.at("firstName"), "lead_ana");
  CAF_CHECK_EQUAL(h.ana().fields.at("company"), "Example");
  // The part keeps all that it knew.
  CAF_CHECK_EQUAL(h.bea().fields.at("firstName"), "Beatrice");
  CAF_CHECK(has_key(h.bea(), key_kind::email, "lead_bea@example.com"));
  CAF_CHECK(has_key(h.ana(), key_kind::email, "lead_ana@example.com"));
  CAF_CHECK(has_key(h.ana(), key_kind::alternate_email, "lead_bea@example.com"));
  CAF_CHECK(has_key(h.ana(), key_kind::phone, household::number_of("lead_bea")));
}

CAF_TEST(SF-45 the same merge twice leaves the same graph and one act) {
  two_leads h;
  h.merge();
  const auto before = h.ana();
  h.merge();
  CAF_CHECK_EQUAL(merges_in(h.of("lead_ana")), 1);
  CAF_CHECK_EQUAL(h.of("lead_ana").count<merge_begun>(), 1);
  CAF_CHECK_EQUAL(h.of("lead_bea").count<lead_absorbed>(), 1);
  CAF_CHECK(h.ana().parts == before.parts);
  CAF_CHECK(h.ana().keys == before.keys);
}

CAF_TEST(SF-45 asked twice before the other lead has answered it is one act as well) {
  two_leads h;
  h.tell("lead_ana", merge_asked{lead_id{"lead_bea"}, "olga", "same", {}});
  h.tell("lead_ana", merge_asked{lead_id{"lead_bea"}, "olga", "same", {}});
  h.deliver();
  CAF_CHECK_EQUAL(merges_in(h.of("lead_ana")), 1);
}

CAF_TEST(SF-46 the runs of the part end and say why) {
  two_leads h;
  h.merge();
  CAF_CHECK(h.bea().find_run(campaign_id{"spring"})->status == run_status::done);
  CAF_CHECK_EQUAL(h.bea().find_run(campaign_id{"spring"})->end_reason, "merged");
  CAF_CHECK(!next_due(h.bea()));
}

CAF_TEST(SF-46 no step of a campaign reaches the person twice because of a merge) {
  two_leads h;
  // The part is two steps ahead.
  h.of("lead_bea").pass(6min);
  CAF_CHECK_EQUAL(h.bea().find_run(campaign_id{"spring"})->cursor, 2u);
  h.merge();
  h.of("lead_ana").pass(30 * 24h);
  CAF_CHECK(h.of("lead_ana").outcomes() == (std::vector<std::string>{"sent", "skipped:reached_already", "sent"}));
  for (const auto* step : {"spring/s2", "spring/s3"}) CAF_CHECK_EQUAL(h.touches().count(step), 1u);
}

CAF_TEST(SF-46 a call of the part that is on the wire counts as arrived) {
  two_leads h;
  h.of("lead_bea").wake();
  CAF_REQUIRE_EQUAL(h.of("lead_bea").open.size(), 1u);
  const auto on_the_wire = h.of("lead_bea").open.front();
  h.merge();
  h.of("lead_ana").pass(30 * 24h);
  CAF_CHECK_EQUAL(h.of("lead_ana").outcome(1), "skipped:reached_already");
  // It arrives after all, and moves nothing.
  h.of("lead_bea").answer(on_the_wire, send_result::accepted);
  CAF_CHECK_EQUAL(h.touches().count("spring/s2"), 1u);
  CAF_CHECK(h.bea().find_run(campaign_id{"spring"})->status == run_status::done);
}

CAF_TEST(SF-46 what the lead that stays had planned and the part has sent is taken back) {
  two_leads h;
  h.of("lead_bea").pass(6min);
  h.wait(6min);
  h.of("lead_ana").tell(timer_fired{h.ana().seq});
  CAF_REQUIRE_EQUAL(h.of("lead_ana").open.size(), 1u);
  const auto planned = h.of("lead_ana").open.front();
  h.merge();
  const auto cancelled = h.of("lead_ana").asked<cancel_effect>();
  CAF_REQUIRE_EQUAL(cancelled.size(), 1u);
  CAF_CHECK_EQUAL(cancelled.front().id, planned.id);
  h.of("lead_ana").answer(planned, send_result::cancelled);
  CAF_CHECK_EQUAL(h.of("lead_ana").outcome(1), "skipped:reached_already");
}

CAF_TEST(SF-46 the person is not enrolled again where it was under the other id) {
  household h;
  h.move_in("lead_ana");
  h.move_in("lead_bea");
  h.of("lead_ana").rules = h.of("lead_bea").rules = make_policy({make_campaign("spring"), make_campaign("autumn")});
  h.enrol("lead_ana", "autumn");
  h.enrol("lead_bea", "spring");
  h.merge("lead_ana", "lead_bea");
  h.enrol("lead_ana", "spring");
  CAF_CHECK(h.state("lead_ana").find_run(campaign_id{"spring"}) == nullptr);
  // What is said to the part's id is said to the person.
  h.enrol("lead_bea", "spring");
  h.deliver();
  CAF_CHECK(h.state("lead_ana").find_run(campaign_id{"spring"}) == nullptr);
}

CAF_TEST(SF-42 what is said to a part is decided by the lead that stays) {
  two_leads h;
  h.merge();
  auto form = h.of("lead_bea").make(form_submitted{"pricing", "", {}});
  form.keys = {{key_kind::email, "", "lead_bea@example.com"}};
  const auto& d = h.tell("lead_bea", form);
  CAF_REQUIRE_EQUAL(d.facts.size(), 1u);
  CAF_CHECK_EQUAL(std::get<passed_on>(d.facts.front()).to, lead_id{"lead_ana"});
  const auto signals = h.ana().signals.size();
  h.deliver();
  CAF_CHECK_EQUAL(h.ana().signals.size(), signals + 1);
  // Nothing about the person's keys is news to it.
  CAF_CHECK_EQUAL(h.of("lead_ana").count<key_added>(), 2);
}

CAF_TEST(RULES Merge an opt-out of either unites and lasts) {
  two_leads h;
  h.tell("lead_bea", opt_out(h.of("lead_bea"), "lead_bea@example.com"));
  h.merge();
  CAF_CHECK_EQUAL(h.ana().suppressed.value_or(""), "opt_out");
  CAF_CHECK(h.ana().find_run(campaign_id{"spring"})->status == run_status::suppressed);
}

CAF_TEST(RULES Merge an opt-out received while merged stays on both whoever heard it) {
  for (const auto* heard_by : {"lead_ana", "lead_bea"}) {
    two_leads h;
    h.merge();
    h.tell(heard_by, opt_out(h.of(heard_by), std::string(heard_by) + "@example.com"));
    h.deliver();
    CAF_CHECK_EQUAL(h.ana().suppressed.value_or(""), "opt_out");
    CAF_CHECK_EQUAL(h.bea().suppressed.value_or(""), "opt_out");
    h.unmerge();
    CAF_CHECK_EQUAL(h.ana().suppressed.value_or(""), "opt_out");
    CAF_CHECK_EQUAL(h.bea().suppressed.value_or(""), "opt_out");
  }
}

CAF_TEST(RULES Merge a part whose provider says that the person opted out tells the lead that stays) {
  two_leads h;
  h.of("lead_bea").wake();
  const auto text = h.of("lead_bea").open.front();
  h.merge();
  effect_outcome o;
  o.effect = text.id;
  o.result = send_result::opted_out;
  h.tell("lead_bea", o);
  h.deliver();
  CAF_CHECK_EQUAL(h.ana().suppressed.value_or(""), "opt_out");
}

CAF_TEST(RULES Merge an opt-out that only the part brought goes with it and what it ended waits for a human) {
  two_leads h;
  h.tell("lead_bea", opt_out(h.of("lead_bea"), "lead_bea@example.com"));
  h.merge();
  h.unmerge();
  CAF_CHECK(!h.ana().suppressed);
  CAF_CHECK_EQUAL(h.bea().suppressed.value_or(""), "opt_out");
  const auto* run = h.ana().find_run(campaign_id{"spring"});
  CAF_CHECK(run->status == run_status::paused);
  CAF_CHECK(run->pauses.first() == pause_flag::by_operator);
}

CAF_TEST(RULES Merge two parts that both said no hold the lead until both are gone) {
  two_leads h;
  h.move_in("lead_cleo");
  h.enrol("lead_cleo");
  for (const auto* name : {"lead_bea", "lead_cleo"}) {
    h.tell(name, opt_out(h.of(name), std::string(name) + "@example.com"));
    h.household::merge("lead_ana", name);
  }
  h.household::unmerge("lead_ana", "lead_bea");
  CAF_CHECK(h.ana().suppressed.has_value());
  h.household::unmerge("lead_ana", "lead_cleo");
  CAF_CHECK(!h.ana().suppressed);
}

CAF_TEST(SF-34 RULES Merge open tickets of both hold the person) {
  two_leads h;
  h.of("lead_bea").tell(ticket_opened{"t-1"});
  h.merge();
  CAF_CHECK(h.ana().open_tickets == std::vector<std::string>{"t-1"});
  h.of("lead_ana").pass(24h);
  CAF_CHECK_EQUAL(h.of("lead_ana").sends, 1);
  h.unmerge();
  CAF_CHECK(h.ana().open_tickets.empty());
}

CAF_TEST(RULES Merge an unanswered reply and a handoff and a snooze hold the person) {
  two_leads h;
  h.of("lead_bea").reply();
  h.merge();
  CAF_CHECK(h.ana().unanswered_reply.has_value());
  CAF_CHECK(h.ana().find_run(campaign_id{"spring"})->pauses.has(pause_flag::unanswered_reply));
  h.unmerge();
  CAF_CHECK(!h.ana().unanswered_reply);
  CAF_CHECK(h.ana().find_run(campaign_id{"spring"})->pauses.empty());

  two_leads taken;
  taken.of("lead_bea").say(command_kind::take);
  taken.merge();
  CAF_CHECK(taken.ana().handoff.has_value());

  two_leads asleep;
  command c;
  c.what = command_kind::snooze;
  c.until = asleep.of("lead_bea").now + 48h;
  asleep.of("lead_bea").tell(c);
  asleep.merge();
  CAF_CHECK(asleep.ana().snoozed_until == asleep.bea().snoozed_until);
  asleep.unmerge();
  CAF_CHECK(!asleep.ana().snoozed);
}

CAF_TEST(RULES Merge a hot part brakes the runs of the lead that stays) {
  two_leads h;
  for (int i = 0; i < 3; ++i) {
    h.of("lead_bea").now += 1h;
    h.of("lead_bea").form("pricing");
    h.of("lead_bea").form("demo");
  }
  CAF_REQUIRE(h.bea().hot.has_value());
  h.merge();
  CAF_CHECK(h.ana().hot.has_value());
  CAF_CHECK_EQUAL(h.ana().find_run(campaign_id{"spring"})->end_reason, "suppressed_hot");
}

CAF_TEST(RULES Merge a withdrawal beats a grant whichever is later) {
  two_leads h;
  auto withdrawn = lead_upserted{};
  withdrawn.consents = {{channel::email, consent_status::withdrawn, "form", {}, h.of("lead_bea").now + 1min}};
  h.of("lead_bea").tell(withdrawn);
  auto granted = lead_upserted{};
  granted.consents = {{channel::email, consent_status::granted, "form", {}, h.of("lead_ana").now + 2h}};
  h.of("lead_ana").now += 2h;
  h.of("lead_ana").tell(granted);
  h.merge();
  const auto held = std::ranges::find(h.ana().consents, channel::email, &consent_grant::on);
  CAF_CHECK(held->status == consent_status::withdrawn);
  h.unmerge();
  const auto again = std::ranges::find(h.ana().consents, channel::email, &consent_grant::on);
  CAF_CHECK(again->status == consent_status::granted);
}

CAF_TEST(SF-46 the gap between touches counts those that the part sent) {
  two_leads h;
  for (auto& [name, s] : h.leads) s.rules.defaults.lead_gap = 12h;
  h.merge();
  h.of("lead_ana").wake();
  CAF_CHECK(h.of("lead_ana").verdict(gate::frequency).outcome == gate_outcome::wait);
}

CAF_TEST(SF-46 an undone merge restores both as they were) {
  two_leads h;
  h.of("lead_bea").tell(enrichment_completed{{{"company", "Example"}}});
  h.of("lead_bea").click();
  const auto ana = h.ana();
  const auto bea = h.bea();
  h.merge();
  h.unmerge();
  auto now = h.ana();
  CAF_CHECK(now.keys == ana.keys);
  CAF_CHECK(now.fields == ana.fields);
  CAF_CHECK(now.consents == ana.consents);
  CAF_CHECK(now.signals == ana.signals);
  CAF_CHECK(now.sent == ana.sent);
  CAF_CHECK(now.engagements == ana.engagements);
  CAF_CHECK(now.parts.empty());
  CAF_CHECK(!now.merging);
  CAF_CHECK(now.runs == ana.runs);
  CAF_CHECK(!h.bea().absorbed);
  CAF_CHECK(h.bea().keys == bea.keys);
  CAF_CHECK(h.bea().signals == bea.signals);
  // What the merge ended stands where it stood, and nobody but a human lets it go on.
  const auto* run = h.bea().find_run(campaign_id{"spring"});
  CAF_CHECK(run->status == run_status::paused);
  CAF_CHECK_EQUAL(run->cursor, bea.find_run(campaign_id{"spring"})->cursor);
  h.of("lead_bea").pass(30 * 24h);
  CAF_CHECK_EQUAL(h.of("lead_bea").sends, 1);
  h.of("lead_bea").say(command_kind::resume_run, "spring");
  h.of("lead_bea").pass(30 * 24h);
  CAF_CHECK_EQUAL(h.of("lead_bea").sends, 3);
  CAF_CHECK_EQUAL(h.touches().count("spring/s2"), 1u);
}

CAF_TEST(SF-46 what came for the person while merged stays where it was decided) {
  two_leads h;
  h.merge();
  h.of("lead_ana").form("pricing");
  h.unmerge();
  CAF_CHECK(std::ranges::any_of(h.ana().signals, [](const auto& s) { return s.about == "pricing"; }));
  CAF_CHECK(std::ranges::none_of(h.bea().signals, [](const auto& s) { return s.about == "pricing"; }));
  // From now on each decides for itself again.
  auto form = h.of("lead_bea").make(form_submitted{"demo", "", {}});
  form.keys = {{key_kind::email, "", "lead_bea@example.com"}};
  h.tell("lead_bea", form);
  CAF_CHECK(h.post.empty());
  CAF_CHECK(std::ranges::any_of(h.bea().signals, [](const auto& s) { return s.about == "demo"; }));
}

CAF_TEST(SF-46 two leads that are asked to absorb each other do not become parts of each other) {
  two_leads h;
  h.tell("lead_ana", merge_asked{lead_id{"lead_bea"}, "olga", "same", {}});
  h.tell("lead_bea", merge_asked{lead_id{"lead_ana"}, "omar", "same", {}});
  h.deliver();
  CAF_CHECK(!(h.ana().absorbed && h.bea().absorbed));
  CAF_CHECK(!h.ana().merging && !h.bea().merging);
  // Whoever asks again gets it.
  h.merge();
  CAF_CHECK(h.bea().absorbed.has_value());
}

CAF_TEST(SF-46 a chain of merges leads to one lead) {
  two_leads h;
  h.move_in("lead_cleo");
  h.enrol("lead_cleo");
  h.of("lead_cleo").accept_all();
  h.household::merge("lead_bea", "lead_cleo");
  h.of("lead_bea").pass(6min);
  h.merge();
  auto form = h.of("lead_cleo").make(form_submitted{"pricing", "", {}});
  form.keys = {{key_kind::email, "", "lead_cleo@example.com"}};
  h.tell("lead_cleo", form);
  h.deliver();
  CAF_CHECK(std::ranges::any_of(h.ana().signals, [](const auto& s) { return s.about == "pricing"; }));
  CAF_CHECK(has_key(h.ana(), key_kind::alternate_email, "lead_cleo@example.com"));
  h.tell("lead_cleo", opt_out(h.of("lead_cleo"), "lead_cleo@example.com"));
  h.deliver();
  for (const auto* name : {"lead_ana", "lead_bea", "lead_cleo"}) CAF_CHECK(h.state(name).suppressed.has_value());
}

CAF_TEST(SF-46 a part takes no orders and no second merge) {
  two_leads h;
  h.merge();
  command c;
  c.what = command_kind::take;
  CAF_CHECK_EQUAL(refusal(h.tell("lead_bea", c)), "merged_into: lead_ana");
  CAF_CHECK_EQUAL(refusal(h.tell("lead_bea", merge_asked{lead_id{"lead_ana"}, "olga", "same", {}})), "merged_into: lead_ana");
  CAF_CHECK_EQUAL(refusal(h.tell("lead_ana", merge_asked{lead_id{"lead_ana"}, "olga", "same", {}})), "same_lead");
  CAF_CHECK_EQUAL(refusal(h.tell("lead_ana", unmerge_asked{lead_id{"lead_cleo"}, "olga", "no"})), "not_merged: lead_cleo");
}

CAF_TEST(SF-48 an id of another system never merges people whose addresses differ) {
  two_leads h;
  const lead_key shop{key_kind::other, "shopify", "s-1"};
  for (const auto* name : {"lead_ana", "lead_bea"}) {
    auto s = h.of(name).make(page_viewed{"https://example.com"});
    s.keys = {shop};
    h.tell(name, s);
  }
  h.household::merge("lead_ana", "lead_bea", {shop});
  CAF_CHECK(!h.bea().absorbed);
  CAF_CHECK(h.ana().parts.empty() && !h.ana().merging);
  CAF_CHECK_EQUAL(h.of("lead_ana").last<merge_refused>()->reason, "conflicting_deterministic_keys");
  // A human's word is none of that kind.
  h.merge();
  CAF_CHECK(h.bea().absorbed.has_value());
}

CAF_TEST(SF-49 a device alone never merges two known persons) {
  household h;
  const lead_key device{key_kind::other, "device", "d-1"};
  const auto visit = [&](const std::string& name, std::vector<lead_key> keys) {
    auto s = h.of(name).make(page_viewed{"https://example.com"});
    s.keys = std::move(keys);
    h.tell(name, s);
  };
  for (const auto* name : {"lead_ana", "lead_bea", "lead_cleo"}) h.move_in(name);
  visit("lead_ana", {{key_kind::email, "", "ana@example.com"}, device});
  visit("lead_bea", {{key_kind::phone, "", "+15550100200"}, device});
  visit("lead_cleo", {device});
  h.merge("lead_ana", "lead_bea", {device});
  CAF_CHECK(h.state("lead_ana").parts.empty());
  CAF_CHECK_EQUAL(h.of("lead_ana").last<merge_refused>()->reason, "signature_alone");
  // Somebody of whom nothing else is known may be anybody's earlier visit.
  h.merge("lead_ana", "lead_cleo", {device});
  CAF_CHECK_EQUAL(h.state("lead_ana").parts.size(), 1u);
}

CAF_TEST(SF-46 a merge goes on wherever it was interrupted and every letter may be the last before a crash) {
  // Each state is what a crash would leave: the leads as they were last committed, and what waits in their inboxes.
  for (int delivered = 0; delivered < 3; ++delivered) {
    two_leads h;
    h.tell("lead_ana", merge_asked{lead_id{"lead_bea"}, "olga", "same", {}});
    for (int i = 0; i < delivered; ++i) h.deliver_one();
    for (auto& [name, s] : h.leads) {
      auto back = codec::decode_lead_state(codec::encode(s.lead));
      CAF_REQUIRE(back.has_value());
      CAF_CHECK(*back == s.lead);
      s.lead = std::move(*back);
    }
    h.deliver();
    CAF_CHECK(h.bea().absorbed.has_value());
    CAF_CHECK_EQUAL(h.ana().parts.size(), 1u);
    CAF_CHECK(!h.ana().merging);
  }
}
