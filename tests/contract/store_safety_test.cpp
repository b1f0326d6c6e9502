#include "tests/contract/support/world.hpp"

#define CAF_SUITE store_safety
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::contract;
using namespace std::chrono_literals;

namespace {

notification_row note(const std::string& key, time_point at) {
  notification_row n;
  n.key = key;
  n.what = "handoff";
  n.reason = "hot";
  n.to = "sales@acme.example";
  n.seq = 3;
  n.created_at = at;
  return n;
}

campaign_result_row came(campaign_result_row::what is, const std::string& effect, time_point at) {
  return {is, campaign_id("spring"), effect_id(effect), at};
}
constexpr auto sent = campaign_result_row::what::sent;
constexpr auto bounced = campaign_result_row::what::hard_bounce;
constexpr auto complained = campaign_result_row::what::complaint;

std::vector<std::string> found(world& w, const std::string& q, const std::string& status = "") {
  std::vector<std::string> ids;
  for (const auto& lead : must(w.read().find_leads(acme, {q, status}, {})).items)
    ids.push_back(lead.lead.value);
  return ids;
}

/// All items of a listing, page by page.
template <class Read>
auto pages(std::size_t limit, Read read) {
  decltype(must(read(page{})).items) all;
  page p{limit, ""};
  do {
    auto part = must(read(p));
    CAF_CHECK(part.items.size() <= limit);
    all.insert(all.end(), part.items.begin(), part.items.end());
    p.after = part.next;
  } while (!p.after.empty());
  return all;
}

}  // namespace

CAF_TEST(RULES a notification is written with its decision once and waits until it was delivered) {
  on_every_store([](world& w) {
    const auto ana = w.new_lead("ana@example.com").lead;
    auto c = w.decision(ana);
    c.notifications = {note("handoff-1", w.now() + 1h), note("handoff-1", w.now()),
                       note("handoff-2", w.now())};
    w.commit(c);
    auto again = w.decision(ana);
    again.notifications = {note("handoff-2", w.now() + 2h)};
    w.commit(again);
    w.reopen();
    CAF_CHECK(must(w.read().due_notifications(c.notifications[2].created_at - 1us, 10)).empty());
    auto due = must(w.read().due_notifications(w.now() + 1h, 10));
    CAF_REQUIRE_EQUAL(due.size(), 2u);
    CAF_CHECK_EQUAL(due[0].key, "handoff-2");
    CAF_CHECK_EQUAL(due[1].key, "handoff-1");
    CAF_CHECK_EQUAL(due[0].workspace, acme);
    CAF_CHECK_EQUAL(due[0].lead, ana);
    CAF_CHECK_EQUAL(due[0].what, "handoff");
    CAF_CHECK_EQUAL(due[0].reason, "hot");
    CAF_CHECK_EQUAL(due[0].to, "sales@acme.example");
    CAF_CHECK_EQUAL(due[0].seq, 3u);
    CAF_CHECK_EQUAL(due[0].attempts, 0u);
    CAF_CHECK(due[0].next_at == due[0].created_at);
    CAF_CHECK_EQUAL(must(w.read().due_notifications(w.now() + 1h, 1)).size(), 1u);
    const auto retry = w.now() + 3h;
    must(w.db().settle_notification(due[0].number, retry, "timed out"));
    must(w.db().settle_notification(due[1].number, std::nullopt, ""));
    w.reopen();
    CAF_CHECK(must(w.read().due_notifications(retry - 1us, 10)).empty());
    due = must(w.read().due_notifications(retry, 10));
    CAF_REQUIRE_EQUAL(due.size(), 1u);
    CAF_CHECK_EQUAL(due[0].key, "handoff-2");
    CAF_CHECK_EQUAL(due[0].attempts, 1u);
    CAF_CHECK_EQUAL(due[0].error, "timed out");
    CAF_CHECK(w.db().settle_notification(99, std::nullopt, "").error().code == errc::not_found);
  });
}

CAF_TEST(a decision that is in conflict notifies nobody) {
  on_every_store([](world& w) {
    const auto ana = w.new_lead("ana@example.com").lead;
    auto late = w.decision(ana);
    w.commit(w.decision(ana));
    late.notifications = {note("n", w.now())};
    late.handoffs = {{1, "hot", "heed", w.now(), "", {}, {}, ""}};
    late.results = {came(sent, "e", w.now())};
    CAF_CHECK(w.commit(late).outcome == commit_result::what::conflict);
    CAF_CHECK(must(w.read().due_notifications(w.now() + 1h, 10)).empty());
    CAF_CHECK(must(w.read().handoffs(acme, false, {})).items.empty());
    CAF_CHECK_EQUAL(must(w.read().sends_of(acme, campaign_id("spring"), {}, 10)).sends, 0u);
  });
}

