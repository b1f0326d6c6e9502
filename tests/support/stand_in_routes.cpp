#include "tests/support/stand_in_routes.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "actors/lead/ids.hpp"
#include "adapters/outbound/instants.hpp"
#include "adapters/outbound/wire.hpp"

namespace heed::test {

namespace {

using nlohmann::json;
using nlohmann::ordered_json;
using mode = behaviour::mode;

std::string hash_of(const std::string& body) { return std::to_string(stable_hash(body)); }

std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned byte = 0;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(text.data() + i + 1, text.data() + i + 3, byte, 16).ptr == text.data() + i + 3) {
      out += static_cast<char>(byte);
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

http_answer plain(int status, const ordered_json& body) {
  http_answer a;
  a.status = status;
  a.body = body.dump();
  return a;
}

http_answer resend_error(int status, const char* name) {
  return plain(status, {{"statusCode", status}, {"name", name}, {"message", "stand-in"}});
}

http_answer twilio_error(int status, int code) {
  return plain(status, {{"code", code},
                        {"message", "stand-in"},
                        {"more_info", "https://www.twilio.com/docs/errors/" + std::to_string(code)},
                        {"status", status}});
}

bool is_tag_word(const std::string& text) {
  return !text.empty() && text.size() <= 256 && std::all_of(text.begin(), text.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
  });
}

std::string query_value(const http_request& r, const std::string& name) {
  const auto mark = r.target.find('?');
  if (mark == std::string::npos) return {};
  const auto fields = form_fields(std::string_view(r.target).substr(mark + 1));
  const auto found = fields.find(name);
  return found == fields.end() ? std::string() : found->second;
}

std::string value_of(const std::map<std::string, std::string>& fields, const char* name) {
  const auto found = fields.find(name);
  return found == fields.end() ? std::string() : found->second;
}

/// The `effect` parameter of a status callback's URL.
std::string effect_in(const std::string& callback) {
  const auto mark = callback.find('?');
  if (mark == std::string::npos) return {};
  return value_of(form_fields(std::string_view(callback).substr(mark + 1)), "effect");
}

ordered_json twilio_message(const accepted& a) {
  const std::string at = outbound::mail_date(a.arrived_at);
  return {{"sid", a.id},
          {"to", a.what.to},
          {"body", a.what.text},
          {"status", "accepted"},
          {"direction", "outbound-api"},
          {"date_created", at},
          {"date_sent", nullptr},
          {"error_code", nullptr}};
}

/// Bulk senders' rules (RFC 8058): what mailbox providers refuse a campaign's message for. Mail to one's own people says
/// that it is automatic instead, and what a person answers another one is no campaign's.
bool lacks_one_click(const json& body) {
  const auto headers = body.value("headers", json::object());
  if (headers.contains("Auto-Submitted")) return false;
  for (const auto& tag : body.value("tags", json::array()))
    if (outbound::text_member(tag, "name") == "step" && outbound::text_member(tag, "value") == "answer") return false;
  const auto list = outbound::text_member(headers, "List-Unsubscribe");
  const bool reachable = list.find("<https://") != std::string::npos || list.find("<http://127.0.0.1") != std::string::npos;
  return !reachable || outbound::text_member(headers, "List-Unsubscribe-Post") != "List-Unsubscribe=One-Click";
}

/// The first thing wrong with a Resend message, in the words of the real one.
const char* resend_fault(const json& body) {
  if (!body.is_object()) return "validation_error";
  for (const char* field : {"from", "to", "subject"})
    if (!body.contains(field)) return "missing_required_field";
  if (!body.contains("text") && !body.contains("html")) return "missing_required_field";
  const auto& to = body["to"];
  // Ours alone: one recipient per call.
  if (!to.is_array() || to.size() != 1 || !to[0].is_string() ||
      to[0].get<std::string>().find('@') == std::string::npos)
    return "invalid_parameter";
  if (lacks_one_click(body)) return "validation_error";
  for (const auto& tag : body.value("tags", json::array()))
    if (!is_tag_word(outbound::text_member(tag, "name")) || !is_tag_word(outbound::text_member(tag, "value")))
      return "validation_error";
  return nullptr;
}

int twilio_fault(const std::map<std::string, std::string>& f) {
  const std::string to = value_of(f, "To");
  if (to.empty()) return 21604;
  if (value_of(f, "From").empty() && value_of(f, "MessagingServiceSid").empty()) return 21603;
  if (value_of(f, "Body").empty() && value_of(f, "ContentSid").empty()) return 21602;
  if (to.find(',') != std::string::npos || to.ends_with("+15005550001"))
    return 21211;  // Twilio's own test numbers
  if (to.ends_with("+15005550004")) return 21610;
  if (to.ends_with("+15005550009")) return 21614;
  return 0;
}

}  // namespace

