#include "adapters/outbound/instants.hpp"
#include "adapters/outbound/mail.hpp"
#include "adapters/outbound/sender.hpp"
#include "tests/support/sending.hpp"

#define CAF_SUITE sender_smtp
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::outbound;
using heed::test::email_effect;
using heed::test::smtp_account;

namespace {

const sender& smtp() { return *find_sender("smtp"); }

answer replied(int status, const char* text, const char* error = "") {
  answer a;
  a.reached = answer::phase::answered;
  a.status = status;
  a.body = text;
  a.error = error;
  return a;
}

send_result outcome(int status, const char* text) { return smtp().read(replied(status, text)).result; }

std::size_t longest_line(const std::string& mail) {
  std::size_t longest = 0, from = 0;
  for (auto end = mail.find("\r\n"); end != std::string::npos; from = end + 2, end = mail.find("\r\n", from))
    longest = std::max(longest, end - from);
  return longest;
}

bool has_bare_line_end(const std::string& mail) {
  for (std::size_t i = 0; i < mail.size(); ++i) {
    if (mail[i] == '\n' && (i == 0 || mail[i - 1] != '\r')) return true;
    if (mail[i] == '\r' && (i + 1 == mail.size() || mail[i + 1] != '\n')) return true;
  }
  return false;
}

}  // namespace

CAF_TEST(the mail is whole and derived from the effect alone) {
  auto e = email_effect();
  e.message.headers.clear();
  const auto c = smtp().build(smtp_account("smtp://mail.example.com:587"), e);
  CAF_CHECK_EQUAL(c.url, "smtp://mail.example.com:587/mail.example.com");
  CAF_CHECK_EQUAL(c.mail_from, "mia@mail.example.com");
  CAF_CHECK_EQUAL(c.mail_to, "ana@example.org");
  CAF_CHECK_EQUAL(c.body,
                  "Date: Fri, 20 Nov 2026 10:00:00 +0000\r\n"
                  "From: Mia at Acme <mia@mail.example.com>\r\n"
                  "To: ana@example.org\r\n"
                  "Reply-To: mia@reply.example.com\r\n"
                  "Subject: Quick question about spring hiring\r\n"
                  "Message-ID: <lead_01HZX-7-0@mail.example.com>\r\n"
                  "X-Heed-Effect: lead_01HZX-7-0\r\n"
                  "MIME-Version: 1.0\r\n"
                  "Content-Type: text/plain; charset=utf-8\r\n"
                  "Content-Transfer-Encoding: quoted-printable\r\n"
                  "\r\n"
                  "Hi Ana, ...\r\n");
  CAF_CHECK_EQUAL(c.body, smtp().build(smtp_account("smtp://mail.example.com:587"), e).body);
  CAF_CHECK_EQUAL(smtp().message_id(smtp_account("smtp://x"), e), "<lead_01HZX-7-0@mail.example.com>");
}

CAF_TEST(ZRG-109 whoever is in copy stands in the envelope and in the mail) {
  auto e = email_effect();
  e.message.cc = {"boss@example.org", "kim@example.org\r\nBcc: all@example.org"};
  const auto c = smtp().build(smtp_account("smtp://mail.example.com:587"), e);
  CAF_CHECK_EQUAL(c.mail_to, "ana@example.org");
  CAF_REQUIRE_EQUAL(c.mail_copies.size(), 2u);
  CAF_CHECK_EQUAL(c.mail_copies[0], "boss@example.org");
  CAF_CHECK(c.mail_copies[1].find_first_of("\r\n <>") == std::string::npos);
  CAF_CHECK(c.body.find("\r\nCc: boss@example.org, kim@example.org") != std::string::npos);
  CAF_CHECK(c.body.find("\nBcc") == std::string::npos);
}

CAF_TEST(tls is demanded unless the account says none) {
  auto account = smtp_account("smtp://mail.example.com:587");
  CAF_CHECK(!smtp().build(account, email_effect()).require_tls);
  account.options.erase("tls");
  CAF_CHECK(smtp().build(account, email_effect()).require_tls);
}

