#include "persistence/codec/cbor_tokens.hpp"

#include <cbor/callbacks.h>
#include <cbor/streaming.h>

namespace heed::codec {
namespace {

template <token::kind Kind, class Int>
void on_number(void* to, Int n) {
  *static_cast<token*>(to) = {Kind, n, {}};
}
template <token::kind Kind>
void on_count(void* to, std::size_t n) {
  *static_cast<token*>(to) = {Kind, n, {}};
}
template <token::kind Kind>
void on_string(void* to, cbor_data data, std::size_t size) {
  *static_cast<token*>(to) = {Kind, size, {reinterpret_cast<const char*>(data), size}};
}
void on_bool(void* to, bool x) { *static_cast<token*>(to) = {token::kind::boolean, x ? 1u : 0u, {}}; }
void on_other(void* to) { *static_cast<token*>(to) = {token::kind::other, 0, {}}; }
void on_float(void* to, float) { on_other(to); }
void on_double(void* to, double) { on_other(to); }
// Indefinite lengths and semantic tags are never written by us.
void on_foreign(void* to) { *static_cast<token*>(to) = {}; }
void on_semantic_tag(void* to, std::uint64_t) { on_foreign(to); }

cbor_callbacks make_callbacks() {
  using kind = token::kind;
  cbor_callbacks c = cbor_empty_callbacks;
  c.uint8 = on_number<kind::positive, std::uint8_t>;
  c.uint16 = on_number<kind::positive, std::uint16_t>;
  c.uint32 = on_number<kind::positive, std::uint32_t>;
  c.uint64 = on_number<kind::positive, std::uint64_t>;
  c.negint8 = on_number<kind::negative, std::uint8_t>;
  c.negint16 = on_number<kind::negative, std::uint16_t>;
  c.negint32 = on_number<kind::negative, std::uint32_t>;
  c.negint64 = on_number<kind::negative, std::uint64_t>;
  c.string = on_string<kind::text>;
  c.byte_string = on_string<kind::bytes>;
  c.array_start = on_count<kind::array>;
  c.map_start = on_count<kind::map>;
  c.boolean = on_bool;
  c.float2 = on_float;
  c.float4 = on_float;
  c.float8 = on_double;
  c.null = on_other;
  c.undefined = on_other;
  c.string_start = on_foreign;
  c.byte_string_start = on_foreign;
  c.indef_array_start = on_foreign;
  c.indef_map_start = on_foreign;
  c.indef_break = on_foreign;
  c.tag = on_semantic_tag;
  return c;
}

const cbor_callbacks callbacks = make_callbacks();

}  // namespace

token cbor_tokens::next() {
  token found;
  if (!good()) return found;
  const auto* from = reinterpret_cast<cbor_data>(data_.data()) + at_;
  const auto answer = cbor_stream_decode(from, left(), &callbacks, &found);
  if (answer.status != CBOR_DECODER_FINISHED || found.what == token::kind::broken) {
    break_off("item cannot be read");
    return {};
  }
  at_ += answer.read;
  // Every member takes a byte at least: a larger count is a lie that must not reach an allocation.
  if ((found.what == token::kind::array || found.what == token::kind::map) && found.number > left()) {
    break_off("count exceeds the data");
    return {};
  }
  return found;
}

void cbor_tokens::skip() {
  for (std::uint64_t open = 1; open > 0 && good(); --open) {
    const auto t = next();
    if (t.what == token::kind::array) open += t.number;
    if (t.what == token::kind::map) open += 2 * t.number;
  }
}

void cbor_tokens::break_off(const char* why) {
  if (error_ == nullptr) error_ = why;
}

std::string cbor_tokens::problem() const {
  return error_ == nullptr ? std::string{} : std::string(error_) + " at byte " + std::to_string(at_);
}

}  // namespace heed::codec