std::map<std::string, std::string> form_fields(std::string_view text) {
  std::map<std::string, std::string> out;
  while (!text.empty()) {
    const auto pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(pair.size() + 1, text.size()));
    const auto equal = std::min(pair.find('='), pair.size());
    out[decoded(pair.substr(0, equal))] = decoded(pair.substr(std::min(equal + 1, pair.size())));
  }
  return out;
}

template <class Taken>
http_answer stand_in_routes::take(const offered& o, mode m, const char* id_prefix, int status, Taken taken) {
  using what = ledger::verdict::what;
  const auto seen = book_.arrive(o);
  if (m == mode::close_after_request) {
    book_.count_refusal();
    http_answer a;
    a.after = http_answer::then::close;
    return a;
  }
  if (seen.found == what::other_body) return resend_error(409, "invalid_idempotent_request");
  if (seen.found == what::still_running) return resend_error(409, "concurrent_idempotent_requests");
  const std::string id = seen.found == what::repeated ? seen.id : book_.accept(o, id_prefix);
  http_answer a =
      m == mode::accept_then_500 ? plain(500, {{"name", "application_error"}}) : plain(status, taken(id));
  a.delayed = true;
  a.settles = o.key;
  if (m == mode::accept_then_hang) {
    book_.settle(o.key);
    a.after = http_answer::then::hang;
  }
  return a;
}

http_answer stand_in_routes::answer(const http_request& r, bool& close_idle) {
  if (r.path.starts_with("/control")) return control(r, close_idle);
  const bool post = r.method == "POST";
  if (r.path == "/emails" && post) return resend_send(r);
  if (r.path.starts_with("/emails")) return resend_get(r);
  const std::string twilio = "/2010-04-01/Accounts/" + options_.account_sid + "/Messages.json";
  if (r.path == twilio) return post ? twilio_send(r) : twilio_list(r);
  if (r.path == "/send" && post) return sink_send(r);
  if (r.path == "/people" && post) return take_webhook(r);
  if (r.path == "/sent" && !post) return sink_list(r);
  return r.path.starts_with("/2010-04-01") ? twilio_error(404, 20404) : resend_error(404, "not_found");
}

http_answer stand_in_routes::control(const http_request& r, bool& close_idle) {
  if (r.path == "/control/log") {
    http_answer a;
    a.type = "application/x-ndjson";
    a.body = book_.ndjson();
    return a;
  }
  if (r.path == "/control/stats") {
    const auto t = book_.count();
    return plain(200, {{"arrivals", t.arrivals},
                       {"accepted", t.accepted},
                       {"keys", t.keys},
                       {"keys_twice", t.keys_twice},
                       {"refused", t.refused},
                       {"look_ups", t.look_ups},
                       {"connections", t.connections}});
  }
  auto body = json::parse(r.body, nullptr, false);
  if (r.path == "/control/received" && body.is_object()) {
    received_[outbound::text_member(body, "id")] = r.body;
    return plain(200, {{"ok", true}});
  }
  if (r.path == "/control/people" && body.is_object()) {
    people_fail_ = body.value("fail", 0);
    return plain(200, {{"ok", true}});
  }
  if (r.path == "/control/stop" && body.is_object()) {
    stopped_.insert(outbound::text_member(body, "number"));
    return plain(200, {{"ok", true}});
  }
  if (r.path == "/control/close_idle") {
    close_idle = true;
    return plain(200, {{"ok", true}});
  }
  std::string problem;
  const auto wanted = behaviour_from(body, book_.current(), problem);
  if (!wanted) return plain(422, {{"problem", problem}});
  book_.control(*wanted);
  return plain(200, {{"ok", true}});
}