CAF_TEST(a thread goes on by In-Reply-To and References) {
  auto e = email_effect();
  e.message.in_reply_to = "<b@example.org>";
  e.message.references = {"<a@example.org>", "<b@example.org>"};
  const auto mail = smtp().build(smtp_account("smtp://x"), e).body;
  CAF_CHECK(mail.find("In-Reply-To: <b@example.org>\r\n") != std::string::npos);
  CAF_CHECK(mail.find("References: <a@example.org> <b@example.org>\r\n") != std::string::npos);
}

CAF_TEST(4R-66 both headers of one-click unsubscription stand on a line each and the link is never cut) {
  auto e = email_effect();
  const std::string url = "<https://heed.example.com/u/" + std::string(400, 'k') + ">";
  e.message.headers = {{"List-Unsubscribe", url}, {"List-Unsubscribe-Post", "List-Unsubscribe=One-Click"}};
  const auto mail = smtp().build(smtp_account("smtp://x"), e).body;
  CAF_CHECK(mail.find("\r\nList-Unsubscribe: " + url + "\r\n") != std::string::npos);
  CAF_CHECK(mail.find("\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n") != std::string::npos);
}

CAF_TEST(nothing can end a header line early) {
  auto e = email_effect();
  e.message.subject = "Hi\r\nBcc: all@example.org\r\n\r\nbody";
  e.message.to = "ana@example.org>\r\nRCPT TO:<all@example.org";
  e.message.headers = {
      {"X-Note", "a\nBcc: all@example.org"}, {"Bcc", "all@example.org"}, {"X-Bad\r\nBcc", "x"}};
  e.message.references = {"<a@x>\r\nBcc: all@example.org"};
  const auto c = smtp().build(smtp_account("smtp://x"), e);
  const auto head = c.body.substr(0, c.body.find("\r\n\r\n"));
  CAF_CHECK(head.find("\r\nBcc") == std::string::npos);
  CAF_CHECK(head.find("\nBcc") == std::string::npos);
  CAF_CHECK(c.mail_to.find_first_of("\r\n <>") == std::string::npos);
  CAF_CHECK(c.body.ends_with("\r\n\r\nHi Ana, ...\r\n"));
}

CAF_TEST(a subject beyond ASCII becomes encoded words cut between characters) {
  CAF_CHECK_EQUAL(encoded_text("Grüße"), "=?UTF-8?B?R3LDvMOfZQ==?=");
  CAF_CHECK_EQUAL(encoded_text("plain"), "plain");
  std::string many;
  for (int i = 0; i < 40; ++i)
    many += "ü";
  const auto coded = encoded_text(many);
  CAF_CHECK(coded.find("?= =?UTF-8?B?") != std::string::npos);
  // 45 bytes would cut an umlaut in half; 44 are 60 characters of base64 with one of padding.
  CAF_CHECK_EQUAL(coded.find("?= "), std::string("=?UTF-8?B?").size() + 60);
}

CAF_TEST(a display name is quoted or encoded where it must be) {
  auto account = smtp_account("smtp://x");
  account.public_part.from = "Acme, Inc. <mia@mail.example.com>";
  CAF_CHECK(
      smtp().build(account, email_effect()).body.find("From: \"Acme, Inc.\" <mia@mail.example.com>\r\n") !=
      std::string::npos);
  account.public_part.from = "Müller <mia@mail.example.com>";
  CAF_CHECK(smtp()
                .build(account, email_effect())
                .body.find("From: =?UTF-8?B?TcO8bGxlcg==?= <mia@mail.example.com>\r\n") != std::string::npos);
}

CAF_TEST(quoted-printable keeps lines short and every byte) {
  CAF_CHECK_EQUAL(quoted_printable("a=b ü \n.dot\r\n"), "a=3Db =C3=BC=20\r\n=2Edot\r\n");
  CAF_CHECK_EQUAL(quoted_printable(std::string(80, 'x')), std::string(75, 'x') + "=\r\nxxxxx\r\n");
  CAF_CHECK_EQUAL(quoted_printable("one\n\ntwo"), "one\r\n\r\ntwo\r\n");
  CAF_CHECK_EQUAL(quoted_printable(""), "\r\n");
  std::string dots(200, '.');
  const auto coded = quoted_printable(dots);
  CAF_CHECK(coded.find("\r\n.") == std::string::npos);
  CAF_CHECK(longest_line(coded) <= 76u);
}

