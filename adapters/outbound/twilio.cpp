#include <cctype>

#include "adapters/outbound/instants.hpp"
#include "adapters/outbound/senders.hpp"
#include "adapters/outbound/wire.hpp"

/// Twilio, SMS and WhatsApp. It has no idempotency key: a doubtful call is settled by the status callback,
/// whose URL names our effect, or by looking through the messages to that recipient.
namespace heed::outbound {

namespace {

constexpr std::string_view own_url = "https://api.twilio.com";
/// Their clock against ours, and their whole seconds.
constexpr auto clock_slack = std::chrono::minutes(2);
/// Our clock never goes back: set back by hand, it stands still until time has caught up, ahead of everybody's. What
/// happened this long before a claim by their clock may have happened after it.
constexpr auto clock_lead = std::chrono::hours(48);

std::string messages_url(const sending_account& a) {
  return base_or(a, own_url) + "/2010-04-01/Accounts/" + percent_encoded(secret(a, "account_sid")) +
         "/Messages.json";
}

/// AccountSid and auth token, or an API key's pair in `username` and `password`.
std::string basic_auth(const sending_account& a) {
  const std::string user = secret(a, "username"), password = secret(a, "password");
  if (!user.empty()) return "Basic " + base64(user + ":" + password);
  return "Basic " + base64(secret(a, "account_sid") + ":" + secret(a, "auth_token"));
}

std::string address_on(channel on, const std::string& number) {
  const std::string clean = single_line(number);
  return on == channel::whatsapp && !clean.starts_with("whatsapp:") ? "whatsapp:" + clean : clean;
}

std::string message_field(const send_effect& e, const char* name) {
  const auto found = e.message.headers.find(name);
  return found == e.message.headers.end() ? std::string() : found->second;
}

std::string callback_url(const sending_account& a, const send_effect& e) {
  const std::string url = text_option(a, "status_callback_url");
  if (url.empty()) return {};
  return url + (url.find('?') == std::string::npos ? "?" : "&") + "effect=" + percent_encoded(e.id.value);
}

/// What the error number says of person, address or account; numbers not listed condemn this message only.
send_report read_error(int code, const std::string& detail) {
  switch (code) {
    case 21211:
    case 21614:
    case 30005:
    case 30006:
    case 63024:
      return report(send_result::bad_address, detail);
    case 21610:
      return report(send_result::opted_out, detail);
    case 63016:
      return report(send_result::refused_final, "template_needed");
    case 30007:
    case 30032:
    case 30034:
    case 20003: {
      auto r = report(send_result::refused_account, detail);
      r.stop_account = true;
      return r;
    }
    case 20429:
      return report(send_result::refused_account, detail);
    default:
      return report(send_result::refused_final, detail);
  }
}

int error_code(const nlohmann::json& body) {
  if (!body.is_object()) return 0;
  const auto found = body.find("code");
  return found != body.end() && found->is_number_integer() ? found->get<int>() : 0;
}

/// How one listed message relates to ours.
enum class likeness : std::uint8_t { unrelated, same, doubtful };

/// Letters and digits alone: what Twilio's smart encoding and a carrier's white space leave as it was.
std::string skeleton(std::string_view text) {
  std::string out;
  for (const char c : text)
    if (const auto u = static_cast<unsigned char>(c); u < 0x80 && std::isalnum(u) != 0)
      out += static_cast<char>(std::tolower(u));
  return out;
}

/// Too few letters to tell two texts apart by.
constexpr std::size_t telling_letters = 8;

/// Some accounts have words put before the text, and punctuation may be replaced: our letters inside theirs are
/// the same message, other letters are another one. Templates are rendered by Twilio and short or non-Latin
/// texts have no letters to compare: such a message is doubtful, never a proof of absence; and so is our own text with
/// a date before the claim.
likeness compare(const nlohmann::json& entry, const send_effect& e, time_point claimed_at) {
  if (!text_member(entry, "direction").starts_with("outbound")) return likeness::unrelated;
  const auto created = parse_mail_date(text_member(entry, "date_created"));
  if (!created) return likeness::doubtful;
  if (*created + clock_lead < claimed_at) return likeness::unrelated;
  const auto same = *created + clock_slack < claimed_at ? likeness::doubtful : likeness::same;
  const bool templated = !message_field(e, "content_sid").empty();
  const auto theirs = text_member(entry, "body");
  if (!templated && theirs.find(e.message.body) != std::string::npos) return same;
  const auto ours = skeleton(e.message.body);
  if (!templated && ours.size() >= telling_letters)
    return skeleton(theirs).find(ours) != std::string::npos ? same : likeness::unrelated;
  return likeness::doubtful;
}

class twilio final : public sender {
 public:
  call build(const sending_account& a, const send_effect& e) const override {
    std::vector<std::pair<std::string, std::string>> fields;
    fields.emplace_back("To", address_on(e.message.on, e.message.to));
    if (const std::string service = text_option(a, "messaging_service_sid"); !service.empty())
      fields.emplace_back("MessagingServiceSid", service);
    else
      fields.emplace_back("From", address_on(e.message.on, a.public_part.from));
    if (const std::string content = message_field(e, "content_sid"); !content.empty()) {
      fields.emplace_back("ContentSid", content);
      if (const std::string v = message_field(e, "content_variables"); !v.empty())
        fields.emplace_back("ContentVariables", v);
    } else {
      fields.emplace_back("Body", e.message.body);
    }
    if (const std::string url = callback_url(a, e); !url.empty()) fields.emplace_back("StatusCallback", url);

    call c;
    c.url = messages_url(a);
    c.headers = {{"authorization", basic_auth(a)}, {"content-type", "application/x-www-form-urlencoded"}};
    c.body = form_body(fields);
    c.timeout = call_timeout(a);
    return c;
  }

