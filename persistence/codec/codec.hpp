#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "actors/lead/decision.hpp"
#include "persistence/errc.hpp"
#include "persistence/rows.hpp"

/// Values to bytes and back: one format byte, then CBOR maps with add-only integer field ids and frozen
/// variant tags (PROTOCOL, Committing). What version n wrote, n+1 reads; golden files under
/// tests/fixtures/codec hold it.
namespace heed::codec {

/// One journal row's content before sealing: all that replay needs to recompute it.
struct journal_entry {
  std::uint64_t seq = 0;
  std::uint64_t revision = 0;
  std::uint32_t rules = rules_version;
  circumstances when;
  stimulus what;
  decision answer;
};

[[nodiscard]] bytes encode(const stimulus& s);
[[nodiscard]] bytes encode(const lead_state& s);
[[nodiscard]] bytes encode(const effect& e);
[[nodiscard]] bytes encode(const journal_entry& e);
[[nodiscard]] result<stimulus> decode_stimulus(std::string_view data);
[[nodiscard]] result<lead_state> decode_lead_state(std::string_view data);
[[nodiscard]] result<effect> decode_effect(std::string_view data);
[[nodiscard]] result<journal_entry> decode_journal_entry(std::string_view data);

/// The stimulus by which a lead learns what became of an effect.
[[nodiscard]] stimulus outcome_stimulus(const effect_outcome& o, time_point now);

/// Named, for explain and the API: the same field list, printed. Personal text included: callers redact.
[[nodiscard]] nlohmann::json to_json(const stimulus& s);
[[nodiscard]] nlohmann::json to_json(const lead_state& s);
[[nodiscard]] nlohmann::json to_json(const journal_entry& e);
[[nodiscard]] nlohmann::json to_json(const fact& f);
[[nodiscard]] nlohmann::json to_json(const run_verdicts& v);

/// A lead's secret (32 bytes); destroying it erases everything sealed with it.
[[nodiscard]] bytes new_secret();
/// XChaCha20-Poly1305 (libsodium); `context` is bound, so that a row cannot be moved to another place. The
/// nonce is derived from secret, context and content, so equal inputs seal to equal bytes.
[[nodiscard]] bytes seal(std::string_view secret, std::string_view context, std::string_view clear);
[[nodiscard]] result<bytes> unseal(std::string_view secret, std::string_view context,
                                   std::string_view sealed);
/// Next link of the journal's hash chain (BLAKE2b-256 over previous link and ciphertext).
[[nodiscard]] bytes chain_link(std::string_view previous, std::string_view sealed_body);
/// Keyed-less BLAKE2b-256 hex of a normalised address: the suppression list's key, per workspace.
[[nodiscard]] std::string address_hash(const workspace_id& ws, const lead_key& key);

}  // namespace heed::codec