http_answer stand_in_routes::resend_send(const http_request& r) {
  const mode m = book_.draw();
  const auto refused = [&](http_answer a) {
    book_.count_refusal();
    return a;
  };
  if (r.authorization.empty()) return refused(resend_error(401, "missing_api_key"));
  if (r.authorization != "Bearer " + options_.api_key) return refused(resend_error(403, "invalid_api_key"));
  if (m == mode::bad_credentials) return refused(resend_error(401, "restricted_api_key"));
  if (m == mode::rate_limit) {
    auto a = refused(resend_error(429, "rate_limit_exceeded"));
    a.headers = {{"retry-after", "1"}, {"ratelimit-remaining", "0"}, {"ratelimit-reset", "1"}};
    return a;
  }
  if (m == mode::refuse_500) return refused(resend_error(500, "application_error"));
  if (!r.content_type.starts_with("application/json")) return refused(resend_error(400, "validation_error"));
  if (r.idempotency_key.size() > 256) return refused(resend_error(400, "invalid_idempotency_key"));
  const auto body = json::parse(r.body, nullptr, false);
  if (const char* fault = resend_fault(body)) {
    const bool form = std::string_view(fault) == "validation_error";
    return refused(resend_error(form ? 400 : 422, fault));
  }

  offered o;
  o.provider = "resend";
  o.key = r.idempotency_key;
  o.effect = body.contains("headers") ? outbound::text_member(body["headers"], "X-Heed-Effect") : "";
  o.to = body["to"][0];
  o.text = outbound::text_member(body, "text");
  o.subject = outbound::text_member(body, "subject");
  const auto headers = body.value("headers", json::object());
  for (const auto& [name, value] : headers.items())
    if (value.is_string()) o.headers[name] = value;
  o.body_hash = hash_of(r.body);
  for (const auto& tag : body.value("tags", json::array())) {
    const std::string name = outbound::text_member(tag, "name");
    if (name == "run") o.run = outbound::text_member(tag, "value");
    if (name == "step") o.step = outbound::text_member(tag, "value");
  }
  return take(o, m, "re-", 200, [](const std::string& id) { return ordered_json{{"id", id}}; });
}

http_answer stand_in_routes::resend_get(const http_request& r) {
  if (r.authorization != "Bearer " + options_.api_key) return resend_error(401, "missing_api_key");
  static constexpr std::string_view receiving = "/emails/receiving/", one = "/emails/";
  if (r.path.starts_with(receiving)) {
    const auto found = received_.find(r.path.substr(receiving.size()));
    if (found == received_.end()) return resend_error(404, "not_found");
    http_answer a;
    a.body = found->second;
    return a;
  }
  book_.count_look_up();
  const auto sent = r.path.size() > one.size() && book_.current().look_up
                        ? book_.message(r.path.substr(one.size()))
                        : std::nullopt;
  if (!sent) return resend_error(404, "not_found");
  return plain(
      200,
      {{"object", "email"},
       {"id", sent->id},
       {"to", {sent->what.to}},
       {"text", sent->what.text},
       {"last_event", "sent"},
       {"tags",
        {{{"name", "run"}, {"value", sent->what.run}}, {{"name", "step"}, {"value", sent->what.step}}}}});
}

