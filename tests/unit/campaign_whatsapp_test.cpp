#include "actors/campaign/campaign_json.hpp"
#include "actors/campaign/prepare.hpp"
#include "actors/workspace/policy.hpp"
#include "tests/unit/support/documents.hpp"

#define CAF_SUITE campaign_whatsapp
#include <caf/test/dsl.hpp>

using namespace heed;
using json = nlohmann::json;
using heed::tests::detail_at;
using heed::tests::listing;

namespace {

const campaign_id id{"spring"};
const std::string sid = "HX0123456789abcdef0123456789ABCDEF";

/// The design's campaign with a WhatsApp step in place of the text message.
json whatsapp(json nudge) {
  auto document = tests::spring();
  document["sequence"][1]["channel"] = "whatsapp";
  document["templates"]["nudge"] = std::move(nudge);
  return document;
}

json approved() {
  return {{"content_sid", sid}, {"content_variables", {{"1", "{firstName}"}, {"2", "on Monday"}}}};
}

campaign accepted(const json& document) {
  auto read = campaign_from_json(document, id);
  if (!read) CAF_FAIL(listing(read.error()));
  return *read;
}

bool refused_at(const json& document, std::string_view place) {
  const auto read = campaign_from_json(document, id);
  if (!read && read.error().size() == 1 && read.error().front().field == place) return true;
  CAF_MESSAGE("expected " << std::string(place) << ", got:\n" << (read ? "" : listing(read.error())));
  return false;
}

}  // namespace

CAF_TEST(RULES an approved template is read with its variables and needs no body) {
  const auto text = accepted(whatsapp(approved())).templates.at("nudge");
  CAF_CHECK_EQUAL(text.content_sid, sid);
  CAF_CHECK(text.content_variables == (field_map{{"1", "{firstName}"}, {"2", "on Monday"}}));
}

CAF_TEST(RULES an approved template survives being written and read) {
  const auto c = accepted(whatsapp(approved()));
  CAF_CHECK(accepted(to_json(c)) == c);
}

CAF_TEST(RULES a first WhatsApp step of free text is refused) {
  const auto read = campaign_from_json(whatsapp({{"body", "Still there?"}}), id);
  CAF_REQUIRE(!read.has_value());
  CAF_REQUIRE_EQUAL(read.error().size(), 1u);
  CAF_CHECK_EQUAL(
      detail_at(read.error(), "/templates/nudge/content_sid"),
      "is missing: outside the 24 hours after the lead's own message WhatsApp takes an approved template "
      "only");
}

CAF_TEST(RULES a later WhatsApp step may be free text) {
  auto document = whatsapp(approved());
  document["templates"]["chat"] = {{"body", "Any questions?"}};
  document["sequence"].push_back({{"channel", "whatsapp"}, {"template", "chat"}, {"delay", "1d"}});
  CAF_CHECK(accepted(document).templates.at("chat").content_sid.empty());
  std::swap(document["sequence"][1]["template"], document["sequence"][3]["template"]);
  CAF_CHECK(refused_at(document, "/templates/chat/content_sid"));
}

CAF_TEST(RULES a content sid looks like one) {
  for (const auto* bad : {"HX0123", "MG0123456789abcdef0123456789abcdef",
                          "HX0123456789abcdef0123456789abcdeg", "hx0123456789abcdef0123456789abcdef"})
    CAF_CHECK(refused_at(whatsapp({{"content_sid", bad}}), "/templates/nudge/content_sid"));
}

CAF_TEST(ZRG-126 unknown variables are refused in an approved template as in a body) {
  auto text = approved();
  text["content_variables"]["1"] = "{firstname}";
  const auto read = campaign_from_json(whatsapp(text), id);
  CAF_REQUIRE(!read.has_value());
  CAF_CHECK(detail_at(read.error(), "/templates/nudge/content_variables/1").find("did you mean firstName") !=
            std::string::npos);
}

CAF_TEST(RULES the variables of an approved template are filled one line texts by number) {
  const auto with = [](const char* number, json value) {
    return whatsapp({{"content_sid", sid}, {"content_variables", {{number, std::move(value)}}}});
  };
  for (const auto* number : {"0", "01", "name", "1a", "100", ""})
    CAF_CHECK(refused_at(with(number, "x"), pointer_to("/templates/nudge/content_variables", number)));
  CAF_CHECK(refused_at(with("1", " "), "/templates/nudge/content_variables/1"));
  CAF_CHECK(refused_at(with("1", "a\nb"), "/templates/nudge/content_variables/1"));
  CAF_CHECK(refused_at(with("1", 7), "/templates/nudge/content_variables/1"));
}

CAF_TEST(RULES variables without an approved template are refused) {
  auto document = tests::spring();
  document["templates"]["nudge"]["content_variables"] = {{"1", "x"}};
  CAF_CHECK(refused_at(document, "/templates/nudge/content_variables"));
}

CAF_TEST(RULES only WhatsApp does without a body) {
  auto document = tests::spring();
  document["templates"]["nudge"] = approved();
  CAF_CHECK(refused_at(document, "/templates/nudge/body"));
}

CAF_TEST(SS-54 a prepared campaign keeps the rules of saving) {
  for (const auto* intent : {"investor", "end_user", "re_engagement", "something else"}) {
    problems found;
    check_campaign(prepare(id, intent, settings{}), found);
    CAF_CHECK_EQUAL(listing(found), "");
  }
}
