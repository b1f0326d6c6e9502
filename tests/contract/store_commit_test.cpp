#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

#include "tests/contract/support/world.hpp"

#define CAF_SUITE store_commit
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::contract;
using namespace std::chrono_literals;

using answer = commit_result::what;

CAF_TEST(SF-3 no statement of a store changes or removes what is in the journal) {
  const std::regex changing(R"((update|delete\s+from|truncate|replace\s+into)\s+(only\s+)?journal\b)", std::regex::icase);
  std::size_t read = 0;
  for (const auto* store : {"sqlite", "postgres"})
    for (const auto& each : std::filesystem::directory_iterator(std::string(HEED_SOURCE_DIR) + "/persistence/" + store + "/sql")) {
      std::stringstream text;
      text << std::ifstream(each.path()).rdbuf();
      ++read;
      if (std::regex_search(text.str(), changing)) CAF_ERROR(each.path() << " changes the journal");
    }
  CAF_CHECK(read > 10);
}

CAF_TEST(SF-3 what was decided stays as it was written whatever is decided after it) {
  on_every_store([](world& w) {
    const auto ana = w.new_lead("ana@example.com").lead;
    std::vector<bytes> written;
    for (int i = 0; i < 5; ++i) {
      auto c = w.decision(ana);
      c.journal.body = "decision " + std::to_string(i);
      written.push_back(c.journal.body);
      w.commit(c);
    }
    // One of the past is refused.
    auto late = w.decision(ana);
    late.expected_version = 2;
    late.journal.seq = 3;
    late.journal.body = "another one";
    CAF_CHECK(w.commit(late).outcome == answer::conflict);
    w.reopen();
    const auto rows = must(w.read().journal(ana, 0, 10)).items;
    CAF_REQUIRE_EQUAL(rows.size(), written.size());
    for (std::size_t i = 0; i < rows.size(); ++i) CAF_CHECK(rows[i].body == written[i]);
  });
}

CAF_TEST(a decision swaps the snapshot appends the journal arms the timer and consumes its stimulus) {
  on_every_store([](world& w) {
    const auto ana = w.new_lead("ana@example.com");
    auto c = w.decision(ana.lead);
    c.consumed = {ana.inbox};
    c.journal.revision = 7;
    c.journal.rules_version = 3;
    c.journal.epoch = 2;
    c.journal.stimulus_key = "evt-ana@example.com";
    c.journal.body = bytes("\0sealed\xff", 8);
    c.due = w.now() + 1h;
    CAF_CHECK(w.commit(c).outcome == answer::committed);
    w.reopen();
    const auto lead = w.lead(ana.lead);
    CAF_CHECK_EQUAL(lead.version, 1u);
    CAF_CHECK_EQUAL(lead.snapshot, "state-1");
    CAF_CHECK_EQUAL(lead.chain, "link-1");
    CAF_CHECK_EQUAL(lead.rules, 3u);
    const auto rows = must(w.read().journal(ana.lead, 0, 10));
    CAF_REQUIRE_EQUAL(rows.items.size(), 1u);
    CAF_CHECK_EQUAL(rows.items[0].seq, 1u);
    CAF_CHECK_EQUAL(rows.items[0].revision, 7u);
    CAF_CHECK_EQUAL(rows.items[0].rules_version, 3u);
    CAF_CHECK_EQUAL(rows.items[0].epoch, 2u);
    CAF_CHECK_EQUAL(rows.items[0].kind, "page_viewed");
    CAF_CHECK_EQUAL(rows.items[0].stimulus_key, "evt-ana@example.com");
    CAF_CHECK(rows.items[0].body == c.journal.body);
    CAF_CHECK(rows.items[0].decided_at == c.journal.decided_at);
    const auto timers = must(w.read().timers(w.now() + 2h, std::nullopt, 10));
    CAF_REQUIRE_EQUAL(timers.size(), 1u);
    CAF_CHECK_EQUAL(timers[0].generation, 1u);
    CAF_CHECK(timers[0].due == *c.due);
    CAF_CHECK(must(w.read().pending_of(ana.lead)).empty());
    auto next = w.decision(ana.lead);
    CAF_CHECK(w.commit(next).outcome == answer::committed);
    CAF_CHECK(must(w.read().timers(w.now() + 2h, std::nullopt, 10)).empty());
  });
}

