#include "adapters/llm/chat.hpp"

#include <charconv>

#include "actors/lead/check.hpp"
#include "adapters/llm/schema.hpp"
#include "adapters/outbound/wire.hpp"

namespace heed::llm {

namespace {

using draft::model_failure;
using nlohmann::json;
using nlohmann::ordered_json;
using outbound::answer;
using std::chrono::milliseconds;

constexpr std::string_view own_url = "https://api.openai.com/v1";
constexpr std::int64_t default_tokens = 1'500;
/// Longer than that nobody waits for a server that asks for patience.
constexpr auto longest_pause = std::chrono::seconds(120);

ordered_json form_of(prompt_key k, answer_form form) {
  if (form == answer_form::json_object) return {{"type", "json_object"}};
  return {{"type", "json_schema"},
          {"json_schema", {{"name", schema_name(k)}, {"strict", true}, {"schema", schema_of(k)}}}};
}

/// Without a schema in the request the form is told in words.
std::string system_text(const rendered_prompt& p, answer_form form) {
  if (form == answer_form::json_schema) return p.system;
  return p.system + "\n\nThe JSON object is of this form (JSON Schema): " + schema_of(p.key).dump();
}

/// `0` unless the account says otherwise; null = the server's own.
void put_temperature(ordered_json& body, const outbound::sending_account& a) {
  const auto found = a.options.find("temperature");
  if (found == a.options.end())
    body["temperature"] = 0;
  else if (found->is_number())
    body["temperature"] = *found;
}

std::optional<milliseconds> milliseconds_in(std::string_view text) {
  std::int64_t n = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (error != std::errc{} || end != text.data() + text.size() || n < 0) return std::nullopt;
  return milliseconds(n);
}

std::optional<milliseconds> asked_pause(const answer& a) {
  auto pause = milliseconds_in(outbound::header(a, "retry-after-ms"));
  if (!pause)
    if (const auto s = outbound::retry_after(a)) pause = *s;
  if (pause && *pause > longest_pause) return std::nullopt;
  return pause;
}

chat_report failed(model_failure why, outbound::send_report wire) {
  return {chat_failed{why}, std::move(wire)};
}

/// A quota that is used up does not heal within a call's time.
bool is_used_up(const std::string& code) {
  return code == "insufficient_quota" || code == "billing_hard_limit_reached";
}

bool heals(const answer& a, const std::string& code) {
  const auto word = outbound::header(a, "x-should-retry");
  if (is_used_up(code) || word == "false") return false;
  return word == "true" || a.status == 408 || a.status == 409 || a.status == 429 || a.status >= 500;
}

chat_report read_unanswered(const answer& a, outbound::send_report wire) {
  // Our own word: nothing was tried, or there is no time left.
  if (a.error == "start_by" || a.error == "shutdown" || a.error == "malformed")
    return failed(model_failure::error, std::move(wire));
  if (a.error == "timed_out") return failed(model_failure::timed_out, std::move(wire));
  return {chat_again{std::nullopt, model_failure::error}, std::move(wire)};
}

chat_report read_error(const answer& a, answer_form form) {
  const auto body = outbound::json_body(a);
  const auto error = body.is_object() ? body.value("error", json()) : json();
  const auto code = outbound::code_word(outbound::text_member(error, "code"), a.status);
  auto wire = outbound::common_report(a, code).value_or(outbound::report(send_result::refused_final, code));
  if (heals(a, code)) return {chat_again{asked_pause(a), model_failure::error}, std::move(wire)};
  if (is_used_up(code)) wire.stop_account = true;
  const bool about_form = a.status == 400 || a.status == 422;
  if (about_form && form == answer_form::json_schema)
    return {chat_plainer{model_failure::error}, std::move(wire)};
  return failed(model_failure::error, std::move(wire));
}

/// Some servers wrap what they say in a code fence; one is taken off.
std::string_view unfenced(std::string_view text) {
  const auto from = text.find_first_not_of(" \t\r\n");
  if (from == std::string_view::npos) return {};
  text = text.substr(from, text.find_last_not_of(" \t\r\n") - from + 1);
  if (!text.starts_with("```") || !text.ends_with("```") || text.size() < 6) return text;
  const auto line = text.find('\n');
  if (line == std::string_view::npos || line + 3 > text.size()) return text;
  return text.substr(line + 1, text.size() - line - 4);
}

/// The one message of the one choice; a JSON null when the answer is of another form.
json message_of(const json& body, std::string& finish) {
  if (!body.is_object()) return {};
  const auto choices = body.find("choices");
  if (choices == body.end() || !choices->is_array() || choices->empty() || !choices->front().is_object())
    return {};
  finish = outbound::text_member(choices->front(), "finish_reason");
  return choices->front().value("message", json());
}

chat_report unusable(answer_form form, const char* word) {
  auto wire = outbound::report(send_result::accepted, word);
  if (form == answer_form::json_schema) return {chat_plainer{model_failure::invalid}, std::move(wire)};
  return failed(model_failure::invalid, std::move(wire));
}

chat_report read_success(const answer& a, prompt_key k, answer_form form) {
  std::string finish;
  const auto message = message_of(outbound::json_body(a), finish);
  if (!message.is_object())
    return failed(model_failure::invalid, outbound::report(send_result::accepted, "no_choice"));
  if (!outbound::text_member(message, "refusal").empty() || finish == "content_filter")
    return failed(model_failure::refused, outbound::report(send_result::accepted, "refusal"));
  // Half an answer is none, and the same question would be cut at the same place.
  if (finish == "length")
    return failed(model_failure::invalid, outbound::report(send_result::accepted, "truncated"));
  if (finish != "stop")
    return failed(model_failure::invalid, outbound::report(send_result::accepted, "not_finished"));
  auto content = json::parse(unfenced(outbound::text_member(message, "content")), nullptr, false);
  if (content.is_discarded()) return unusable(form, "no_json");
  if (mismatch(schema_of(k), content)) return unusable(form, "other_form");
  return {chat_answer{std::move(content)}, outbound::report(send_result::accepted, {})};
}

}  // namespace

bool can_ask(const outbound::sending_account& a) {
  return !outbound::secret(a, "api_key").empty() && !outbound::text_option(a, "model").empty();
}

outbound::call build_chat(const outbound::sending_account& a, const rendered_prompt& p, answer_form form,
                          milliseconds within) {
  CHECK(can_ask(a));
  ordered_json body;
  body["model"] = outbound::text_option(a, "model");
  body["messages"] = ordered_json::array(
      {{{"role", "system"}, {"content", system_text(p, form)}}, {{"role", "user"}, {"content", p.user}}});
  put_temperature(body, a);
  auto field = outbound::text_option(a, "token_field");
  if (field != "max_tokens") field = "max_completion_tokens";
  body[field] = outbound::number_option(a, "max_tokens").value_or(default_tokens);
  body["response_format"] = form_of(p.key, form);

  outbound::call c;
  c.url = outbound::base_or(a, own_url) + "/chat/completions";
  c.headers = {{"authorization", "Bearer " + outbound::secret(a, "api_key")},
               {"content-type", "application/json"}};
  c.body = body.dump(-1, ' ', false, json::error_handler_t::replace);
  c.timeout = std::min(within, outbound::call_timeout(a));
  return c;
}

chat_report read_chat(const answer& a, prompt_key k, answer_form form) {
  if (auto wire = outbound::unanswered_report(a)) return read_unanswered(a, std::move(*wire));
  if (a.status < 200 || a.status >= 300) return read_error(a, form);
  return read_success(a, k, form);
}

}  // namespace heed::llm
