#include "actors/workspace/phone_zones.hpp"

#include <algorithm>

#define CAF_SUITE phone_zones
#include <caf/test/dsl.hpp>

using namespace heed;

namespace {

using zones = std::vector<std::string_view>;

bool holds(const zones& all, std::string_view name) { return std::ranges::find(all, name) != all.end(); }

}  // namespace

CAF_TEST(RULES a number in a country of one zone is in that zone) {
  CAF_CHECK(phone_zones("+493012345678") == zones{"Europe/Berlin"});
  CAF_CHECK(phone_zones("+35315550100") == zones{"Europe/Dublin"});
}

CAF_TEST(RULES the longest known prefix tells where a number is) {
  CAF_CHECK(phone_zones("+12125550100") == zones{"America/New_York"});
  CAF_CHECK(phone_zones("+14155550100") == zones{"America/Los_Angeles"});
  CAF_CHECK(phone_zones("+79161234567") == zones{"Europe/Moscow"});
}

CAF_TEST(RULES a number that may be anywhere in its country has every zone of it) {
  const auto toll_free = phone_zones("+18005550100");
  CAF_CHECK(toll_free.size() > 20);
  CAF_CHECK(holds(toll_free, "America/New_York") && holds(toll_free, "Pacific/Honolulu"));
  CAF_CHECK(phone_zones("+15555550100") == toll_free);
  const auto russia = phone_zones("+7");
  CAF_CHECK(holds(russia, "Europe/Moscow") && holds(russia, "Asia/Vladivostok"));
}

CAF_TEST(RULES what no prefix is known of has no zone) {
  for (const auto* number :
       {"", "+", "+0", "+0491234567", "+4", "+999123456789", "493012345678", "Ana", "+x49"})
    CAF_CHECK(phone_zones(number).empty());
}

CAF_TEST(RULES a number cut short counts as far as it goes) {
  CAF_CHECK(phone_zones("+49") == zones{"Europe/Berlin"});
  CAF_CHECK(phone_zones("+1212") == zones{"America/New_York"});
  CAF_CHECK(phone_zones("+121 2") == phone_zones("+1"));
}

CAF_TEST(RULES no number is in an unknown zone or in one twice) {
  std::size_t known = 0;
  for (int prefix = 1; prefix < 100'000; ++prefix) {
    auto all = phone_zones("+" + std::to_string(prefix));
    known += all.empty() ? 0 : 1;
    CAF_REQUIRE(!holds(all, "Etc/Unknown") && !holds(all, ""));
    std::ranges::sort(all);
    CAF_REQUIRE(std::ranges::adjacent_find(all) == all.end());
  }
  CAF_CHECK(known > 50'000);
}