  send_report read(const answer& a) const override {
    const auto body = json_body(a);
    const int code = error_code(body);
    const std::string detail = code_word(code > 0 ? std::to_string(code) : "", a.status);
    if (auto common = common_report(a, detail)) return *common;
    if (a.status >= 400) return read_error(code, detail);
    const std::string sid = text_member(body, "sid");
    if (sid.empty()) return report(send_result::unknown, "answer_not_understood");
    auto r = report(send_result::accepted, {});
    r.provider_id = sid;
    return r;
  }

  std::optional<std::chrono::hours> idempotency_window(const sending_account&) const override {
    return std::nullopt;
  }

  // All messages to that recipient, newest first, without Twilio's DateSent filter: a message that still
  // waits in Twilio's queue has no date_sent yet, a filter could hide it, and "absent" would then cause a
  // second send.
  std::optional<call> build_look_up(const sending_account& a, const send_effect& e,
                                    time_point) const override {
    call c;
    c.method = "GET";
    c.url =
        messages_url(a) + "?To=" + percent_encoded(address_on(e.message.on, e.message.to)) + "&PageSize=1000";
    c.headers.emplace_back("authorization", basic_auth(a));
    c.timeout = call_timeout(a);
    return c;
  }

  look_up_report read_look_up(const answer& a, const send_effect& e, time_point claimed_at,
                              const std::set<std::string>& others) const override {
    using what = look_up_report::what;
    if (a.reached != answer::phase::answered) return {what::cannot_tell, {}, a.error};
    if (a.status != 200) return {what::cannot_tell, {}, "http_" + std::to_string(a.status)};
    const auto body = json_body(a);
    if (!body.is_object() || !body.contains("messages") || !body["messages"].is_array())
      return {what::cannot_tell, {}, "answer_not_understood"};
    bool doubtful = false;
    for (const auto& entry : body["messages"]) {
      if (others.contains(text_member(entry, "sid"))) continue;
      const auto found = compare(entry, e, claimed_at);
      if (found == likeness::same) return {what::present, text_member(entry, "sid"), {}};
      doubtful = doubtful || found == likeness::doubtful;
    }
    if (doubtful) return {what::cannot_tell, {}, "another_message_alike"};
    // Only a list that ends on this page is complete.
    if (!body.contains("next_page_uri") || !body["next_page_uri"].is_null())
      return {what::cannot_tell, {}, "list_incomplete"};
    return {what::absent, {}, {}};
  }

  std::chrono::seconds visibility_delay() const override { return std::chrono::seconds(120); }
};

}  // namespace

const sender& twilio_sender() {
  static const twilio instance;
  return instance;
}

}  // namespace heed::outbound
