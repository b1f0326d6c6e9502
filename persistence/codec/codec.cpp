#include "persistence/codec/codec.hpp"

#include "persistence/codec/cbor_reader.hpp"
#include "persistence/codec/cbor_writer.hpp"
#include "persistence/codec/decision_fields.hpp"
#include "persistence/codec/fact_fields.hpp"
#include "persistence/codec/state_fields.hpp"
#include "persistence/codec/stimulus_fields.hpp"

namespace heed::codec {
namespace {

/// Raised only for a change that ids cannot express; this release then still reads every older one.
constexpr char format_version = 1;

template <class T>
bytes encode_any(const T& x) {
  bytes out;
  out.reserve(512);
  out.push_back(format_version);
  cbor_writer(out).value(x);
  return out;
}

template <class T>
result<T> decode_any(std::string_view data, const char* what) {
  if (data.empty() || data.front() != format_version)
    return fail(errc::fatal, std::string("codec: ") + what + ": unknown format version");
  cbor_reader reader(data.substr(1));
  T x;
  reader.value(x);
  reader.expect_end();
  if (!reader.good()) return fail(errc::fatal, std::string("codec: ") + what + ": " + reader.problem());
  return x;
}

}  // namespace

bytes encode(const stimulus& s) { return encode_any(s); }
bytes encode(const lead_state& s) { return encode_any(s); }
bytes encode(const effect& e) { return encode_any(e); }
bytes encode(const journal_entry& e) { return encode_any(e); }

result<stimulus> decode_stimulus(std::string_view data) { return decode_any<stimulus>(data, "stimulus"); }
result<lead_state> decode_lead_state(std::string_view data) {
  return decode_any<lead_state>(data, "lead state");
}
result<effect> decode_effect(std::string_view data) { return decode_any<effect>(data, "effect"); }
result<journal_entry> decode_journal_entry(std::string_view data) {
  return decode_any<journal_entry>(data, "journal entry");
}

stimulus outcome_stimulus(const effect_outcome& o, time_point now) {
  stimulus s;
  s.key =
      "effect:" + o.effect.value + ":" + std::to_string(o.attempt) + ":" + std::string(to_string(o.result));
  s.occurred_at = now;
  s.received_at = now;
  s.source = "dispatcher";
  s.body = o;
  return s;
}

}  // namespace heed::codec