CAF_TEST(a long header is folded and no line end stands alone) {
  auto e = email_effect();
  e.message.body = "line one\nline two\rodd";
  for (int i = 0; i < 20; ++i)
    e.message.references.push_back("<message-number-" + std::to_string(i) + "@example.org>");
  const auto mail = smtp().build(smtp_account("smtp://x"), e).body;
  CAF_CHECK(longest_line(mail) <= 80u);
  CAF_CHECK(!has_bare_line_end(mail));
  CAF_CHECK(mail.find("\r\n <message-number-") != std::string::npos);
}

CAF_TEST(outcome table of replies) {
  CAF_CHECK(outcome(250, "2.0.0 queued") == send_result::accepted);
  CAF_CHECK(outcome(421, "4.7.0 too many") == send_result::refused_account);
  CAF_CHECK(outcome(450, "4.2.0 greylisted") == send_result::refused_message);
  CAF_CHECK(outcome(452, "4.2.2 full") == send_result::refused_message);
  CAF_CHECK(outcome(550, "5.1.1 <ana@example.org> unknown") == send_result::bad_address);
  CAF_CHECK(outcome(550, "5.1.10 null MX") == send_result::bad_address);
  CAF_CHECK(outcome(550, "No such user here") == send_result::bad_address);
  CAF_CHECK(outcome(550, "5.7.1 blocked, user unknown to us") == send_result::refused_final);
  CAF_CHECK(outcome(552, "5.2.2 mailbox full") == send_result::refused_final);
  CAF_CHECK(outcome(554, "rejected") == send_result::refused_final);
}

CAF_TEST(outcome table of the session is the fault of the account) {
  for (const int status : {530, 534, 535, 538}) {
    const auto r = smtp().read(replied(status, "5.7.8 no"));
    CAF_CHECK(r.result == send_result::refused_account);
    CAF_CHECK(r.stop_account);
  }
  CAF_CHECK(smtp().read(replied(554, "no service", "session")).result == send_result::refused_account);
  const auto later = smtp().read(replied(454, "4.7.0 later", "login"));
  CAF_CHECK(later.result == send_result::refused_account);
  CAF_CHECK(!later.stop_account);
}

CAF_TEST(outcome of lost answers) {
  answer a;
  a.reached = answer::phase::sent_no_answer;
  CAF_CHECK(smtp().read(a).result == send_result::unknown);
  a.reached = answer::phase::not_connected;
  CAF_CHECK(smtp().read(a).result == send_result::refused_account);
  CAF_CHECK(!smtp().idempotency_window(smtp_account("smtp://x")));
  CAF_CHECK(!smtp().build_look_up(smtp_account("smtp://x"), email_effect(), time_point{}));
}

CAF_TEST(details name the code and never the text) {
  CAF_CHECK(smtp().read(replied(550, "5.1.1 <ana@example.org> unknown")).detail == "550 5.1.1");
  CAF_CHECK(smtp().read(replied(554, "ana@example.org rejected")).detail == "554");
}

CAF_TEST(mail dates go out and come back) {
  const time_point t{std::chrono::seconds(1'795'168'800)};
  CAF_CHECK_EQUAL(mail_date(t), "Fri, 20 Nov 2026 10:00:00 +0000");
  CAF_CHECK(parse_mail_date("Fri, 20 Nov 2026 10:00:00 +0000") == t);
  CAF_CHECK(parse_mail_date("20 Nov 2026 12:30:00 +0230") == t);
  CAF_CHECK(parse_mail_date("Fri, 20 Nov 2026 10:00:00 GMT") == t);
  for (const char* bad : {"", "2026-11-20", "Fri, 31 Feb 2026 10:00:00 +0000",
                          "Fri, 20 Nov 2026 25:00:00 +0000", "Fri, 20 Nov 2026 10:00:00 CET"})
    CAF_CHECK(!parse_mail_date(bad));
}

CAF_TEST(the table knows its senders and no other) {
  for (const char* name : {"resend", "twilio", "smtp"})
    CAF_CHECK(find_sender(name) != nullptr);
  for (const char* name : {"", "sandbox", "Resend"})
    CAF_CHECK(find_sender(name) == nullptr);
}