CAF_TEST(a conflict writes nothing of its lead and the others of the batch go on) {
  on_every_store([](world& w) {
    const auto ana = w.new_lead("ana@example.com");
    const auto bob = w.new_lead("bob@example.com");
    auto late = w.decision(ana.lead);
    late.effects = {w.send(ana.lead, "late")};
    late.due = w.now() + 1h;
    late.keys_added = {mail("a2@example.com")};
    late.runs = {{campaign_id("spring"), run_status::running, "", 0, std::nullopt, "", "", w.now()}};
    auto first = w.decision(ana.lead);
    first.consumed = {ana.inbox};
    auto other = w.decision(bob.lead);
    other.consumed = {bob.inbox};
    write_batch b;
    b.commits = {first, late, other};
    const auto out = w.write(b).commits;
    CAF_CHECK(out.at(0).outcome == answer::committed);
    CAF_CHECK(out.at(1).outcome == answer::conflict);
    CAF_CHECK(out.at(2).outcome == answer::committed);
    CAF_CHECK_EQUAL(w.lead(ana.lead).version, 1u);
    CAF_CHECK(must(w.read().effects_of(ana.lead)).empty());
    CAF_CHECK(!must(w.read().lead_by_key(acme, mail("a2@example.com"))).has_value());
    CAF_CHECK(must(w.read().runs(acme, {}, {})).items.empty());
    CAF_CHECK(must(w.read().timers(w.now() + 2h, std::nullopt, 10)).empty());
  });
}

CAF_TEST(two decisions of one lead in one batch follow each other) {
  on_every_store([](world& w) {
    const auto ana = w.new_lead("ana@example.com");
    auto one = w.decision(ana.lead);
    auto two = one;
    two.expected_version = 1;
    two.journal.seq = 2;
    write_batch b;
    b.commits = {one, two};
    const auto out = w.write(b).commits;
    CAF_CHECK(out.at(1).outcome == answer::committed);
    CAF_CHECK_EQUAL(w.lead(ana.lead).version, 2u);
  });
}

CAF_TEST(what was consumed before or belongs to another lead is a conflict) {
  on_every_store([](world& w) {
    const auto ana = w.new_lead("ana@example.com");
    const auto bob = w.new_lead("bob@example.com");
    auto c = w.decision(ana.lead);
    c.consumed = {ana.inbox, bob.inbox};
    CAF_CHECK(w.commit(c).outcome == answer::conflict);
    CAF_CHECK_EQUAL(must(w.read().pending(0, 10)).size(), 2u);
    c.consumed = {ana.inbox, ana.inbox};
    CAF_CHECK(w.commit(c).outcome == answer::conflict);
    c.consumed = {ana.inbox};
    CAF_CHECK(w.commit(c).outcome == answer::committed);
    auto again = w.decision(ana.lead);
    again.consumed = {ana.inbox};
    CAF_CHECK(w.commit(again).outcome == answer::conflict);
    auto nobody = w.decision(ana.lead);
    nobody.lead = lead_id("lead_none");
    CAF_CHECK(w.commit(nobody).outcome == answer::conflict);
    CAF_CHECK_EQUAL(w.lead(ana.lead).version, 1u);
  });
}

CAF_TEST(a seq that does not follow the version refuses the whole batch) {
  on_every_store([](world& w) {
    const auto ana = w.new_lead("ana@example.com");
    const auto bob = w.new_lead("bob@example.com");
    auto wrong = w.decision(bob.lead);
    wrong.journal.seq = 5;
    write_batch b;
    b.commits = {w.decision(ana.lead), wrong};
    const auto out = w.db().write(b);
    CAF_REQUIRE(!out.has_value());
    CAF_CHECK(out.error().code == errc::refused);
    CAF_CHECK_EQUAL(w.lead(ana.lead).version, 0u);
  });
}

CAF_TEST(a direct key counts as seen for the door and for later decisions) {
  on_every_store([](world& w) {
    const auto ana = w.new_lead("ana@example.com");
    auto c = w.decision(ana.lead);
    c.consumed = {ana.inbox};
    c.direct_keys = {"e2", "e3"};
    CAF_CHECK(w.commit(c).outcome == answer::committed);
    w.reopen();
    const auto seen = w.accept(w.event("e2", {mail("ana@example.com")}));
    CAF_CHECK(seen.outcome == accept_result::what::duplicate);
    CAF_CHECK_EQUAL(seen.leads.at(0).lead, ana.lead);
    for (const char* key : {"e3", "evt-ana@example.com"}) {
      auto again = w.decision(ana.lead);
      again.direct_keys = {"fresh", key};
      CAF_CHECK(w.commit(again).outcome == answer::duplicate);
    }
    CAF_CHECK_EQUAL(w.lead(ana.lead).version, 1u);
    CAF_CHECK(w.accept(w.event("fresh", {mail("ana@example.com")})).outcome == accept_result::what::accepted);
  });
}

