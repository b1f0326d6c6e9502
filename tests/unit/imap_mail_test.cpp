#include "adapters/imap/mail_event.hpp"
#include "adapters/imap/position.hpp"
#include "adapters/imap/response.hpp"
#include "tests/support/sending.hpp"
#include "tests/unit/support/zones.hpp"

#define CAF_SUITE imap_mail
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::imap;
using heed::test::fixture;
using heed::tests::instant;
using std::chrono::hours;

/// Mails to events, and how far a folder has been read.
namespace {

const time_point now = instant("2026-11-20T10:00:00Z");

std::string recorded(const std::string& name) { return fixture(HEED_SOURCE_DIR, "email/" + name + ".eml"); }

auto event(const std::string& raw, time_point arrived = now) {
  return to_event({1, arrived, raw}, {"mia@reply.example.com"}, now);
}

template <class T>
T body(const std::string& raw) {
  const auto e = event(raw);
  CAF_REQUIRE(e.has_value());
  CAF_REQUIRE(std::holds_alternative<T>(e->body));
  return std::get<T>(e->body);
}

std::string reason(const std::string& raw) {
  const auto e = event(raw);
  return e ? "taken" : e.error().reason;
}

/// The returned message names our effect.
std::string of_ours(std::string raw) {
  const std::string mark = "Message-ID: <spring.lead_01HZX.0@mail.example.com>";
  return raw.insert(raw.find(mark), "X-Heed-Effect: lead_01HZX-7-0\n");
}

}  // namespace

CAF_TEST(4R-40 a reply is the same event as by a webhook) {
  const auto e = event(recorded("reply-quoted"));
  CAF_REQUIRE(e.has_value());
  const auto r = body<reply_received>(recorded("reply-quoted"));
  CAF_CHECK_EQUAL(r.message.message_id, "<ana-1@mail.example.org>");
  CAF_CHECK_EQUAL(r.message.in_reply_to, "<spring.lead_01HZX.0@mail.example.com>");
  CAF_CHECK_EQUAL(r.from, "ana@example.org");
  CAF_CHECK(r.text.starts_with("Sounds good"));
  CAF_CHECK(!r.automated);
  CAF_REQUIRE_EQUAL(e->keys.size(), 1u);
  CAF_CHECK_EQUAL(e->keys[0].value, "ana@example.org");
  CAF_CHECK_EQUAL(to_iso(e->occurred_at), "2026-11-20T09:57:30Z");
  CAF_CHECK(e->on == channel::email);
}

CAF_TEST(4R-40 the same mail has one key and another one with its Message-ID has its own) {
  auto other = recorded("reply-quoted");
  other.replace(other.find("Sounds good"), 11, "Please stop");
  const auto key = [](const std::string& raw) { return event(raw)->key; };
  CAF_CHECK_EQUAL(key(recorded("reply-quoted")), key(recorded("reply-quoted")));
  CAF_CHECK(key(recorded("reply-quoted")) != key(other));
}

CAF_TEST(4R-44 an automated reply is marked and one that says it is none is not) {
  CAF_CHECK(body<reply_received>(recorded("ooo-auto-replied")).automated);
  CAF_CHECK(body<reply_received>(recorded("ooo-precedence")).automated);
  CAF_CHECK(!body<reply_received>(recorded("human-auto-submitted-no")).automated);
}

CAF_TEST(4R-36 a delivery report about a message of ours is a bounce of its address) {
  const auto hard = body<message_bounced>(of_ours(recorded("dsn-hard")));
  CAF_CHECK(hard.severity == bounce_class::hard);
  CAF_CHECK_EQUAL(hard.address, "ana@example.org");
  CAF_CHECK_EQUAL(hard.code, "5.1.1");
  CAF_CHECK_EQUAL(hard.message.effect, "lead_01HZX-7-0");
  CAF_CHECK(body<message_bounced>(of_ours(recorded("dsn-soft-failed"))).severity == bounce_class::soft);
  CAF_CHECK_EQUAL(body<message_delivered>(of_ours(recorded("dsn-delivered"))).message.effect,
                  "lead_01HZX-7-0");
}

