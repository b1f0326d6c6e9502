#include "adapters/inbound/mime.hpp"
#include "adapters/inbound/normalizer.hpp"

#define CAF_SUITE inbound_mime
#include <caf/test/dsl.hpp>

using namespace heed::inbound;

CAF_TEST(4R-40 a plain mail is its headers and its text) {
  const auto mail = parse_mail(
      "From: Ana Ruiz <Ana@Example.org>\r\nSubject: =?utf-8?q?Re=3A_caf=C3=A9?=\r\nMessage-ID: "
      "<m1@x>\r\nIn-Reply-To: <o1@y>\r\n"
      "Auto-Submitted: auto-replied\r\nContent-Type: text/plain; "
      "charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nSal=FA\r\n");
  CAF_REQUIRE(mail);
  CAF_CHECK_EQUAL(mail->from, "ana@example.org");
  CAF_CHECK_EQUAL(mail->subject, "Re: caf\xC3\xA9");
  CAF_CHECK_EQUAL(mail->message_id, "m1@x");
  CAF_CHECK_EQUAL(mail->in_reply_to, "o1@y");
  CAF_CHECK_EQUAL(mail->text, "Sal\xC3\xBA");
  CAF_CHECK(automated_reply(mail->headers));
}

CAF_TEST(4R-40 the plain alternative goes before the HTML and attachments are not read) {
  const auto mail = parse_mail(
      "From: a@b.test\r\nContent-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\nContent-Type: "
      "multipart/alternative; boundary=a\r\n\r\n"
      "--a\r\nContent-Type: text/plain\r\n\r\nplain\r\n--a\r\nContent-Type: "
      "text/html\r\n\r\n<p>rich</p>\r\n--a--\r\n"
      "--m\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; "
      "filename=x.txt\r\n\r\nattached\r\n--m--\r\n");
  CAF_REQUIRE(mail);
  CAF_CHECK_EQUAL(mail->text, "plain");
  CAF_CHECK_EQUAL(reply_text(*mail), "plain");
}

CAF_TEST(4R-36 a delivery report keeps its fields and not the mail it returns) {
  const auto mail = parse_mail(
      "From: MAILER-DAEMON@mx.test\r\nContent-Type: multipart/report; report-type=delivery-status; "
      "boundary=r\r\n\r\n--r\r\nContent-Type: text/plain\r\n\r\n"
      "failed\r\n--r\r\nContent-Type: message/delivery-status\r\n\r\nStatus: "
      "5.1.1\r\n\r\n--r\r\nContent-Type: message/rfc822\r\n\r\nSubject: Hi\r\n\r\n"
      "unsubscribe here\r\n--r--\r\n");
  CAF_REQUIRE(mail);
  CAF_CHECK_EQUAL(mail->text, "failed");
  CAF_CHECK(mail->report.find("5.1.1") != std::string::npos);
  CAF_CHECK(reply_text(*mail).find("unsubscribe") == std::string::npos);
}

CAF_TEST(RULES hidden elements are not text and quotes are not the senders words) {
  CAF_CHECK_EQUAL(html_to_text("a<div style=\"DISPLAY : none\">b<div>c</div></div>d"), "a\nd");
  CAF_CHECK_EQUAL(html_to_text("a<span hidden>b</span>c"), "a\nc");
  CAF_CHECK_EQUAL(html_to_text("a<blockquote>b</blockquote>c"), "a\nb\nc");
  CAF_CHECK_EQUAL(
      html_reply_text("<p>yes</p><div class=\"gmail_quote\">On Monday<blockquote>stop</blockquote></div>"),
      "yes");
  CAF_CHECK_EQUAL(html_reply_text("<p>yes</p><div id=\"divRplyFwdMsg\">From: x</div><p>stop</p>"), "yes");
  CAF_CHECK_EQUAL(html_to_text("<div style=\"display:none\">never closed"), "never closed");
}

CAF_TEST(what is no mail is none) {
  CAF_CHECK(!parse_mail(""));
  CAF_CHECK(!parse_mail("\xFF\xFE\x01"));
}