CAF_TEST(RULES handoffs are listed newest first and leave the open ones when somebody saw them) {
  on_every_store([](world& w) {
    std::vector<lead_id> leads;
    for (int i = 0; i < 5; ++i) {
      leads.push_back(w.new_lead(std::to_string(i) + "@example.com").lead);
      auto c = w.decision(leads.back());
      c.handoffs = {{1, "hot", "heed", w.now(), "", std::nullopt, std::nullopt, ""}};
      w.commit(c);
    }
    const auto all = [&](bool open) {
      return pages(2, [&](const page& p) { return w.read().handoffs(acme, open, p); });
    };
    CAF_REQUIRE_EQUAL(all(true).size(), 5u);
    for (std::size_t i = 0; i < 5; ++i)
      CAF_CHECK_EQUAL(by_value(all(false).at(i).lead), leads.at(4 - i));
    auto seen = w.decision(leads[1]);
    seen.handoffs = {{1, "hot", "heed", w.now(), "key:ann", w.now(), std::nullopt, ""}};
    w.commit(seen);
    auto over = w.decision(leads[3]);
    over.handoffs = {{1, "hot", "heed", w.now(), "", std::nullopt, w.now(), "key:bo"},
                     {2, "reply", "heed", w.now(), "", std::nullopt, std::nullopt, ""}};
    w.commit(over);
    w.reopen();
    const auto open = all(true);
    CAF_REQUIRE_EQUAL(open.size(), 4u);
    CAF_CHECK_EQUAL(open[0].lead, leads[3]);
    CAF_CHECK_EQUAL(open[0].handoff.episode, 2u);
    CAF_CHECK_EQUAL(open[0].handoff.reason, "reply");
    CAF_CHECK_EQUAL(open[1].lead, leads[4]);
    const auto every = all(false);
    CAF_REQUIRE_EQUAL(every.size(), 6u);
    // A change keeps an episode's place.
    CAF_CHECK_EQUAL(every[4].lead, leads[1]);
    CAF_CHECK_EQUAL(every[4].handoff.acknowledged_by, "key:ann");
    CAF_CHECK(every[4].handoff.acknowledged_at.has_value());
    CAF_CHECK(!every[4].handoff.ended_at.has_value());
    CAF_CHECK_EQUAL(every[2].handoff.ended_by, "key:bo");
    CAF_CHECK(every[2].handoff.ended_at.has_value());
    CAF_CHECK(must(w.read().handoffs(workspace_id("other"), false, {})).items.empty());
  });
}

CAF_TEST(4R-74 the latest sends of a campaign are counted with what came of exactly these) {
  on_every_store([](world& w) {
  const auto ana = w.new_lead("ana@example.com").lead;
  const auto start = w.now();
  auto c = w.decision(ana);
  for (int i = 1; i <= 6; ++i)
    c.results.push_back(came(sent, "e" + std::to_string(i), start + std::chrono::seconds(i)));
  c.results.push_back(came(sent, "e6", start + 9s));
  c.results.push_back(came(bounced, "e1", start + 7s));
  c.results.push_back(came(bounced, "e5", start + 7s));
  c.results.push_back(came(complained, "e6", start + 7s));
  c.results.push_back(came(bounced, "never-sent", start + 7s));
  c.results.push_back({sent, campaign_id("autumn"), effect_id("a1"), start + 8s});
  w.commit(c);
  auto later = w.decision(ana);
  later.results = {came(bounced, "e5", start + 20s), came(complained, "e5", start + 21s)};
  w.commit(later);
  w.reopen();
  const auto window = [&](time_point since, std::size_t most) {
    const auto n = must(w.read().sends_of(acme, campaign_id("spring"), since, most));
    return std::vector<std::uint64_t>{n.sends, n.hard_bounces, n.complaints};
  };
  using counts = std::vector<std::uint64_t>;
  CAF_CHECK(window({}, 200) == (counts{6, 2, 2}));
  CAF_CHECK(window({}, 5) == (counts{5, 1, 2}));
  CAF_CHECK(window({}, 1) == (counts{1, 0, 1}));
  CAF_CHECK(window(start + 5s, 200) == (counts{1, 0, 1}));
  CAF_CHECK(window(start + 6s, 200) == (counts{0, 0, 0}));
  CAF_CHECK_EQUAL(must(w.read().sends_of(workspace_id("other"), campaign_id("spring"), {}, 9)).sends, 0u);
  });
}