CAF_TEST(T-16 a full mailbox or a policy says nothing about the address) {
  for (const char* status : {"5.2.2", "5.3.0", "5.4.4", "5.7.1"}) {
    auto raw = of_ours(recorded("dsn-hard"));
    raw.replace(raw.find("Status: 5.1.1"), 13, "Status: " + std::string(status));
    CAF_CHECK(body<message_bounced>(raw).severity == bounce_class::soft);
  }
}

CAF_TEST(T-16 a report that returns no message of ours suppresses nobody) {
  CAF_CHECK_EQUAL(reason(recorded("dsn.bad-unknown-message")), "a delivery report about no message of ours");
  CAF_CHECK_EQUAL(reason(recorded("dsn-hard")), "a delivery report about no message of ours");
  CAF_CHECK_EQUAL(reason(recorded("dsn-delayed")), "the mail server is still trying");
}

CAF_TEST(a message of ours is known by its Message-ID too) {
  auto raw = recorded("dsn-hard");
  const std::string mark = "<spring.lead_01HZX.0@mail.example.com>";
  raw.replace(raw.find(mark), mark.size(), "<lead_01HZX-7-0@mail.example.com>");
  CAF_CHECK_EQUAL(body<message_bounced>(raw).message.effect, "lead_01HZX-7-0");
}

CAF_TEST(4R-67 a feedback report about a message of ours is a complaint) {
  const auto c = body<spam_complaint>(recorded("arf-complaint"));
  CAF_CHECK_EQUAL(c.message.effect, "lead_01HZX-7-0");
  CAF_CHECK_EQUAL(c.address, "ana@example.org");
  auto calm = recorded("arf-complaint");
  calm.replace(calm.find("Feedback-Type: abuse"), 20, "Feedback-Type: not-spam");
  CAF_CHECK_EQUAL(reason(calm), "a feedback report that complains of nothing");
}

CAF_TEST(4R-66 a mail to the unsubscribe address ends it) {
  CAF_CHECK_EQUAL(body<unsubscribed>(recorded("unsubscribe-mailto")).via, "text");
  const auto e = event(recorded("unsubscribe-mailto"));
  CAF_CHECK_EQUAL(e->keys.at(0).value, "ana@example.org");
}

CAF_TEST(4R-48 what is no event says why) {
  CAF_CHECK_EQUAL(reason("From: mia@reply.example.com\r\nSubject: x\r\n\r\nx\r\n"), "our own mail");
  CAF_CHECK_EQUAL(reason("Subject: x\r\n\r\nx\r\n"), "no sender");
  CAF_CHECK_EQUAL(reason("From: n@list.example\r\nList-Id: <l.example>\r\nSubject: x\r\n\r\nx\r\n"),
                  "mail of a list");
  CAF_CHECK(reason("") != "taken");
  CAF_CHECK(reason(recorded("dsn.bad-truncated")) != "");
}

CAF_TEST(a date is taken within a day of the arrival and never from the future) {
  const auto at = [&](const std::string& date, time_point arrived) {
    return to_iso(event("From: ana@example.org\r\nDate: " + date + "\r\nSubject: x\r\n\r\nx\r\n", arrived)
                      ->occurred_at);
  };
  const auto arrived = instant("2026-11-20T09:30:00Z");
  CAF_CHECK_EQUAL(at("Fri, 20 Nov 2026 09:00:00 +0000", arrived), "2026-11-20T09:00:00Z");
  CAF_CHECK_EQUAL(at("Fri, 13 Nov 2026 09:00:00 +0000", arrived), "2026-11-20T09:30:00Z");
  CAF_CHECK_EQUAL(at("Fri, 20 Nov 2026 09:45:00 +0000", arrived), "2026-11-20T09:30:00Z");
  CAF_CHECK_EQUAL(at("yesterday", now + hours(5)), "2026-11-20T10:00:00Z");
}

