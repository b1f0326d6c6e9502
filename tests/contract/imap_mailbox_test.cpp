#include "adapters/imap/mail_event.hpp"
#include "adapters/imap/mailbox.hpp"
#include "tests/support/stand_in_imap.hpp"

#define CAF_SUITE imap_mailbox
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::imap;
using namespace heed::test;
using kind = access_problem::kind;

/// A folder read over a real socket, from login to position.
namespace {

const time_point now{std::chrono::seconds(1'795'168'800)};

std::string mail(const std::string& id) {
  return "From: Ana <ana@example.org>\r\nSubject: Re: hi\r\nMessage-ID: <" + id +
         "@mail.example.org>\r\n\r\nSounds good {7}\r\n) OK " + id + "\r\n";
}

struct fixture_type {
  stand_in_imap server;
  mailbox account = server.account();
  std::optional<position> at;
  std::atomic<bool> stop{false};

  /// A round whose mails were accepted: the position is kept.
  mail_round read() {
    auto r = read_new(account, at, now, stop);
    CAF_REQUIRE(r.has_value());
    at = r->after;
    return *r;
  }
  std::vector<std::uint32_t> uids() {
    std::vector<std::uint32_t> out;
    for (const auto& m : read().mails)
      out.push_back(m.uid);
    return out;
  }
  access_problem problem() {
    const auto r = read_new(account, at, now, stop);
    return r ? access_problem{kind::protocol, "none"} : r.error();
  }
};

using list = std::vector<std::uint32_t>;

}  // namespace

CAF_TEST_FIXTURE_SCOPE(imap_mailbox_tests, fixture_type)

CAF_TEST(4R-40 what comes after the first round is read once and byte for byte) {
  server.deliver(mail("old"));
  CAF_CHECK(uids().empty());
  server.deliver(mail("new"));
  const auto r = read();
  CAF_REQUIRE_EQUAL(r.mails.size(), 1u);
  CAF_CHECK_EQUAL(r.mails[0].uid, 2u);
  CAF_CHECK_EQUAL(r.mails[0].raw, mail("new"));
  CAF_CHECK_EQUAL(to_iso(r.mails[0].arrived_at), "2026-11-20T09:57:40Z");
  CAF_CHECK(uids().empty());
}

CAF_TEST(the mailbox stays as it was) {
  account.look_back = std::chrono::hours(24);
  for (int i = 0; i < 3; ++i)
    server.deliver(mail(std::to_string(i)));
  CAF_CHECK_EQUAL(read().mails.size(), 3u);
  CAF_CHECK_EQUAL(server.traces(), 0);
}

CAF_TEST(a first round takes history when it is asked to) {
  account.look_back = std::chrono::hours(24 * 7);
  server.deliver(mail("a"));
  server.deliver(mail("b"));
  CAF_CHECK((uids() == list{1, 2}));
  CAF_CHECK(uids().empty());
}

CAF_TEST(4R-47 what came while nobody looked is found after) {
  CAF_CHECK(uids().empty());
  server.change_password("other");
  CAF_CHECK(problem().is == kind::login);
  server.deliver(mail("a"));
  server.deliver(mail("b"));
  server.change_password("example-password");
  CAF_CHECK((uids() == list{1, 2}));
}

CAF_TEST(a folder that was made anew is read again by date and loses nothing) {
  CAF_CHECK(uids().empty());
  server.deliver(mail("a"));
  CAF_CHECK((uids() == list{1}));
  server.deliver(mail("b"));
  server.reset(2);
  const auto again = read();
  CAF_REQUIRE_EQUAL(again.mails.size(), 2u);
  CAF_CHECK_EQUAL(again.after.validity, 2u);
  const auto key = [](const std::string& raw) { return to_event({1, now, raw}, {}, now)->key; };
  CAF_CHECK_EQUAL(key(again.mails[0].raw), key(mail("a")));
  CAF_CHECK(uids().empty());
}

CAF_TEST(many mails come in rounds and none twice) {
  CAF_CHECK(uids().empty());
  for (int i = 0; i < 120; ++i)
    server.deliver(mail(std::to_string(i)));
  list all;
  for (bool more = true; more;) {
    const auto r = read();
    CAF_CHECK(r.mails.size() <= mails_a_round);
    for (const auto& m : r.mails)
      all.push_back(m.uid);
    more = r.more;
  }
  CAF_REQUIRE_EQUAL(all.size(), 120u);
  CAF_CHECK(std::ranges::is_sorted(all));
  CAF_CHECK(std::ranges::adjacent_find(all) == all.end());
}

CAF_TEST(a mail that is gone and one that is damaged hold up nobody) {
  CAF_CHECK(uids().empty());
  for (const char* id : {"a", "b", "c"})
    server.deliver(mail(id));
  server.expunge(1);
  server.refuse_fetch_of(2);
  const auto r = read();
  CAF_REQUIRE_EQUAL(r.mails.size(), 1u);
  CAF_CHECK_EQUAL(r.mails[0].uid, 3u);
  CAF_CHECK((r.unreadable == list{2}));
  CAF_CHECK(uids().empty());
}

CAF_TEST(a connection that breaks keeps what was read and goes on behind it) {
  CAF_CHECK(uids().empty());
  for (const char* id : {"a", "b", "c"})
    server.deliver(mail(id));
  server.close_at_fetch(3);
  const auto r = read();
  CAF_CHECK_EQUAL(r.mails.size(), 2u);
  CAF_CHECK(r.more);
  CAF_CHECK((uids() == list{3}));
}

CAF_TEST(a position that was not kept gives the same mails again) {
  CAF_CHECK(uids().empty());
  server.deliver(mail("a"));
  const auto before = at;
  CAF_CHECK((uids() == list{1}));
  at = before;
  CAF_CHECK((uids() == list{1}));
}

CAF_TEST(what is wrong is told in our own words) {
  auto folder = account;
  account.folder = "Nowhere";
  CAF_CHECK(problem().is == kind::refused);
  account.folder = "Entw\xC3\xBCrfe";
  CAF_CHECK_EQUAL(problem().detail, "folder_not_ascii");
  account = folder;
  account.require_tls = true;
  CAF_CHECK(problem().is == kind::unreachable);
  account = folder;
  account.url = "imap://127.0.0.1:1";
  CAF_CHECK(problem().is == kind::unreachable);
  account.url = "http://127.0.0.1:1";
  CAF_CHECK(problem().is == kind::refused);
}

CAF_TEST(a silent server and a stop end the round) {
  server.say_nothing();
  account.timeout = std::chrono::milliseconds(300);
  CAF_CHECK(problem().is == kind::unreachable);
  account.timeout = std::chrono::milliseconds(60'000);
  stop = true;
  CAF_CHECK(problem().is == kind::stopped);
}

CAF_TEST_FIXTURE_SCOPE_END()