CAF_TEST(leads are found by a part of any key by their id and by how they stand) {
  on_every_store([](world& w) {
  const auto ana =
      w.accept(w.event("a", {mail("ana@example.com"), phone("+15550100"), {key_kind::other, "crm", "C%42"}}))
          .leads.at(0)
          .lead;
  const auto bob = w.new_lead("bob@example.com").lead;
  const auto cyd = w.new_lead("cyd@example.org").lead;
  using ids = std::vector<std::string>;
  CAF_CHECK(found(w, "EXAMPLE.com") == (ids{ana.value, bob.value}));
  CAF_CHECK(found(w, "5550100") == ids{ana.value});
  CAF_CHECK(found(w, "c%4") == ids{ana.value});
  CAF_CHECK(found(w, "c%2").empty());
  CAF_CHECK(found(w, bob.value) == ids{bob.value});
  CAF_CHECK(found(w, bob.value.substr(0, 5)).empty());
  CAF_CHECK(found(w, "").size() == 3);

  auto runs = w.decision(ana);
  runs.runs = {{campaign_id("spring"), run_status::paused, "", 0, std::nullopt, "", "", w.now()},
               {campaign_id("autumn"), run_status::suppressed, "", 0, std::nullopt, "", "", w.now()}};
  runs.handed_off = true;
  w.commit(runs);
  auto out = w.decision(bob);
  out.person_suppressed = "opt_out";
  w.commit(out);
  must(w.db().bury(must(w.read().pending_of(cyd)).at(0).inbox, "poison", w.now()));
  w.reopen();
  CAF_CHECK(found(w, "", "paused") == ids{ana.value});
  CAF_CHECK(found(w, "", "suppressed") == (ids{ana.value, bob.value}));
  CAF_CHECK(found(w, "", "running").empty());
  CAF_CHECK(found(w, "", "handed_off") == ids{ana.value});
  CAF_CHECK(found(w, "", "poisoned") == ids{cyd.value});
  CAF_CHECK(found(w, "bob", "suppressed") == ids{bob.value});
  CAF_CHECK(found(w, "cyd", "suppressed").empty());
  CAF_CHECK(w.read().find_leads(acme, {"", "happy"}, {}).error().code == errc::refused);
  CAF_CHECK(must(w.read().find_leads(workspace_id("other"), {"ana", ""}, {})).items.empty());
  const auto paged = pages(1, [&](const page& p) {
    return w.read().find_leads(acme, {"example.com", ""}, p);
  });
  CAF_REQUIRE_EQUAL(paged.size(), 2u);
  CAF_CHECK_EQUAL(paged[0].lead, ana);
  CAF_CHECK_EQUAL(paged[0].version, 1u);
  CAF_CHECK_EQUAL(paged[1].lead, bob);
  });
}

CAF_TEST(ZRG-194 what was ignored is listed newest first and the oldest give way) {
  on_every_store([](world& w) {
    const auto note = [&](const std::string& ws, const std::string& type) {
      return ignored_row{0, workspace_id(ws), "resend", type, "not_subscribed", w.now()};
    };
    must(w.db().note_ignored(std::vector{note("acme", "1"), note("other", "x"), note("acme", "2")}, 3));
    must(w.db().note_ignored(std::vector{note("acme", "3"), note("acme", "4"), note("acme", "5")}, 3));
    w.reopen();
    const auto rows = pages(2, [&](const page& p) { return w.read().ignored(acme, p); });
    CAF_REQUIRE_EQUAL(rows.size(), 3u);
    CAF_CHECK_EQUAL(rows[0].type, "5");
    CAF_CHECK_EQUAL(rows[1].type, "4");
    CAF_CHECK_EQUAL(rows[2].type, "3");
    CAF_CHECK_EQUAL(rows[0].provider, "resend");
    CAF_CHECK_EQUAL(rows[0].reason, "not_subscribed");
    CAF_CHECK_EQUAL(must(w.read().ignored(workspace_id("other"), {})).items.size(), 1u);
    CAF_CHECK(w.read().ignored(acme, {2, "x"}).error().code == errc::refused);
  });
}

