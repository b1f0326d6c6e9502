#include "persistence/codec/codec.hpp"
#include "tests/unit/support/api_world.hpp"

#define CAF_SUITE api_recipients
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::tests;

namespace {

answer write(api_world& w, const std::string& lead, json more) {
  json body{{"subject", "A word"}, {"text", "It is 10 a month."}};
  body.update(more);
  return w.post(w.ws + "/leads/" + lead + "/messages", body);
}

void list(api_world& w, const std::string& address) {
  const workspace_id acme{"acme"};
  const std::vector<suppression_row> rows{{acme,
                                           codec::address_hash(acme, {key_kind::email, "", address}),
                                           "person",
                                           {},
                                           "opt_out",
                                           "old tool",
                                           w.now()}};
  CAF_REQUIRE(w.db().add_suppressions(rows).has_value());
}

}  // namespace

CAF_TEST(ZRG-108 a lead is shown with whom an email to it may go to) {
  api_world w;
  const auto lead = w.enrol("ana");
  const auto found = w.get(w.ws + "/leads/" + lead).at("/recipients");
  const json expected{
      {"choices", {{{"email", "ana@example.com"}, {"name", nullptr}, {"as", "primary"}, {"held", nullptr}}}},
      {"fixed", nullptr},
      {"copies", true}};
  CAF_CHECK_EQUAL(found, expected);
}

CAF_TEST(ZRG-108 ZRG-109 a message names its recipient and who is in copy) {
  api_world w;
  const auto lead = w.enrol("ana");
  CAF_CHECK_EQUAL(write(w, lead, {{"to", "ana@example.com"}, {"cc", {"boss@example.org"}}}).status(), 200);
  const auto& said = std::get<command>(w.seen.back().what.body);
  CAF_CHECK_EQUAL(said.to, "ana@example.com");
  CAF_REQUIRE(said.cc.has_value());
  CAF_CHECK(*said.cc == std::vector<std::string>{"boss@example.org"});
  const auto other = write(w, lead, {{"to", "eve@example.com"}});
  CAF_CHECK_EQUAL(other.status(), 409);
  CAF_CHECK_EQUAL(other.at("/reason"), "to is none of this lead's addresses; choose one of its recipients");
}

CAF_TEST(what is no address is refused by its field) {
  api_world w;
  const auto lead = w.enrol("ana");
  CAF_CHECK_EQUAL(write(w, lead, {{"to", "Ana <ana@example.com>"}}).at("/field"), "/to");
  CAF_CHECK_EQUAL(write(w, lead, {{"cc", "boss@example.org"}}).at("/field"), "/cc");
  CAF_CHECK_EQUAL(write(w, lead, {{"cc", {"boss@example.org", "b"}}}).at("/field"), "/cc");
  CAF_CHECK_EQUAL(
      write(w, lead, {{"cc", json(std::vector<std::string>(11, "boss@example.org"))}}).at("/field"), "/cc");
}

CAF_TEST(RULES whoever is on the suppression list gets no copy and no message and is named) {
  api_world w;
  const auto lead = w.enrol("ana");
  list(w, "gone@example.org");
  const auto a = write(w, lead, {{"cc", {"boss@example.org", "Gone@example.org"}}});
  CAF_CHECK_EQUAL(a.status(), 422);
  CAF_CHECK_EQUAL(a.at("/field"), "/cc/1");
  CAF_CHECK(a.at("/detail").get<std::string>().find("gone@example.org may not be written to (opt_out)") !=
            std::string::npos);
  list(w, "ana@example.com");
  CAF_CHECK_EQUAL(write(w, lead, {{"to", "ana@example.com"}}).at("/field"), "/to");
}
