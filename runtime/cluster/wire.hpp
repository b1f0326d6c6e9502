#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "actors/protocol.hpp"

/// What nodes say to each other: one text per message, CBOR maps whose members are only ever added to. A kind that is not
/// known is answered `unknown` and otherwise ignored, so that nodes of two releases get along: whatever is said here is a hint,
/// the rows of the store are what counts.
namespace heed::cluster::wire {

inline constexpr int version = 2;
/// Whoever speaks it takes stimuli that are in no inbox.
inline constexpr int takes_direct = 2;

/// First words of a link, and their answer. Both are checked against the node rows.
struct hello { std::uint64_t epoch = 0; std::string id; int speaks = version; bool answer = false; };
/// Things of one direction in their order, numbered from the link's first.
struct batch { std::uint64_t first = 0; std::vector<std::string> items; };
/// All up to this one have arrived, and there is room for that many more.
struct ack { std::uint64_t upto = 0; };
/// I do not know you: greet me.
struct who {};
struct unknown { std::string what; };
using message = std::variant<hello, batch, ack, who, unknown>;

[[nodiscard]] std::string encode(const message& m);
/// `unknown` with its kind for what this release does not understand; none for what is no message at all.
[[nodiscard]] std::optional<message> decode(std::string_view text);

/// A stimulus that is in the inbox of a lead of yours; `direct`: in none, its decision alone keeps it. `ticket` 0 = nobody waits.
struct stimulus_item { std::string workspace, lead, body; std::uint64_t inbox = 0, ticket = 0; bool direct = false; };
/// A planned effect whose account is yours to dispatch for.
struct dispatch_item {
  std::string workspace, lead, effect, campaign, account, kind, request;
  bool may_repeat = false;
  std::uint64_t allowed_at = 0;
};
/// Look into the inbox of this lead.
struct fetch_item { std::string workspace, lead; };
/// What became of a stimulus with that ticket; `entry` holds the facts. `known`: its key was decided before. Neither: nothing became of it
/// here, and one in no inbox is the sender's to keep.
struct result_item { std::uint64_t ticket = 0, seq = 0; bool decided = false; std::string entry; std::vector<std::string> calls; bool known = false; };
/// Take up that workspace's configuration; answered by `config_done_item`.
struct config_item { std::string workspace; std::uint64_t ticket = 0; };
struct config_done_item { std::uint64_t ticket = 0; };
/// The leases have changed.
struct look_item {};
using item = std::variant<stimulus_item, dispatch_item, fetch_item, result_item, config_item, config_done_item, look_item>;

[[nodiscard]] std::string encode(const item& i);
/// None for a kind or a shape that this release does not know.
[[nodiscard]] std::optional<item> decode_item(std::string_view text);

[[nodiscard]] std::string encode_facts(std::vector<fact> facts);
[[nodiscard]] std::vector<fact> decode_facts(std::string_view text);

}  // namespace heed::cluster::wire