CAF_TEST(an alert comes with the notifications that carry it or not at all) {
  on_every_store([](world& w) {
    for (int i = 1; i <= 3; ++i) {
      auto n = note("alert-" + std::to_string(i), w.now());
      n.workspace = acme;
      n.what = "alert";
      must(w.db().add_alert({0, acme, "tripwire", "campaign:spring", std::to_string(i), w.now()},
                            std::vector{n}));
    }
    auto wrong = note("alert-4", w.now());
    wrong.workspace = acme;
    wrong.lead = lead_id("lead_none");
    CAF_CHECK(w.db()
                  .add_alert({0, acme, "tripwire", "campaign:spring", "4", w.now()}, std::vector{wrong})
                  .error()
                  .code == errc::not_found);
    w.reopen();
    const auto rows = pages(2, [&](const page& p) { return w.read().alerts(acme, p); });
    CAF_REQUIRE_EQUAL(rows.size(), 3u);
    CAF_CHECK_EQUAL(rows[0].detail, "3");
    CAF_CHECK_EQUAL(rows[2].detail, "1");
    CAF_CHECK_EQUAL(rows[0].what, "tripwire");
    CAF_CHECK_EQUAL(rows[0].subject, "campaign:spring");
    CAF_CHECK(rows[0].number > rows[1].number);
    CAF_CHECK(must(w.read().alerts(workspace_id("other"), {})).items.empty());
    const auto due = must(w.read().due_notifications(w.now(), 10));
    CAF_REQUIRE_EQUAL(due.size(), 3u);
    CAF_CHECK(due[0].lead.empty());
    CAF_CHECK_EQUAL(due[0].workspace, acme);
  });
}

CAF_TEST(an account set up over the API is kept sealed as it was last put) {
  on_every_store([](world& w) {
    CAF_CHECK(must(w.read().account_configs()).empty());
    must(w.db().put_account_config({acme, account_id("mail"), bytes("\0one", 4), w.now()}));
    must(w.db().put_account_config({acme, account_id("mail"), bytes("\0two", 4), w.tick()}));
    must(w.db().put_account_config({workspace_id("other"), account_id("mail"), "three", w.now()}));
    w.reopen();
    const auto rows = must(w.read().account_configs());
    CAF_REQUIRE_EQUAL(rows.size(), 2u);
    CAF_CHECK_EQUAL(rows[0].workspace, acme);
    CAF_CHECK_EQUAL(rows[0].account, account_id("mail"));
    CAF_CHECK(rows[0].sealed == bytes("\0two", 4));
  });
}

CAF_TEST(SF-23 SF-26 a send keeps its account and domain and when it arrived first and is listed by its account newest first) {
  on_every_store([](world& w) {
    using what = campaign_result_row::what;
    const auto ana = w.new_lead("ana@example.com").lead;
    const account_id mail("mail-1"), other("mail-2");
    const auto start = w.now();
    const auto sent_by = [&](const std::string& effect, const account_id& by, std::optional<time_point> handed_over) {
      return campaign_result_row{what::sent, campaign_id("spring"), effect_id(effect), start + 9s, by, "example.com", handed_over};
    };
    auto c = w.decision(ana);
    c.results = {sent_by("e1", mail, start + 1s), sent_by("e2", mail, start + 2s), sent_by("e3", other, start + 3s),
                 sent_by("e4", mail, std::nullopt),
                 // In the same decision, of a message whose receipt came before its answer.
                 {what::delivered, {}, effect_id("e2"), start + 5s}};
    w.commit(c);
    auto later = w.decision(ana);
    later.results = {{what::delivered, {}, effect_id("e2"), start + 50s}, {what::delivered, {}, effect_id("e2"), start + 4s},
                     {what::delivered, {}, effect_id("never-sent"), start + 6s}, {what::hard_bounce, {}, effect_id("e1"), start + 6s}};
    w.commit(later);
    w.reopen();
    const auto rows = must(w.read().arrivals_of(acme, mail, {}, 10));
    CAF_REQUIRE_EQUAL(rows.size(), 2u);
    CAF_CHECK(rows[0] == (arrival_row{effect_id("e2"), "example.com", start + 2s, start + 4s}));
    CAF_CHECK(rows[1] == (arrival_row{effect_id("e1"), "example.com", start + 1s, std::nullopt}));
    const auto newest = must(w.read().arrivals_of(acme, mail, {}, 1));
    CAF_CHECK_EQUAL(newest.front().effect.value, "e2");
    const auto later_ones = must(w.read().arrivals_of(acme, mail, start + 1s, 10));
    CAF_CHECK_EQUAL(later_ones.size(), 1u);
    CAF_CHECK(must(w.read().arrivals_of(workspace_id("other"), mail, {}, 10)).empty());
    // What harms still counts, and what arrives is no harm.
    const auto sends = must(w.read().sends_of(acme, campaign_id("spring"), {}, 10));
    CAF_CHECK_EQUAL(sends.hard_bounces, 1u);
  });
}