CAF_TEST(responses are taken apart however they are cut) {
  const std::string said =
      "* 1 FETCH (UID 7 INTERNALDATE \" 1-Nov-2026 00:30:00 +0100\" BODY[]<0> {9}\r\n)\r\nh1 OK\r)\r\nh1 OK "
      "done\r\n";
  for (std::size_t step = 1; step <= said.size(); ++step) {
    response_reader reader(100);
    std::vector<response> all;
    for (std::size_t at = 0; at < said.size(); at += step) {
      reader.feed(std::string_view(said).substr(at, step));
      while (auto r = reader.next())
        all.push_back(*r);
    }
    CAF_REQUIRE_EQUAL(all.size(), 2u);
    CAF_CHECK_EQUAL(all[0].literals.at(0), ")\r\nh1 OK\r");
    CAF_CHECK(fetched_uid(all[0].text) == 7u);
    CAF_CHECK_EQUAL(to_iso(*fetched_date(all[0].text)), "2026-10-31T23:30:00Z");
    CAF_CHECK_EQUAL(all[1].text, "h1 OK done");
  }
}

CAF_TEST(a server that says too much is not listened to) {
  response_reader literal(100);
  literal.feed("* 1 FETCH (BODY[] {101}\r\n");
  CAF_CHECK(!literal.next() && literal.broken());
  response_reader line(100);
  line.feed(std::string(response_reader::longest_line + 1, 'x'));
  CAF_CHECK(!line.next() && line.broken());
}

CAF_TEST(numbers and dates are read as servers write them) {
  CAF_CHECK((search_numbers("* SEARCH 2 84 882") == std::vector<std::uint32_t>{2, 84, 882}));
  CAF_CHECK(search_numbers("* SEARCH").empty());
  CAF_CHECK(search_numbers("* 5 EXISTS").empty());
  CAF_CHECK(code_number("* OK [UIDVALIDITY 3857529045] UIDs valid", "UIDVALIDITY") == 3'857'529'045u);
  CAF_CHECK(!code_number("* OK [UIDVALIDITY 99999999999]", "UIDVALIDITY"));
  CAF_CHECK(!fetched_date("INTERNALDATE \"31-Feb-2026 00:00:00 +0000\""));
  CAF_CHECK_EQUAL(search_date(now), "20-Nov-2026");
}

CAF_TEST(a position comes back as it was kept and nothing else does) {
  const position p{3, 882, now};
  CAF_CHECK(parse_position(to_string(p)) == p);
  for (const char* bad : {"", "3:882", "0:1:1", "3:882:1:", "a:1:1", "3:-1:1"})
    CAF_CHECK(!parse_position(bad));
}

CAF_TEST(UIDs go on where they were as long as the folder is the same) {
  const position p{3, 882, now};
  CAF_CHECK(std::get<after_uid>(plan(p, 3, 900, {}, now)).uid == 882u);
  CAF_CHECK(std::get<since_day>(plan(p, 4, 900, {}, now + hours(99))).day == now - hours(48));
  CAF_CHECK(std::get<after_uid>(plan({}, 3, 900, {}, now)).uid == 899u);
  CAF_CHECK(std::get<since_day>(plan({}, 3, 900, hours(24), now)).day == now - hours(72));
  CAF_CHECK((choose({882, 885, 884, 884}, after_uid{882}, 9) == std::vector<std::uint32_t>{884, 885}));
  CAF_CHECK((choose({885, 884, 883}, after_uid{882}, 2) == std::vector<std::uint32_t>{883, 884}));
}

CAF_TEST(4R-47 a mailbox that is lost is told once and once when it is back) {
  using word = access_watch::word;
  access_watch w;
  CAF_CHECK(w.failed(false) == word::nothing);
  CAF_CHECK(w.failed(false) == word::nothing);
  CAF_CHECK(w.failed(false) == word::lost);
  CAF_CHECK(w.failed(false) == word::nothing);
  CAF_CHECK(w.succeeded() == word::regained);
  CAF_CHECK(w.succeeded() == word::nothing);
  CAF_CHECK(w.failed(true) == word::lost);
}
