#include "actors/lead/sender_identity.hpp"

#include <algorithm>
#include <set>

#define CAF_SUITE sender_identity
#include <caf/test/dsl.hpp>

using namespace heed;

namespace {

const std::string url = "https://heed.example.com/u/t0ken";

settings acme(std::string language = "en") {
  settings s;
  s.sender_name = "Sam Miller";
  s.company_name = "Acme";
  s.postal_address = "1 Main Street\n10115 Berlin";
  s.language = std::move(language);
  return s;
}

rendered_message email(std::string body) {
  rendered_message m;
  m.body = std::move(body);
  return m;
}

std::string introduced(std::string body, const settings& s) {
  rendered_message m;
  m.on = channel::sms;
  m.body = std::move(body);
  introduce_sms(m, s);
  return m.body;
}

}  // namespace

CAF_TEST(4R-66 an email ends with its sender and postal address and the way out) {
  auto m = email("Hello Ana,\n\nhow are you?\n");
  identify_email(m, acme(), url);
  CAF_CHECK_EQUAL(
      m.body, "Hello Ana,\n\nhow are you?\n\nSam Miller\n1 Main Street\n10115 Berlin\nUnsubscribe: " + url);
}

CAF_TEST(4R-66 an email carries the two headers of one-click unsubscription) {
  auto m = email("Hello");
  m.headers["X-Other"] = "kept";
  identify_email(m, acme(), url);
  CAF_CHECK(m.headers == (field_map{{"List-Unsubscribe", "<" + url + ">"},
                                    {"List-Unsubscribe-Post", "List-Unsubscribe=One-Click"},
                                    {"X-Other", "kept"}}));
}

CAF_TEST(4R-66 without a public address nothing is added) {
  auto m = email("Hello\n");
  const auto before = m;
  identify_email(m, acme(), "");
  CAF_CHECK(m == before);
}

CAF_TEST(RULES every language says it in its own words with the link at the end) {
  std::set<std::string> lines;
  for (const auto& language : languages()) {
    auto m = email("x");
    identify_email(m, acme(language), url);
    CAF_CHECK(m.body.ends_with(": " + url));
    lines.insert(m.body.substr(m.body.rfind('\n') + 1));
  }
  CAF_CHECK_EQUAL(languages().size(), 7u);
  CAF_CHECK_EQUAL(lines.size(), 7u);
  CAF_CHECK(lines.contains("Abmelden: " + url));
}

CAF_TEST(RULES an unknown language is answered in English) {
  auto m = email("x");
  identify_email(m, acme("tlh"), url);
  CAF_CHECK(m.body.ends_with("\nUnsubscribe: " + url));
  CAF_CHECK_EQUAL(unsubscribe_page_words("tlh").title, "Unsubscribe");
  CAF_CHECK_EQUAL(introduced("Hi, Sam Miller", acme("tlh")), "Hi, Sam Miller Reply STOP to opt out.");
}

CAF_TEST(RULES a first text message names its sender and says how to stop) {
  CAF_CHECK_EQUAL(introduced("Any questions?\n", acme()),
                  "Sam Miller: Any questions? Reply STOP to opt out.");
  CAF_CHECK_EQUAL(introduced("Haben Sie Fragen?", acme("de")),
                  "Sam Miller: Haben Sie Fragen? Antworten Sie STOP, um sich abzumelden.");
}

CAF_TEST(RULES the company speaks where no sender is named) {
  auto s = acme();
  s.sender_name = " ";
  CAF_CHECK_EQUAL(introduced("Any questions?", s), "Acme: Any questions? Reply STOP to opt out.");
  s.company_name.clear();
  CAF_CHECK_EQUAL(introduced("Any questions?", s), "Any questions? Reply STOP to opt out.");
}

CAF_TEST(RULES what the text message says already is not said twice) {
  const std::string whole = "SAM MILLER here. Any questions? Send stop to end this.";
  CAF_CHECK_EQUAL(introduced(whole, acme()), whole);
}

CAF_TEST(RULES a part of a word names nobody and stops nothing) {
  auto s = acme();
  s.sender_name = "Sam";
  CAF_CHECK_EQUAL(introduced("The same bus stops, nonstop", s),
                  "Sam: The same bus stops, nonstop Reply STOP to opt out.");
}

CAF_TEST(RULES how to stop is written in letters that do not double the price of a text message) {
  // Beyond ASCII only what GSM 03.38 holds; the one letter used is an e with an acute accent.
  for (const auto& language : languages()) {
    auto text = introduced("x", acme(language));
    for (auto at = text.find("é"); at != std::string::npos; at = text.find("é"))
      text.erase(at, std::string_view("é").size());
    CAF_CHECK(std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f; }));
    CAF_CHECK(text.find("STOP") != std::string::npos);
  }
}

CAF_TEST(4R-66 the page has all its words in every language) {
  for (const auto& language : languages()) {
    const auto w = unsubscribe_page_words(language);
    for (const auto text : {w.title, w.question, w.button, w.done, w.unknown})
      CAF_CHECK(!text.empty());
    CAF_CHECK(language == "en" || w.question != unsubscribe_page_words("en").question);
  }
}
