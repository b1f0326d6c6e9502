#include <set>

#include "persistence/codec/codec.hpp"
#include "tests/contract/support/world.hpp"

#define CAF_SUITE store_suppressions
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::contract;

namespace {

using claimed = claim_result::what;

suppression_row entry(world& w, const lead_key& key, const std::string& scope = "person") {
  return {acme, codec::address_hash(acme, key), scope, {}, "opt_out", "mailchimp 2026", w.now()};
}

std::uint64_t import(world& w, std::vector<suppression_row> rows) {
  return must(w.db().add_suppressions(rows));
}

std::uint64_t lift(world& w, const lead_key& key) {
  return must(w.db().lift_suppression(acme, codec::address_hash(acme, key),
                                      {acme, "key:ops", "suppression.lift", "consent by phone", w.now()}));
}

std::vector<suppression_row> listed(world& w, const lead_key& key) {
  return must(w.read().suppressions_of(acme, codec::address_hash(acme, key)));
}

/// The stimuli that wait for a lead, in the order in which it will decide them.
std::vector<stimulus> waiting(world& w, const lead_id& lead) {
  std::vector<stimulus> all;
  for (const auto& row : must(w.read().pending_of(lead)))
    all.push_back(must(codec::decode_stimulus(row.body)));
  return all;
}

/// One decision that consumes all that waits for the lead.
lead_commit decide_all(world& w, const lead_id& lead) {
  auto c = w.decision(lead);
  for (const auto& row : must(w.read().pending_of(lead)))
    c.consumed.push_back(row.inbox);
  return c;
}

bool is_person_notice(const stimulus& s) {
  const auto* u = std::get_if<unsubscribed>(&s.body);
  return u != nullptr && u->via == "suppression_list" && s.source == "store" && s.keys.empty();
}

}  // namespace

CAF_TEST(RULES an imported list is kept whole or not at all and what is there stays as it is) {
  on_every_store([](world& w) {
    const auto ana = entry(w, mail("ana@example.com"));
    const auto bob = entry(w, mail("bob@example.com"), "address");
    CAF_CHECK_EQUAL(import(w, {ana, bob, ana}), 2u);
    auto other = ana;
    other.reason = "complaint";
    CAF_CHECK_EQUAL(import(w, {other, entry(w, phone("+15550100"))}), 1u);
    auto bad = entry(w, mail("cyd@example.com"));
    bad.scope = "everything";
    const std::vector<suppression_row> half{entry(w, mail("dan@example.com")), bad};
    CAF_CHECK(w.db().add_suppressions(half).error().code == errc::refused);
    bad.scope = "person";
    bad.lead = lead_id("lead_none");
    CAF_CHECK(w.db().add_suppressions(std::vector{half[0], bad}).error().code == errc::not_found);
    w.reopen();
    CAF_CHECK_EQUAL(must(w.read().suppressions(acme, {})).items.size(), 3u);
    const auto kept = listed(w, mail("ana@example.com"));
    CAF_REQUIRE_EQUAL(kept.size(), 1u);
    CAF_CHECK_EQUAL(kept[0].reason, "opt_out");
    CAF_CHECK_EQUAL(kept[0].source, "mailchimp 2026");
    CAF_CHECK_EQUAL(kept[0].scope, "person");
    CAF_CHECK(kept[0].at == ana.at);
    CAF_CHECK(kept[0].lead.empty());
    CAF_CHECK(must(w.read().suppressions(workspace_id("other"), {})).items.empty());
  });
}

CAF_TEST(RULES the list pages to its end without gap or repetition and names the leads it knows) {
  on_every_store([](world& w) {
    for (int i = 0; i < 5; ++i)
      import(w, {entry(w, mail(std::to_string(i) + "@example.com"))});
    const auto ana = w.new_lead("ana@example.com").lead;
    auto c = w.decision(ana);
    c.person_suppressed = "complaint";
    c.addresses_suppressed = {{mail("ana@example.com"), "bounce"}};
    w.commit(c);
    std::set<std::string> seen;
    std::size_t of_ana = 0;
    page p{2, ""};
    int pages = 0;
    do {
      const auto part = must(w.read().suppressions(acme, p));
      for (const auto& row : part.items) {
        CAF_CHECK(seen.insert(row.hash + row.scope + row.lead.value).second);
        if (row.lead == ana) ++of_ana;
      }
      p.after = part.next;
      ++pages;
    } while (!p.after.empty() && pages < 10);
    CAF_CHECK_EQUAL(seen.size(), 7u);
    CAF_CHECK_EQUAL(of_ana, 2u);
    CAF_CHECK_EQUAL(pages, 4);
    CAF_CHECK_EQUAL(listed(w, mail("ana@example.com")).size(), 2u);
    for (const auto* wrong : {"7", "a.b", "hash.person.x"})
      CAF_CHECK(w.read().suppressions(acme, {2, wrong}).error().code == errc::refused);
  });
}