CAF_TEST(keys are added and one that another lead holds is named) {
  on_every_store([](world& w) {
    const auto ana = w.new_lead("ana@example.com");
    const auto bob = w.new_lead("bob@example.com");
    auto c = w.decision(ana.lead);
    c.keys_added = {phone("+15550100"), mail("bob@example.com"), mail("ana@example.com")};
    const auto out = w.commit(c);
    CAF_CHECK(out.outcome == answer::committed);
    CAF_REQUIRE_EQUAL(out.key_conflicts.size(), 1u);
    CAF_CHECK(out.key_conflicts[0].first == mail("bob@example.com"));
    CAF_CHECK_EQUAL(out.key_conflicts[0].second, bob.lead);
    CAF_CHECK_EQUAL(by_value(must(w.read().lead_by_key(acme, phone("+15550100"))).value().lead), ana.lead);
    CAF_CHECK_EQUAL(by_value(must(w.read().lead_by_key(acme, mail("bob@example.com"))).value().lead),
                    bob.lead);
  });
}

CAF_TEST(timers come earliest first in pages) {
  on_every_store([](world& w) {
    const auto base = w.now() + 1h;
    for (int i = 0; i < 7; ++i) {
      const auto lead = w.new_lead(std::to_string(i) + "@example.com").lead;
      auto c = w.decision(lead);
      c.due = base + std::chrono::minutes((7 - i) / 2);
      w.commit(c);
    }
    std::vector<timer_row> all;
    std::optional<timer_row> after;
    for (;;) {
      const auto part = must(w.read().timers(base + 3min, after, 2));
      if (part.empty()) break;
      all.insert(all.end(), part.begin(), part.end());
      after = part.back();
    }
    CAF_CHECK_EQUAL(all.size(), 5u);  // due strictly before the bound
    CAF_CHECK(
        std::is_sorted(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.due < b.due; }));
  });
}

CAF_TEST(SS-6 projections are what the last decision said and history only grows) {
  on_every_store([](world& w) {
    const auto ana = w.new_lead("ana@example.com").lead;
    auto c = w.decision(ana);
    const auto at = w.now();
    run_row r{campaign_id("spring"), run_status::running, "", 1, at + 1h,
              "https://example.com", "calendar",          at};
    c.runs = {r};
    c.history = {{campaign_id("spring"), 0, step_id("hello"), channel::email, step_outcome::sent, "ok", at}};
    c.actions = {{"sender.suppressed_hot", campaign_id("spring"), "d1", 22, 21, at}};
    c.messages = {{false, channel::email, "e1", "p1", "sealed", at},
                  {true, channel::sms, "", "p2", "sealed2", at}};
    c.report = {{campaign_id("spring"), "sent", "", at},
                {campaign_id("spring"), "sent", "", at},
                {campaign_id("spring"), "suppressed", "hot", at}};
    w.commit(c);
    auto next = w.decision(ana);
    r.status = run_status::suppressed;
    r.reason = "suppressed_hot";
    r.next_at = std::nullopt;
    next.runs = {r};
    next.history = {
        {campaign_id("spring"), 1, step_id("nudge"), channel::sms, step_outcome::skipped, "guard", at}};
    w.commit(next);
    w.reopen();
    const auto runs = must(w.read().runs(acme, {run_status::suppressed, "spring", ana.value}, {})).items;
    CAF_REQUIRE_EQUAL(runs.size(), 1u);
    CAF_CHECK_EQUAL(runs[0].run.reason, "suppressed_hot");
    CAF_CHECK(!runs[0].run.next_at.has_value());
    CAF_CHECK_EQUAL(runs[0].lead, ana);
    CAF_CHECK(must(w.read().runs(acme, {run_status::running, "", ""}, {})).items.empty());
    CAF_CHECK_EQUAL(by_value(must(w.read().run_counts(acme, "spring"))[run_status::suppressed]), 1u);
    const auto history = must(w.read().history(ana, campaign_id("spring")));
    CAF_REQUIRE_EQUAL(history.size(), 2u);
    CAF_CHECK(history[1].outcome == step_outcome::skipped);
    CAF_CHECK(history[1].on == channel::sms);
    const auto actions = must(w.read().audience_actions(acme, ana.value, "spring", {})).items;
    CAF_REQUIRE_EQUAL(actions.size(), 1u);
    CAF_CHECK_EQUAL(actions[0].action.score, 22);
    const auto messages = must(w.read().messages(ana, 1));
    CAF_REQUIRE_EQUAL(messages.size(), 1u);
    CAF_CHECK(messages[0].inbound);
    const auto report = must(w.read().report(acme, "spring", at, at + 1s));
    CAF_REQUIRE_EQUAL(report.size(), 2u);
    CAF_CHECK_EQUAL(report[0].what, "sent");
    CAF_CHECK_EQUAL(report[0].count, 2u);
    CAF_CHECK(must(w.read().report(acme, "spring", at + 1s, at + 2s)).empty());
  });
}

