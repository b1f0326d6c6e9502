#include "runtime/cluster/wire.hpp"

#include <nlohmann/json.hpp>

#define CAF_SUITE cluster_wire
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::cluster;

namespace {

std::string packed(const nlohmann::json& j) {
  const auto b = nlohmann::json::to_cbor(j);
  return {b.begin(), b.end()};
}

}  // namespace

CAF_TEST(what is said comes out as it was said) {
  const auto h = wire::decode(wire::encode(wire::message{wire::hello{7, "node-7", 1, true}}));
  CAF_REQUIRE(h && std::holds_alternative<wire::hello>(*h));
  CAF_CHECK_EQUAL(std::get<wire::hello>(*h).id, "node-7");
  CAF_CHECK(std::get<wire::hello>(*h).answer);
  const auto item = wire::encode(wire::item{wire::stimulus_item{"acme", "lead_1", std::string("\0\xff", 2), 12, 3}});
  const auto b = wire::decode(wire::encode(wire::message{wire::batch{5, {item}}}));
  CAF_REQUIRE(b && std::holds_alternative<wire::batch>(*b));
  CAF_CHECK_EQUAL(std::get<wire::batch>(*b).first, 5u);
  const auto s = wire::decode_item(std::get<wire::batch>(*b).items.at(0));
  CAF_REQUIRE(s && std::holds_alternative<wire::stimulus_item>(*s));
  CAF_CHECK_EQUAL(std::get<wire::stimulus_item>(*s).body, std::string("\0\xff", 2));
  CAF_CHECK_EQUAL(std::get<wire::stimulus_item>(*s).ticket, 3u);
}

CAF_TEST(a stimulus that is in no inbox says so and so does an answer that its key was known) {
  const auto there = wire::decode_item(wire::encode(wire::item{wire::stimulus_item{"acme", "lead_1", "x", 0, 3, true}}));
  CAF_REQUIRE(there && std::holds_alternative<wire::stimulus_item>(*there));
  CAF_CHECK(std::get<wire::stimulus_item>(*there).direct);
  const auto back = wire::decode_item(wire::encode(wire::item{wire::result_item{3, 0, false, "", {}, true}}));
  CAF_REQUIRE(back && std::holds_alternative<wire::result_item>(*back));
  CAF_CHECK(std::get<wire::result_item>(*back).known);
  // The release before says neither.
  const auto older = wire::decode_item(packed({{"k", "stimulus"}, {"w", "acme"}, {"l", "lead_1"}, {"b", nlohmann::json::binary({1})}, {"i", 4}, {"t", 0}}));
  CAF_REQUIRE(older && std::holds_alternative<wire::stimulus_item>(*older));
  CAF_CHECK(!std::get<wire::stimulus_item>(*older).direct);
}

CAF_TEST(facts travel with an answer) {
  const auto back = wire::decode_facts(wire::encode_facts({noted{"nobody_told", "x"}}));
  CAF_REQUIRE_EQUAL(back.size(), 1u);
  CAF_CHECK(std::holds_alternative<noted>(back.front()));
}

CAF_TEST(a later release may add members and kinds) {
  const auto more = wire::decode(packed({{"t", "ack"}, {"n", 9}, {"mood", "good"}}));
  CAF_REQUIRE(more && std::holds_alternative<wire::ack>(*more));
  CAF_CHECK_EQUAL(std::get<wire::ack>(*more).upto, 9u);
  const auto news = wire::decode(packed({{"t", "gossip"}, {"n", 9}}));
  CAF_REQUIRE(news && std::holds_alternative<wire::unknown>(*news));
  CAF_CHECK_EQUAL(std::get<wire::unknown>(*news).what, "gossip");
  CAF_CHECK(!wire::decode_item(packed({{"k", "gossip"}})));
}

CAF_TEST(what is no message is none) {
  for (const auto& text : {std::string(), std::string("hello"), std::string("\xff\xff\xff"), packed(5), packed({{"n", 1}})})
    CAF_CHECK(!wire::decode(text));
  // Of a known kind and another shape.
  const auto odd = wire::decode(packed({{"t", "ack"}, {"n", "many"}}));
  CAF_CHECK(odd && std::holds_alternative<wire::unknown>(*odd));
  CAF_CHECK(!wire::decode_item(packed({{"k", "stimulus"}, {"w", 1}})));
}