CAF_TEST(RULES lifting is audited frees the address and leaves what leads said themselves) {
  on_every_store([](world& w) {
    const auto ana = w.planned("ana@example.com");
    import(w, {entry(w, mail("ana@example.com")), entry(w, mail("ana@example.com"), "address"),
               entry(w, mail("bob@example.com"))});
    CAF_CHECK_EQUAL(lift(w, mail("ana@example.com")), 2u);
    CAF_CHECK_EQUAL(lift(w, mail("ana@example.com")), 0u);
    w.reopen();
    CAF_CHECK(listed(w, mail("ana@example.com")).empty());
    CAF_CHECK_EQUAL(listed(w, mail("bob@example.com")).size(), 1u);
    const auto audit = must(w.read().audit(acme, 10));
    CAF_REQUIRE_EQUAL(audit.size(), 2u);
    CAF_CHECK_EQUAL(audit[0].what, "suppression.lift");
    CAF_CHECK(w.claim(ana.id).outcome == claimed::claimed);
    const auto cyd = w.new_lead("cyd@example.com").lead;
    auto c = w.decision(cyd);
    c.person_suppressed = "opt_out";
    w.commit(c);
    CAF_CHECK_EQUAL(lift(w, mail("cyd@example.com")), 0u);
    CAF_CHECK_EQUAL(listed(w, mail("cyd@example.com")).size(), 1u);
  });
}

CAF_TEST(RULES nothing goes to an imported address) {
  on_every_store([](world& w) {
    const auto person = w.planned("ana@example.com");
    const auto address = w.planned("bob@example.com");
    import(w, {entry(w, mail("ana@example.com")), entry(w, mail("bob@example.com"), "address")});
    CAF_CHECK(w.claim(person.id).outcome == claimed::suppressed);
    CAF_CHECK(w.claim(address.id).outcome == claimed::suppressed);
  });
}

CAF_TEST(4R-67 RULES a new lead whose address is listed hears of it before what brought it) {
  on_every_store([](world& w) {
    import(w, {entry(w, phone("+15550100"))});
    auto item = w.event("form", {mail("ana@example.com"), phone("+15550100")});
    const auto seen = w.accept(item);
    CAF_REQUIRE(seen.outcome == accept_result::what::accepted);
    CAF_REQUIRE_EQUAL(seen.leads.size(), 1u);
    CAF_REQUIRE_EQUAL(seen.notices.size(), 1u);
    const auto& notice = seen.notices[0];
    CAF_CHECK_EQUAL(notice.to.lead, item.candidate);
    CAF_CHECK(notice.to.inbox < seen.leads[0].inbox);
    w.reopen();
    const auto rows = must(w.read().pending_of(item.candidate));
    CAF_REQUIRE_EQUAL(rows.size(), 2u);
    CAF_CHECK_EQUAL(rows[0].inbox, notice.to.inbox);
    CAF_CHECK(rows[0].body == notice.body);
    CAF_CHECK(rows[1].body == item.body);
    const auto told = must(codec::decode_stimulus(notice.body));
    CAF_CHECK(is_person_notice(told));
    CAF_CHECK(told.occurred_at == item.received_at);
    CAF_CHECK(told.received_at == item.received_at);
    CAF_CHECK(told.mode == arrival::live);
  });
}

CAF_TEST(4R-67 RULES a lead that is there hears of it once until it is suppressed and again after a lift) {
  on_every_store([](world& w) {
    const auto ana = w.new_lead("ana@example.com").lead;
    w.commit(decide_all(w, ana));
    import(w, {entry(w, mail("ana@example.com"))});
    const auto told = [&](const char* key) {
      return w
          .accept(w.event(key, {mail("ana@example.com"), {key_kind::alternate_email, "", "ana@example.com"}}))
          .notices.size();
    };
    CAF_CHECK_EQUAL(told("1"), 1u);
    // It waits in front of whatever else arrives.
    CAF_CHECK_EQUAL(told("2"), 0u);
    CAF_CHECK(is_person_notice(waiting(w, ana).at(0)));
    auto c = decide_all(w, ana);
    c.person_suppressed = "opt_out";
    w.commit(c);
    CAF_CHECK_EQUAL(told("3"), 0u);
    auto back = decide_all(w, ana);
    back.person_suppressed = "";
    w.commit(back);
    CAF_CHECK_EQUAL(told("4"), 1u);
    w.commit(decide_all(w, ana));
    CAF_CHECK_EQUAL(lift(w, mail("ana@example.com")), 1u);
    CAF_CHECK_EQUAL(told("5"), 0u);
  });
}

CAF_TEST(4R-67 RULES a person who opted out under one lead is known by the address under another) {
  on_every_store([](world& w) {
    const auto ana = w.accept(w.event("a", {phone("+15550100")})).leads.at(0).lead;
    const auto bob = w.new_lead("bob@example.com").lead;
    auto c = decide_all(w, ana);
    c.person_suppressed = "opt_out";
    w.commit(c);
    w.commit(decide_all(w, bob));
    const auto seen = w.accept(w.event("form", {mail("bob@example.com"), phone("+15550100")}));
    CAF_REQUIRE_EQUAL(seen.notices.size(), 1u);
    CAF_CHECK_EQUAL(seen.notices[0].to.lead, bob);
  });
}

