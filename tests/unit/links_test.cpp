#include "actors/lead/links.hpp"

#include <algorithm>

#define CAF_SUITE links
#include <caf/test/dsl.hpp>

using namespace heed;

namespace {

const std::string key = "a key of thirty-two bytes or more";
const effect_id effect{"lead_01HZX-12-0"};

}  // namespace

CAF_TEST(4R-66 a token names the effect it was made for) {
  auto token = link_token(effect, key);
  auto named = effect_of_token(token, key);
  CAF_REQUIRE(named.has_value());
  CAF_CHECK_EQUAL(*named, effect);
  CAF_CHECK_EQUAL(link_token(effect, key), token);
}

CAF_TEST(4R-66 a token needs no escaping in a link) {
  auto token = link_token(effect, key);
  CAF_CHECK(std::ranges::all_of(token, [](unsigned char c) { return std::isalnum(c) || c == '_' || c == '-' || c == '.'; }));
  CAF_CHECK_EQUAL(std::ranges::count(token, '.'), 1);
  CAF_CHECK_EQUAL(unsubscribe_url("https://heed.example.com", effect, key), "https://heed.example.com/u/" + token);
  CAF_CHECK_EQUAL(unsubscribe_url("https://heed.example.com/", effect, key), "https://heed.example.com/u/" + token);
}

CAF_TEST(4R-66 a token for another effect cannot be made from a known one) {
  auto token = link_token(effect, key);
  auto mac = token.substr(token.find('.'));
  CAF_CHECK(!effect_of_token("lead_01HZX-13-0" + mac, key).has_value());
  CAF_CHECK(!effect_of_token("lead_01HZX-12-0.guessed", key).has_value());
  CAF_CHECK(!effect_of_token("lead_01HZX-12-0.AAAAAAAAAAAAAAAAAAAAAA", key).has_value());
}

CAF_TEST(4R-66 a token that was cut or changed in any place names nothing) {
  auto token = link_token(effect, key);
  for (std::size_t n = 0; n < token.size(); ++n) CAF_CHECK(!effect_of_token(token.substr(0, n), key).has_value());
  for (std::size_t n = 0; n < token.size(); ++n) {
    auto changed = token;
    changed[n] = changed[n] == 'x' ? 'y' : 'x';
    if (effect_of_token(changed, key).has_value()) CAF_ERROR("changed at " << n);
  }
  CAF_CHECK(!effect_of_token(token + "A", key).has_value());
  CAF_CHECK(!effect_of_token("", key).has_value());
  CAF_CHECK(!effect_of_token(".", key).has_value());
}

CAF_TEST(4R-66 a token of another installation names nothing and without a key none does) {
  CAF_CHECK(!effect_of_token(link_token(effect, "the key of another installation!"), key).has_value());
  CAF_CHECK(!effect_of_token(link_token(effect, key), "").has_value());
  CAF_CHECK(!effect_of_token(link_token(effect, ""), "").has_value());
}
