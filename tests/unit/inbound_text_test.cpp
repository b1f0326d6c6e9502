#include <algorithm>

#include "adapters/inbound/text.hpp"
#include "tests/unit/support/inbound_support.hpp"

#define CAF_SUITE inbound_text
#include <caf/test/dsl.hpp>

using namespace heed::inbound;

CAF_TEST(an address is bare and lower case) {
  CHECK_SAME(normal_email("Ana@Example.ORG"), "ana@example.org");
  CHECK_SAME(normal_email("  Ana Ruiz <Ana@example.org> "), "ana@example.org");
  CHECK_SAME(normal_email("\"Ruiz, Ana <x>\" <ana@example.org>"), "ana@example.org");
  CHECK_SAME(normal_email("mailto:ana@example.org"), "ana@example.org");
  CHECK_SAME(normal_email("a.b+tag@mail.example.co"), "a.b+tag@mail.example.co");
  CHECK_SAME(normal_email("ana@b\xC3\xBC"
                          "cher.example"),
             "ana@b\xC3\xBC"
             "cher.example");
}

CAF_TEST(what is no single address is not usable) {
  const std::string at_example = "@example.org";
  for (const std::string& text :
       {std::string{}, std::string{"ana"}, at_example, std::string{"ana@"}, std::string{"ana@localhost"},
        std::string{"ana@exa mple.org"}, std::string{"a@b@example.org"}, std::string{"ana@example..org"},
        std::string{"ana@-example.org"}, std::string{"ana@example.org."},
        std::string{"ana@example.org, eve@example.org"},
        std::string{"ana@example.org\r\nBcc: eve@example.org"}, std::string{"ana\0@example.org", 16},
        std::string{"<>"}, std::string{"MAILER-DAEMON"}, std::string{"Ana ana@example.org>"},
        std::string(65, 'a') + at_example, "a@" + std::string(64, 'b') + ".org",
        std::string{"ana@ex\xFF.org"}}) {
    CAF_MESSAGE(text);
    CHECK_SAME(normal_email(text), "");
  }
}

CAF_TEST(ZRG-51 a phone number is the same in every written form) {
  for (const std::string text : {"+15550123456", "+1 555 012 3456", "+1 (555) 012-3456", "+1.555.012.3456",
                                 "0015550123456", "15550123456", "whatsapp:+15550123456",
                                 "tel:+1-555-012-3456", " +15550123456\t", "+1 (0)555 012 3456"})
    CHECK_SAME(normal_phone(text), "+15550123456");
  CHECK_SAME(normal_phone("+15550100"), "+15550100");
}

CAF_TEST(ZRG-51 what might be another number is not usable) {
  for (const std::string text :
       {"", "+", "+123456", "555-0100", "030 1234567", "5550123456", "+0155501234", "+1555012345678901",
        "ACME", "+1555012345x7", "+1 555 012 3456 ext 7", "++15550123456", "anonymous", "00",
        "+1\xC2\xA0"
        "5550123456"}) {
    CAF_MESSAGE(text);
    CHECK_SAME(normal_phone(text), "");
  }
}

CAF_TEST(HTML becomes the text a reader sees) {
  CHECK_SAME(html_to_text("<p>Hello <b>Ana</b>,</p><p>see you &amp; thanks&nbsp;&#8211; 5&lt;6</p>"),
             "Hello Ana,\nsee you & thanks\xC2\xA0\xE2\x80\x93 5<6");
  CHECK_SAME(html_to_text("one<br>two<br/>three\r\nfour"), "one\ntwo\nthree four");
  CHECK_SAME(html_to_text("<ul><li>a</li><li>b</li></ul>c"), "a\nb\nc");
  CHECK_SAME(html_to_text("<table><tr><td>a</td><td>b</td></tr></table>"), "a b");
  CHECK_SAME(
      html_to_text("<title>t</title><style>p{}</style>x<script>var a='<p>no</p>';</script>y<!-- <a --> z"),
      "xy z");
  CHECK_SAME(html_to_text("<a href=\"https://example.com/?a>b\">link</a> after"), "link after");
  CHECK_SAME(html_to_text("<![if !mso]>shown<![endif]>"), "shown");
  CHECK_SAME(html_to_text("a < b and b > a"), "a < b and b > a");
  CHECK_SAME(html_to_text(""), "");
  CHECK_SAME(html_to_text("plain"), "plain");
}