CAF_TEST(RULES what suppresses by itself needs no notice and the key of a stranger gives none) {
  on_every_store([](world& w) {
  import(w, {entry(w, mail("ana@example.com")), entry(w, mail("gone@example.com"), "address")});
  auto stop = w.event("stop", {mail("ana@example.com"), mail("gone@example.com")});
  stop.suppresses = stop.every_match = true;
  const auto said = w.accept(stop);
  CAF_CHECK(said.outcome == accept_result::what::accepted);
  CAF_CHECK(said.notices.empty());
  CAF_CHECK(w.accept(w.event("1", {mail("bob@example.com")})).notices.empty());
  auto elsewhere = w.event("2", {mail("ana@example.com")});
  elsewhere.workspace = workspace_id("other");
  CAF_CHECK(w.accept(elsewhere).notices.empty());
  // A duplicate brings nothing, so it tells nothing.
  CAF_CHECK(w.accept(w.event("1", {mail("ana@example.com")})).notices.empty());
  });
}

CAF_TEST(T-16 RULES an imported bounce reaches its lead as a bounce of that address once) {
  on_every_store([](world& w) {
    import(w, {entry(w, mail("ana@example.com"), "address"), entry(w, phone("+15550100"), "address")});
    const auto item = w.event("1", {mail("ana@example.com"), phone("+15550100")});
    const auto seen = w.accept(item);
    CAF_REQUIRE_EQUAL(seen.notices.size(), 2u);
    const auto told = waiting(w, item.candidate);
    CAF_REQUIRE_EQUAL(told.size(), 3u);
    const auto& bounce = std::get<message_bounced>(told[0].body);
    CAF_CHECK_EQUAL(bounce.address, "ana@example.com");
    CAF_CHECK(bounce.severity == bounce_class::hard);
    CAF_CHECK_EQUAL(bounce.code, "suppression_list");
    CAF_CHECK(told[0].on == channel::email);
    CAF_CHECK_EQUAL(std::get<message_bounced>(told[1].body).address, "+15550100");
    CAF_CHECK(told[1].on == channel::sms);
    w.reopen();
    CAF_CHECK(w.accept(w.event("2", {mail("ana@example.com")})).notices.empty());
    w.commit(decide_all(w, item.candidate));
    CAF_CHECK(w.accept(w.event("3", {mail("ana@example.com")})).notices.empty());
    // A lead that holds the address already, by a bounce of its own, is told nothing.
    const auto bob = w.new_lead("bob@example.com").lead;
    auto c = decide_all(w, bob);
    c.addresses_suppressed = {{mail("bob@example.com"), "bounce"}};
    w.commit(c);
    import(w, {entry(w, mail("bob@example.com"), "address")});
    CAF_CHECK(w.accept(w.event("4", {mail("bob@example.com")})).notices.empty());
  });
}

CAF_TEST(4R-67 RULES a key a decision adds is held against the list in its commit) {
  on_every_store([](world& w) {
    import(w, {entry(w, phone("+15550100")), entry(w, phone("+15550101"), "address")});
    const auto ana = w.new_lead("ana@example.com").lead;
    auto c = decide_all(w, ana);
    c.keys_added = {mail("a2@example.com")};
    CAF_CHECK(w.commit(c).outcomes.empty());
    c = decide_all(w, ana);
    c.keys_added = {phone("+15550100"), phone("+15550101")};
    const auto out = w.commit(c);
    CAF_REQUIRE_EQUAL(out.outcomes.size(), 2u);
    const auto rows = must(w.read().pending_of(ana));
    CAF_REQUIRE_EQUAL(rows.size(), 2u);
    CAF_CHECK_EQUAL(out.outcomes[0].inbox, rows[0].inbox);
    CAF_CHECK_EQUAL(out.outcomes[0].lead, ana);
    const auto told = waiting(w, ana);
    CAF_CHECK(is_person_notice(told[0]));
    CAF_CHECK(told[0].received_at == c.journal.decided_at);
    CAF_CHECK(std::holds_alternative<message_bounced>(told[1].body));
  });
}

CAF_TEST(RULES a key added to a suppressed person tells nobody) {
  on_every_store([](world& w) {
    import(w, {entry(w, phone("+15550100")), entry(w, phone("+15550101"))});
    const auto ana = w.new_lead("ana@example.com").lead;
    auto c = decide_all(w, ana);
    c.person_suppressed = "complaint";
    c.keys_added = {phone("+15550100")};
    CAF_CHECK(w.commit(c).outcomes.empty());
    auto next = w.decision(ana);
    next.keys_added = {phone("+15550101")};
    CAF_CHECK(w.commit(next).outcomes.empty());
  });
}