http_answer stand_in_routes::twilio_send(const http_request& r) {
  const mode m = book_.draw();
  const auto refused = [&](http_answer a) {
    book_.count_refusal();
    return a;
  };
  const std::string wanted = "Basic " + outbound::base64(options_.account_sid + ":" + options_.auth_token);
  if (r.authorization != wanted || m == mode::bad_credentials) return refused(twilio_error(401, 20003));
  if (m == mode::rate_limit) {
    auto a = refused(twilio_error(429, 20429));
    a.headers = {{"retry-after", "1"}};
    return a;
  }
  if (m == mode::refuse_500) return refused(twilio_error(500, 20500));
  if (!r.content_type.starts_with("application/x-www-form-urlencoded"))
    return refused(twilio_error(400, 20001));
  const auto fields = form_fields(r.body);
  if (const int fault = twilio_fault(fields); fault != 0) return refused(twilio_error(400, fault));
  // The carrier's own list: a number that said STOP takes nothing more from this sender.
  if (stopped_.contains(value_of(fields, "To"))) return refused(twilio_error(400, 21610));

  offered o;  // no key: Twilio knows none, so a repeat is a second message
  o.provider = "twilio";
  o.effect = effect_in(value_of(fields, "StatusCallback"));
  o.to = value_of(fields, "To");
  o.text = value_of(fields, "Body");
  o.body_hash = hash_of(r.body);
  return take(o, m, "SM", 201, [&](const std::string& id) {
    auto doc = twilio_message(*book_.message(id));
    doc["account_sid"] = options_.account_sid;
    return doc;
  });
}

http_answer stand_in_routes::twilio_list(const http_request& r) {
  const std::string wanted = "Basic " + outbound::base64(options_.account_sid + ":" + options_.auth_token);
  if (r.authorization != wanted) return twilio_error(401, 20003);
  book_.count_look_up();
  if (!book_.current().look_up) return twilio_error(404, 20404);
  auto found = book_.messages_to(query_value(r, "To"));
  std::reverse(found.begin(), found.end());
  std::size_t size = 50;
  const std::string wanted_size = query_value(r, "PageSize");
  std::from_chars(wanted_size.data(), wanted_size.data() + wanted_size.size(), size);
  ordered_json doc{
      {"messages", ordered_json::array()}, {"page", 0}, {"page_size", size}, {"next_page_uri", nullptr}};
  for (const auto& a : found) {
    if (doc["messages"].size() == size) {
      doc["next_page_uri"] = r.path + "?Page=1";
      break;
    }
    doc["messages"].push_back(twilio_message(a));
  }
  return plain(200, doc);
}

http_answer stand_in_routes::sink_send(const http_request& r) {
  const mode m = book_.draw();
  const auto body = json::parse(r.body, nullptr, false);
  if (m == mode::bad_credentials || m == mode::rate_limit || m == mode::refuse_500 || !body.is_object()) {
    book_.count_refusal();
    const int status = m == mode::bad_credentials ? 401
                       : m == mode::rate_limit    ? 429
                       : m == mode::refuse_500    ? 500
                                                  : 400;
    auto a = plain(status, {{"error", "refused"}});
    if (m == mode::rate_limit) a.headers = {{"retry-after", "1"}};
    return a;
  }
  offered o;
  o.provider = "sink";
  o.key = r.idempotency_key;
  o.effect = r.effect;
  o.to = outbound::text_member(body, "lead");
  o.step = outbound::text_member(body, "step");
  o.run = outbound::text_member(body, "run");
  o.text = outbound::text_member(body, "text");
  o.body_hash = hash_of(r.body);
  return take(o, m, "sink-", 200, [](const std::string& id) { return ordered_json{{"id", id}}; });
}

http_answer stand_in_routes::sink_list(const http_request& r) {
  book_.count_look_up();
  if (!book_.current().look_up) return plain(404, {{"error", "not_found"}});
  const std::string step = query_value(r, "step");
  ordered_json doc{{"messages", ordered_json::array()}};
  for (const auto& a : book_.messages_to(query_value(r, "lead")))
    if (a.what.provider == "sink" && a.what.step == step)
      doc["messages"].push_back({{"id", a.id}, {"lead", a.what.to}, {"step", a.what.step}});
  doc["count"] = doc["messages"].size();
  return plain(200, doc);
}

http_answer stand_in_routes::take_webhook(const http_request& r) {
  if (people_fail_ > 0) {
    --people_fail_;
    return plain(500, {{"error", "not now"}});
  }
  book_.take(ledger::webhook{r.webhook_id, r.webhook_timestamp, r.webhook_signature, r.body});
  return plain(200, {{"ok", true}});
}

}  // namespace heed::test
