#include "persistence/codec/codec.hpp"

#include "tests/unit/support/codec_samples.hpp"

#define CAF_SUITE codec
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace std::string_literals;

namespace {

/// Decodes as the type a fixture's file is named for and encodes again.
result<bytes> again(const std::string& type, std::string_view data) {
  const auto encode = [](const auto& x) { return codec::encode(x); };
  if (type == "stimulus") return codec::decode_stimulus(data).map(encode);
  if (type == "effect") return codec::decode_effect(data).map(encode);
  if (type == "lead_state") return codec::decode_lead_state(data).map(encode);
  return codec::decode_journal_entry(data).map(encode);
}

std::vector<std::pair<std::string, codec::samples>> all_samples() {
  return {{"stimulus", codec::stimulus_samples()},
          {"effect", codec::effect_samples()},
          {"lead_state", codec::state_samples()},
          {"journal_entry", codec::journal_samples()}};
}

}  // namespace

CAF_TEST(what is encoded decodes and encodes to the same bytes for every kind and field) {
  std::size_t seen = 0;
  for (const auto& [type, samples] : all_samples())
    for (const auto& [name, data] : samples) {
      const auto back = again(type, data);
      CAF_REQUIRE(back.has_value());
      CAF_CHECK(*back == data);
      ++seen;
    }
  CAF_CHECK_EQUAL(
      seen, std::variant_size_v<stimulus_body> + std::variant_size_v<effect> + std::variant_size_v<fact> + 2);
}

CAF_TEST(a decoded state equals the one encoded) {
  const auto lead = codec::waiting_lead();
  const auto back = codec::decode_lead_state(codec::encode(lead));
  CAF_REQUIRE(back.has_value());
  CAF_CHECK(*back == lead);
}

CAF_TEST(fields of other than their initial value survive also where zero is not the initial value) {
  stimulus s;
  effect_outcome o;
  o.result = send_result::accepted;  // zero, while the struct begins as unknown
  s.body = o;
  const auto back = codec::decode_stimulus(codec::encode(s));
  CAF_REQUIRE(back.has_value());
  CAF_CHECK(std::get<effect_outcome>(back->body).result == send_result::accepted);
}

CAF_TEST(nothing is written for what is empty) {
  CAF_CHECK(codec::encode(lead_state{}) == "\x01\xa0"s);
  CAF_CHECK(codec::encode(codec::waiting_lead()).size() <= 400);
}

CAF_TEST(equal values give equal bytes whatever the order they were filled in) {
  lead_state a, b;
  a.fields = {{"x", "1"}, {"y", "2"}};
  b.fields["y"] = "2";
  b.fields["x"] = "1";
  CAF_CHECK(codec::encode(a) == codec::encode(b));
}

CAF_TEST(a field of a newer release is passed over) {
  // {1: "lead_1", 99: [1, {2: "x"}]}
  const auto newer = "\x01\xa2\x01\x66lead_1\x18\x63\x82\x01\xa1\x02\x61x"s;
  const auto lead = codec::decode_lead_state(newer);
  CAF_REQUIRE(lead.has_value());
  CAF_CHECK_EQUAL(lead->id, lead_id("lead_1"));
}

CAF_TEST(every truncation is refused) {
  for (const auto& [type, samples] : all_samples())
    for (const auto& [name, data] : samples)
      for (std::size_t size = 0; size < data.size(); ++size)
        if (again(type, std::string_view(data).substr(0, size)).has_value())
          CAF_FAIL(type << " " << name << " decodes when cut to " << size << " bytes");
  CAF_CHECK(!codec::decode_lead_state(codec::encode(codec::waiting_lead()) + "x").has_value());
}

CAF_TEST(every flipped bit is refused or gives a value that stands on its own) {
  std::size_t refused = 0;
  for (const auto& [type, samples] : all_samples())
    for (const auto& [name, data] : samples)
      for (std::size_t bit = 0; bit < 8 * data.size(); bit += type == "journal_entry" ? 13 : 1) {
        auto broken = data;
        broken[bit / 8] = static_cast<char>(broken[bit / 8] ^ (1 << (bit % 8)));
        const auto back = again(type, broken);
        if (!back) {
          ++refused;
          continue;
        }
        const auto twice = again(type, *back);
        if (!twice || *twice != *back)
          CAF_FAIL(type << " " << name << " bit " << bit << " gives a value that does not hold");
      }
  CAF_CHECK(refused > 1000);
}

CAF_TEST(lies about sizes types and order are refused) {
  const std::vector<bytes> lies{
      "",                                                   // nothing
      "\x02\xa0"s,                                          // a format of the future
      "\x01\xbb\x0f\xff\xff\xff\xff\xff\xff\xff"s,          // a map of 2^60 fields
      "\x01\xa1\x07\x9b\x0f\xff\xff\xff\xff\xff\xff\xff"s,  // keys: 2^60 members
      "\x01\xa1\x01\x7b\xff\xff\xff\xff\xff\xff\xff\xff"s,  // id: a text of 2^64 bytes
      "\x01\xa1\x01\x05"s,                                  // id: a number
      "\x01\xa2\x02\x61x\x01\x61y"s,                        // fields in falling order
      "\x01\xa2\x01\x61x\x01\x61y"s,                        // one field twice
      "\x01\xbf\x01\x61x\xff"s,                             // indefinite length
      "\x01\xa1\x05\xa2\x61y\x61\x31\x61x\x61\x32"s,        // a dictionary out of order
      "\x01\xa1\x07\x81\xa1\x01\x18\x2a"s,                  // key kind 42
      "\x01\xa1\x0c\x1b\x00\x00\x00\x01\x00\x00\x00\x00"s,  // epoch beyond 32 bits
      "\x01\xa1\x18\x63"s + bytes(100'000, '\x81'),         // depth without end
  };
  for (const auto& lie : lies) {
    const auto lead = codec::decode_lead_state(lie);
    CAF_REQUIRE(!lead.has_value());
    CAF_CHECK(lead.error().code == errc::fatal);
  }
}

CAF_TEST(the stimulus of an outcome is keyed by effect attempt and result) {
  effect_outcome o;
  o.effect = effect_id("lead_1-4-0");
  o.attempt = 2;
  o.result = send_result::accepted;
  const auto s = codec::outcome_stimulus(o, from_micros(7));
  CAF_CHECK_EQUAL(s.key, "effect:lead_1-4-0:2:accepted");
  CAF_CHECK(s.received_at == from_micros(7));
  CAF_CHECK(std::get<effect_outcome>(s.body).attempt == 2u);
}
