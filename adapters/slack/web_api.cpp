#include "adapters/slack/web_api.hpp"

#include <algorithm>
#include <array>

#include "adapters/outbound/wire.hpp"

namespace heed::slack {

namespace {

using nlohmann::json;
using nlohmann::ordered_json;
using outbound::answer;

constexpr std::string_view own_url = "https://slack.com/api";
constexpr auto answer_within = std::chrono::seconds(10);

constexpr std::array<std::string_view, 4> busy{"internal_error", "fatal_error", "service_unavailable",
                                               "request_timeout"};
constexpr std::array<std::string_view, 8> of_account{"invalid_auth",  "not_authed",       "token_revoked",
                                                     "token_expired", "account_inactive", "missing_scope",
                                                     "no_permission", "ekm_access_denied"};

bool is_one_of(const auto& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

outbound::call prepared(const outbound::sending_account& a, const std::string& method) {
  outbound::call c;
  c.url = outbound::base_or(a, own_url) + "/" + method;
  c.headers = {{"authorization", "Bearer " + outbound::secret(a, "bot_token")}};
  c.timeout = std::min<std::chrono::milliseconds>(answer_within, outbound::call_timeout(a));
  return c;
}

outbound::call with_body(outbound::call c, const ordered_json& body) {
  c.headers.emplace_back("content-type", "application/json; charset=utf-8");
  c.body = body.dump(-1, ' ', false, json::error_handler_t::replace);
  return c;
}

ordered_json message_body(const std::string& channel, const message& m, const std::string& effect) {
  return {{"channel", channel},
          {"text", m.text},
          {"blocks", m.blocks},
          {"metadata", {{"event_type", "heed_effect"}, {"event_payload", {{"effect", effect}}}}}};
}

api_report later(const answer& a, std::string code) {
  api_later l;
  if (const auto s = outbound::retry_after(a)) l.after = *s;
  auto wire = outbound::report(send_result::refused_account, std::move(code));
  wire.retry_after = outbound::retry_after(a);
  return {l, std::move(wire)};
}

api_report read_refusal(const answer& a, const std::string& code) {
  if (code == "ratelimited" || a.status == 429) return later(a, code);
  // Said by a Slack that had begun: a post may have been made.
  if (is_one_of(busy, code)) return {api_doubt{}, outbound::report(send_result::unknown, code)};
  if (!is_one_of(of_account, code))
    return {api_refused{}, outbound::report(send_result::refused_final, code)};
  auto wire = outbound::report(send_result::refused_account, code);
  wire.stop_account = true;
  return {api_refused{}, std::move(wire)};
}

}  // namespace

bool can_post(const outbound::sending_account& a) { return !outbound::secret(a, "bot_token").empty(); }

outbound::call build_find_user(const outbound::sending_account& a, const std::string& email) {
  auto c = prepared(a, "users.lookupByEmail?email=" + outbound::percent_encoded(email));
  c.method = "GET";
  return c;
}

outbound::call build_open(const outbound::sending_account& a, const std::string& user) {
  return with_body(prepared(a, "conversations.open"), {{"users", user}});
}

outbound::call build_post(const outbound::sending_account& a, const std::string& channel, const message& m,
                          const std::string& effect) {
  return with_body(prepared(a, "chat.postMessage"), message_body(channel, m, effect));
}

outbound::call build_update(const outbound::sending_account& a, const std::string& channel,
                            const std::string& ts, const message& m, const std::string& effect) {
  auto body = message_body(channel, m, effect);
  body["ts"] = ts;
  return with_body(prepared(a, "chat.update"), body);
}

api_report read_api(const answer& a) {
  if (auto wire = outbound::unanswered_report(a)) {
    if (a.reached == answer::phase::sent_no_answer) return {api_doubt{}, std::move(*wire)};
    return {api_later{}, std::move(*wire)};
  }
  auto body = outbound::json_body(a);
  const auto code = outbound::code_word(outbound::text_member(body, "error"), a.status);
  const bool spoken = body.is_object() && body.contains("ok") && body["ok"].is_boolean();
  if (spoken && body["ok"].get<bool>() && a.status == 200)
    return {api_done{std::move(body)}, outbound::report(send_result::accepted, {})};
  if (spoken || a.status == 429) return read_refusal(a, code);
  auto wire = outbound::common_report(a, code).value_or(
      outbound::report(send_result::unknown, "answer_not_understood"));
  if (wire.result == send_result::unknown) return {api_doubt{}, std::move(wire)};
  return {api_refused{}, std::move(wire)};
}

}  // namespace heed::slack
