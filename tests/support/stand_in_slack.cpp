#include "tests/support/stand_in_slack.hpp"

#include <algorithm>
#include <set>

#include "adapters/inbound/crypto.hpp"
#include "adapters/outbound/wire.hpp"

namespace heed::test {
namespace {

using nlohmann::json;

json fails(const char* error) { return {{"ok", false}, {"error", error}}; }

std::size_t length_of(const json& object, const char* name) {
  return outbound::text_member(object, name).size();
}

bool is_text(const json& text, bool mrkdwn_allowed, std::size_t most) {
  const auto type = outbound::text_member(text, "type");
  const auto length = length_of(text, "text");
  if (type == "mrkdwn" && text.contains("emoji")) return false;
  return (type == "plain_text" || (mrkdwn_allowed && type == "mrkdwn")) && length > 0 && length <= most;
}

bool is_button(const json& b, std::set<std::string>& ids) {
  return outbound::text_member(b, "type") == "button" && is_text(b.value("text", json()), false, 75) &&
         length_of(b, "value") <= 2'000 && length_of(b, "url") <= 3'000 && length_of(b, "action_id") <= 255 &&
         ids.insert(outbound::text_member(b, "action_id")).second;
}

bool is_block(const json& b) {
  const auto type = outbound::text_member(b, "type");
  const auto elements = b.value("elements", json::array());
  if (length_of(b, "block_id") > 255) return false;
  if (type == "header") return is_text(b.value("text", json()), false, 150);
  if (type == "section") return is_text(b.value("text", json()), true, 3'000);
  if (type == "context")
    return !elements.empty() && elements.size() <= 10 &&
           std::ranges::all_of(elements, [](const json& e) { return is_text(e, true, 3'000); });
  std::set<std::string> ids;
  return type == "actions" && !elements.empty() && elements.size() <= 25 &&
         std::ranges::all_of(elements, [&](const json& e) { return is_button(e, ids); });
}

std::string hex(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) {
    static constexpr char digits[] = "0123456789abcdef";
    out += digits[static_cast<unsigned char>(c) >> 4];
    out += digits[static_cast<unsigned char>(c) & 15];
  }
  return out;
}

json button_of(const json& blocks, const std::string& action_id, std::string& block_id) {
  for (const auto& b : blocks)
    for (const auto& e : b.value("elements", json::array()))
      if (outbound::text_member(e, "action_id") == action_id) {
        block_id = outbound::text_member(b, "block_id");
        return e;
      }
  throw std::runtime_error("no such button: " + action_id);
}

}  // namespace

std::string blocks_fault(const json& blocks) {
  if (!blocks.is_array() || blocks.empty() || blocks.size() > 50) return "invalid_blocks";
  return std::ranges::all_of(blocks, is_block) ? "" : "invalid_blocks";
}

stand_in_slack::stand_in_slack(std::uint16_t port) : server_([this](const scripted_request& r) { return play(r); }, port) {}

outbound::sending_account stand_in_slack::account() const {
  outbound::sending_account a;
  a.workspace = workspace_id("acme");
  a.public_part.id = account_id("slack");
  a.public_part.provider = "slack";
  a.base_url = server_.url() + "/api";
  a.secrets["bot_token"] = "xoxb-example";
  return a;
}

void stand_in_slack::next(const std::string& method, scripted_answer a) {
  const std::lock_guard lock(mutex_);
  script_[method].push_back(std::move(a));
}

void stand_in_slack::lose_answer(const std::string& method) {
  const std::lock_guard lock(mutex_);
  ++lost_[method];
}

std::vector<stand_in_slack::posted> stand_in_slack::messages() const {
  const std::lock_guard lock(mutex_);
  return messages_;
}

int stand_in_slack::calls(const std::string& method) const {
  const std::lock_guard lock(mutex_);
  const auto found = calls_.find(method);
  return found == calls_.end() ? 0 : found->second;
}

scripted_answer stand_in_slack::play(const scripted_request& r) {
  const std::lock_guard lock(mutex_);
  const std::string prefix = "/api/";
  const auto method = r.path.starts_with(prefix) ? r.path.substr(prefix.size()) : std::string();
  ++calls_[method];
  if (auto& script = script_[method]; !script.empty()) {
    auto a = std::move(script.front());
    script.erase(script.begin());
    return a;
  }
  scripted_answer a{200, answer(method, r).dump()};
  if (auto& lost = lost_[method]; lost > 0) {
    --lost;
    a.after = scripted_answer::then::close;
  }
  return a;
}

json stand_in_slack::answer(const std::string& method, const scripted_request& r) {
  const auto header = [&](const char* name) {
    return r.headers.contains(name) ? r.headers.at(name) : std::string();
  };
  if (header("authorization").empty()) return fails("not_authed");
  if (header("authorization") != "Bearer xoxb-example") return fails("invalid_auth");
  if (method == "users.lookupByEmail") {
    if (r.method != "GET") return fails("invalid_arguments");
    if (r.query == "email=mia%40acme.example")
      return {{"ok", true}, {"user", {{"id", "U0EXAMPLE1"}, {"name", "mia"}}}};
    if (r.query == "email=leo%40acme.example")
      return {{"ok", true}, {"user", {{"id", "U0EXAMPLE2"}, {"name", "leo"}}}};
    return fails("users_not_found");
  }
  if (r.method != "POST" || header("content-type") != "application/json; charset=utf-8")
    return fails("invalid_form_data");
  const auto body = json::parse(r.body, nullptr, false);
  if (!body.is_object()) return fails("invalid_json");
  if (method == "conversations.open") {
    const auto user = outbound::text_member(body, "users");
    if (!user.starts_with("U0EXAMPLE")) return fails("user_not_found");
    return {{"ok", true}, {"channel", {{"id", "D" + user.substr(1)}}}};
  }
  if (method == "chat.postMessage") return post(body);
  if (method == "chat.update") return update(body);
  return fails("unknown_method");
}

json stand_in_slack::post(const json& body) {
  const auto channel = outbound::text_member(body, "channel");
  if (!channel.starts_with("D0EXAMPLE")) return fails("channel_not_found");
  if (outbound::text_member(body, "text").empty()) return fails("no_text");
  if (const auto fault = blocks_fault(body.value("blocks", json())); !fault.empty())
    return fails("invalid_blocks");
  posted p{channel, "1795168700." + std::to_string(100'000 + messages_.size()), body};
  messages_.push_back(p);
  return {{"ok", true}, {"channel", channel}, {"ts", p.ts}, {"message", {{"type", "message"}, {"ts", p.ts}}}};
}

json stand_in_slack::update(const json& body) {
  const auto ts = outbound::text_member(body, "ts");
  const auto found = std::ranges::find(messages_, ts, &posted::ts);
  if (found == messages_.end() || found->channel != outbound::text_member(body, "channel"))
    return fails("message_not_found");
  if (const auto fault = blocks_fault(body.value("blocks", json())); !fault.empty())
    return fails("invalid_blocks");
  found->body = body;
  ++found->updates;
  return {{"ok", true}, {"channel", found->channel}, {"ts", ts}};
}

inbound::hook_request stand_in_slack::press(const posted& m, const std::string& action_id,
                                            const std::string& user, time_point now) const {
  std::string block_id;
  auto action = button_of(m.body.at("blocks"), action_id, block_id);
  action["block_id"] = block_id;
  action["action_ts"] = "1795168799.100000";
  const json payload{
      {"type", "block_actions"},
      {"user", {{"id", user}, {"username", user == "U0EXAMPLE1" ? "mia" : "leo"}, {"team_id", "T0EXAMPLE1"}}},
      {"token", "legacy-verification-token"},
      {"container", {{"type", "message"}, {"message_ts", m.ts}, {"channel_id", m.channel}}},
      {"channel", {{"id", m.channel}, {"name", "directmessage"}}},
      {"message", {{"type", "message"}, {"ts", m.ts}}},
      {"actions", {action}}};
  const auto at =
      std::to_string(std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count());
  inbound::hook_request r;
  r.body = "payload=" + outbound::form_encoded(payload.dump());
  r.received_at = r.domain_now = now;
  r.headers = {
      {"content-type", "application/x-www-form-urlencoded"},
      {"x-slack-request-timestamp", at},
      {"x-slack-signature", "v0=" + hex(inbound::hmac_sha256(signing_secret, "v0:" + at + ":" + r.body))}};
  return r;
}

}  // namespace heed::test