CAF_TEST(HTML made to exhaust the parser ends quickly with bounded text) {
  const auto repeated = [](const std::string& part, std::size_t times) {
    std::string out;
    for (std::size_t i = 0; i < times; ++i)
      out += part;
    return out;
  };
  for (const auto& html :
       {repeated("<div>", 200'000) + "end", repeated("<b id=x>", 50'000) + repeated("<p>x", 50'000),
        repeated("<table><td>", 20'000), repeated("<a href='", 50'000), repeated("<svg><math>", 20'000),
        repeated("&amp", 60'000), repeated("<!--", 60'000), repeated("</b></p>", 60'000),
        std::string(1'000'000, '<'), repeated("<script>", 30'000)})
    CAF_CHECK(html_to_text(html).size() <= 262'144);
}

CAF_TEST(cleaning is idempotent and leaves valid UTF - 8) {
  CHECK_SAME(clean_text("\xEF\xBB\xBF a\r\nb\rc\x07 \xC2\x85 \xC2\xA0"), "a\nb\nc");
  CHECK_SAME(clean_text("\xFF\xC3"), "\xEF\xBF\xBD\xEF\xBF\xBD");
  CHECK_SAME(clean_text("\xED\xA0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
  CHECK_SAME(clean_text("\xF0\x9F\x91\x8D"), "\xF0\x9F\x91\x8D");
  for (int first = 0; first < 256; ++first) {
    const std::string text{static_cast<char>(first), static_cast<char>(0x9F), static_cast<char>(0x91), 'x'};
    const auto once = clean_text(text);
    CHECK_SAME(clean_text(once), once);
    CHECK_SAME(has_control(once), once.find_first_of("\n\t") != std::string::npos);
  }
}

CAF_TEST(a cut never splits a character) {
  CHECK_SAME(cut("a\xC3\xA9z", 2), "a");
  CHECK_SAME(cut("a\xC3\xA9z", 3), "a\xC3\xA9");
  CHECK_SAME(cut("abc", 9), "abc");
  CHECK_SAME(cut("\xF0\x9F\x91\x8D", 3), "");
}

CAF_TEST(ZRG-111 links that the text lacks stand below it once each and at most ten) {
  const std::string html = "See <a href=\"https://example.org/plans?a=1&amp;b=2\">our plans</a> and "
                           "<A HREF='HTTPS://example.org/Terms'>terms</A>, <a href=https://example.org/known/>known</a>, "
                           "<a href=\"https://example.org/plans?a=1&amp;b=2\">again</a>";
  CHECK_SAME(with_links("See our plans and terms, https://example.org/known", html),
             "See our plans and terms, https://example.org/known\n\n<https://example.org/plans?a=1&b=2>\n<HTTPS://example.org/Terms>");
  std::string many;
  for (int i = 0; i < 30; ++i) many += "<a href=\"https://example.org/p" + std::to_string(100 + i) + "\">x</a>";
  const auto all = with_links("Many", many);
  CHECK_SAME(std::to_string(std::count(all.begin(), all.end(), '<')), "10");
  CHECK_SAME(with_links("Nothing", "<b>Nothing</b>"), "Nothing");
}

CAF_TEST(ZRG-111 what is quoted hidden or no place on the web is no link of the sender) {
  const std::string html =
      "Yes<a href=\"javascript:alert(1)\">a</a><a href=\"mailto:ana@example.org\">b</a><a>c</a>"
      "<a href=\"https://example.org/x y\">d</a><a style=\"display:none\" href=\"https://example.org/pixel\">e</a>"
      "<div style=\"display:none\"><a href=\"https://example.org/hidden\">f</a></div>"
      "<div class=\"gmail_quote\"><a href=\"https://heed.example.com/u/token\">unsubscribe</a></div>";
  CHECK_SAME(with_links("Yes", html), "Yes");
}
