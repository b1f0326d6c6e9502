#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <variant>
#include <vector>

#include "actors/lead/ids.hpp"
#include "adapters/inbound/normalizer.hpp"
#include "adapters/slack/review_message.hpp"

/// A button that somebody pressed, believed and understood.
namespace heed::slack {

/// What the press asks of the draft. The same for every press on the same version: two people, or one who
/// clicks twice, ask once.
struct approve_draft {
  draft_ref draft;
  std::string key;  ///< of the command: `slack:{draft}:{version}:approve`
};

struct press {
  approve_draft asks;
  std::string user;         ///< Slack's id, to whom the send is attributed as `slack:{id}` (ZRG-98)
  std::string user_name;    ///< as the message will show it
  std::string channel, ts;  ///< the message to change
};

/// Slack wants 200 within three seconds and an empty body; then it is acted upon.
struct presses {
  std::vector<press> all;
  std::vector<inbound::ignored_event>
      ignored;  ///< links, values of others, other workspaces, other payloads: counted
};
/// Answered as it stands, text/plain.
struct challenge {
  std::string text;
};
using interaction = std::variant<presses, challenge>;

/// `v0` HMAC-SHA256 over `v0:{ts}:{body}` under one of the secrets, within 300 s either way, in constant
/// time; else 401, and nothing of the body has been parsed. No secret = all refused (ZRG-97). A press for
/// another workspace is ignored.
[[nodiscard]] tl::expected<interaction, inbound::hook_problem> read_interaction(
    const inbound::hook_request& request, const std::vector<std::string>& secrets,
    const workspace_id& workspace);

}  // namespace heed::slack