CAF_TEST(what was not sent is listed newest first from ended runs and passed steps alike) {
  using kind = restraint_filter::kind;
  on_every_store([](world& w) {
    const auto ana = w.new_lead("ana@example.com").lead;
    const auto bob = w.new_lead("bob@example.com").lead;
    const campaign_id spring("spring"), autumn("autumn");
    const auto at = w.now();
    auto first = w.decision(ana);
    first.history = {{spring, 0, step_id("hello"), channel::email, step_outcome::sent, "", at},
                     {spring, 1, step_id("nudge"), channel::sms, step_outcome::skipped, "no_consent", at + 1s},
                     {autumn, 0, step_id("hi"), channel::email, step_outcome::blocked, "refused", at + 3s}};
    first.actions = {{"sender.suppressed_hot", spring, "d1", 22, 21, at + 2s}};
    w.commit(first);
    auto second = w.decision(bob);
    // Of the same instant as the blocked step.
    second.actions = {{"sender.suppressed_opt_out", spring, "d2", 3, 21, at + 3s}};
    w.commit(second);
    w.reopen();
    std::vector<std::string> seen;
    page p{1, ""};
    do {
      const auto part = must(w.read().restraints(acme, {}, p));
      for (const auto& each : part.items)
        seen.push_back(each.what + " " + each.step.value);
      p.after = part.next;
    } while (!p.after.empty());
    CAF_CHECK_EQUAL(seen, (std::vector<std::string>{"blocked hi", "sender.suppressed_opt_out ", "sender.suppressed_hot ", "skipped nudge"}));
    const auto rows = must(w.read().restraints(acme, {kind::any, "spring"}, {})).items;
    CAF_REQUIRE_EQUAL(rows.size(), 3u);
    CAF_CHECK_EQUAL(rows[0].lead, bob);
    CAF_CHECK_EQUAL(rows[1].decision_id, "d1");
    CAF_CHECK_EQUAL(rows[1].score, 22);
    CAF_CHECK(!rows[1].on.has_value());
    CAF_CHECK(rows[2].on == channel::sms);
    CAF_CHECK_EQUAL(rows[2].reason, "no_consent");
    CAF_CHECK(rows[2].at == at + 1s);
    for (const auto what : {kind::run_ended, kind::skipped, kind::blocked})
      CAF_CHECK_EQUAL(must(w.read().restraints(acme, {what, ""}, {})).items.size(), what == kind::run_ended ? 2u : 1u);
    CAF_CHECK(must(w.read().restraints(workspace_id("other"), {}, {})).items.empty());
    CAF_CHECK(w.read().restraints(acme, {}, {5, "1.x.2"}).error().code == errc::refused);
  });
}

CAF_TEST(listings page to the end without gap or repetition) {
  on_every_store([](world& w) {
    for (int i = 0; i < 5; ++i) {
      auto c = w.decision(w.new_lead(std::to_string(i) + "@example.com").lead);
      c.runs = {{campaign_id("spring"), run_status::running, "", 0, std::nullopt, "", "", w.now()}};
      w.commit(c);
    }
    std::set<std::string> seen;
    page p{2, ""};
    int pages = 0;
    do {
      const auto part = must(w.read().runs(acme, {}, p));
      for (const auto& each : part.items)
        CAF_CHECK(seen.insert(each.lead.value).second);
      p.after = part.next;
      ++pages;
    } while (!p.after.empty());
    CAF_CHECK_EQUAL(seen.size(), 5u);
    CAF_CHECK_EQUAL(pages, 3);
    const auto first = must(w.read().all_leads(acme, {5, ""}));
    CAF_CHECK_EQUAL(first.items.size(), 5u);
    CAF_CHECK(first.next.empty());
    CAF_CHECK(w.read().all_leads(acme, {5, "x"}).error().code == errc::refused);
  });
}
