#include <set>

#include "persistence/codec/tags.hpp"
#include "persistence/errc.hpp"
#include "persistence/rows.hpp"

#define CAF_SUITE codec_names
#include <caf/test/dsl.hpp>

using namespace heed;

namespace {

template <class Variant, class Each>
void check_name() {
  CAF_CHECK_EQUAL(kind_name(Variant(Each{})), codec::tag_of<Each>.name);
}
template <class Variant, std::size_t... I>
void check_names(std::index_sequence<I...>) {
  (check_name<Variant, std::variant_alternative_t<I, Variant>>(), ...);
}
template <class Variant, std::size_t... I>
std::set<std::uint64_t> tags_of(std::index_sequence<I...>) {
  return {codec::tag_of<std::variant_alternative_t<I, Variant>>.number...};
}
template <class Variant>
using indices = std::make_index_sequence<std::variant_size_v<Variant>>;

template <class E, class Parse>
void check_round_trip(Parse parse) {
  for (std::uint64_t i = 0; i <= codec::last_of<E>; ++i)
    CAF_CHECK(parse(to_string(static_cast<E>(i))) == static_cast<E>(i));
  CAF_CHECK(!parse("no such name").has_value());
}

}  // namespace

CAF_TEST(kinds have the same name in the journal and in printed documents) {
  check_names<stimulus_body>(indices<stimulus_body>{});
  check_names<fact>(indices<fact>{});
}

CAF_TEST(no two alternatives share a tag) {
  CAF_CHECK_EQUAL(tags_of<stimulus_body>(indices<stimulus_body>{}).size(),
                  std::variant_size_v<stimulus_body>);
  CAF_CHECK_EQUAL(tags_of<fact>(indices<fact>{}).size(), std::variant_size_v<fact>);
  CAF_CHECK_EQUAL(tags_of<effect>(indices<effect>{}).size(), std::variant_size_v<effect>);
}

CAF_TEST(names parse back to what they name) {
  check_round_trip<key_kind>(parse_key_kind);
  check_round_trip<bounce_class>(parse_bounce_class);
  check_round_trip<send_result>(parse_send_result);
  check_round_trip<command_kind>(parse_command_kind);
  check_round_trip<run_status>(parse_run_status);
  CAF_CHECK(parse_role("operator") == role::operator_);
  CAF_CHECK(!parse_role("emperor").has_value());
}

CAF_TEST(public words differ from enumerators where the rules say so) {
  CAF_CHECK_EQUAL(to_string(pause_flag::unanswered_reply), "lead_replied");
  CAF_CHECK_EQUAL(to_string(pause_flag::by_operator), "operator");
  CAF_CHECK_EQUAL(to_string(gate::calendar), "calendar");
  CAF_CHECK_EQUAL(to_string(errc::conflict), "conflict");
  CAF_CHECK_EQUAL(to_string(effect_state::stale), "stale");
  CAF_CHECK_EQUAL(to_string(stop_scope::account), "account");
}
