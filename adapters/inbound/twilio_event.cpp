#include "adapters/inbound/twilio_event.hpp"

#include <algorithm>
#include <array>

#include "actors/lead/limits.hpp"
#include "adapters/inbound/canonical.hpp"
#include "adapters/inbound/problem.hpp"
#include "adapters/inbound/text.hpp"

namespace heed::inbound {

namespace {

using read_result = tl::expected<std::variant<stimulus, ignored_event>, hook_problem>;

constexpr std::string_view opted_out_error = "21610";
constexpr std::size_t media_max = 10;
/// Characters of an opt-out kept as evidence of what the person wrote.
constexpr std::size_t evidence_max = 160;

struct error_class {
  std::string_view code;
  bounce_class severity;
};
constexpr std::array<error_class, 16> error_classes{{
    {"21211", bounce_class::hard},        // not a number
    {"21614", bounce_class::hard},        // not a mobile number
    {"30005", bounce_class::hard},        // unknown
    {"30006", bounce_class::hard},        // landline
    {"63024", bounce_class::hard},        // not on WhatsApp
    {"30003", bounce_class::soft},        // unreachable
    {"30004", bounce_class::soft},        // blocked by device or carrier
    {"30008", bounce_class::soft},        // unknown error
    {"30007", bounce_class::our_sender},  // filtered
    {"30032", bounce_class::our_sender},  // toll-free sender not verified
    {"30034", bounce_class::our_sender},  // sender not registered
    {"63016", bounce_class::our_sender},  // outside the 24 h window without a template
    {"21408", bounce_class::our_sender},  // region not enabled for the account
    {"21612", bounce_class::our_sender},  // no route from this sender
    {"20429", bounce_class::provider},    // too many requests
    {"20003", bounce_class::provider},    // credentials
}};

/// Twilio's default keywords, whole message, any case.
constexpr std::array<std::string_view, 8> stop_words{"stop", "stopall", "unsubscribe", "cancel",
                                                     "end",  "quit",    "revoke",      "optout"};

/// Reads parameters by name; one sent twice with different values, or missing where it is needed, is a fault.
class parameter_reader {
 public:
  parameter_reader(const twilio_parameters& source, fault& faults) : source_(source), faults_(faults) {}

  /// The name as the sender wrote it: JSON members begin in lower case.
  [[nodiscard]] std::string field(std::string_view name) const {
    std::string written{name};
    if (!source_.where.empty()) written[0] = static_cast<char>(written[0] - 'A' + 'a');
    return source_.where + written;
  }

  [[nodiscard]] std::string raw(std::string_view name) const {
    auto values = values_of(source_.all, name);
    if (values.size() > 1) faults_.add(field(name), "is there twice with different values; send it once");
    return values.empty() ? std::string{} : std::move(values.front());
  }
  [[nodiscard]] std::string line(std::string_view name) const {
    return cut(clean_line(raw(name)), limits::field_length);
  }
  /// Twilio's own ids: letters and digits.
  [[nodiscard]] std::string sid(std::string_view name) const {
    auto value = line(name);
    const bool ok = value.size() <= id_length && std::all_of(value.begin(), value.end(), [](char c) {
                      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
                    });
    if (!ok) faults_.add(field(name), "is not a SID");
    return value;
  }
  [[nodiscard]] std::string message_sid() const {
    auto value = sid("MessageSid");
    if (value.empty()) faults_.add(field("MessageSid"), "is missing; it names the message");
    return value;
  }
  [[nodiscard]] std::string phone(std::string_view name) const {
    auto number = normal_phone(raw(name));
    if (number.empty()) faults_.add(field(name), "is no phone number; the event cannot be joined to a lead");
    return number;
  }
  [[nodiscard]] bool has(std::string_view name) const { return !values_of(source_.all, name).empty(); }

 private:
  const twilio_parameters& source_;
  fault& faults_;
};

std::string effect_of(std::string_view url) {
  const auto query = parse_urlencoded(query_of(url));
  if (!query) return {};
  const auto values = values_of(*query, "effect");
  const bool usable = values.size() == 1 && values[0].size() <= id_length && !has_control(values[0]);
  return usable ? values[0] : std::string{};
}

channel channel_of(const parameter_reader& p) {
  for (std::string_view name : {"From", "To", "ChannelPrefix"})
    if (lower_ascii(p.line(name)).starts_with("whatsapp")) return channel::whatsapp;
  return channel::sms;
}

/// `OptOutType` knows custom keywords and wins over the text.
bool is_stop(const parameter_reader& p, const std::string& text) {
  const auto opt_out = lower_ascii(p.line("OptOutType"));
  if (!opt_out.empty()) return opt_out == "stop";
  const auto word = lower_ascii(text);
  return std::find(stop_words.begin(), stop_words.end(), word) != stop_words.end();
}

void keep(stimulus& s, const char* name, std::string value) {
  if (!value.empty()) s.attributes[name] = std::move(value);
}

void keep_details(const parameter_reader& p, stimulus& s) {
  keep(s, "to", normal_phone(p.raw("To")));
  keep(s, "opt_out_type", p.line("OptOutType"));
  keep(s, "profile_name", p.line("ProfileName"));
  keep(s, "button_payload", p.line("ButtonPayload"));
  if (const auto media = p.line("NumMedia"); media != "0") keep(s, "media", media);
  for (std::size_t i = 0; i < media_max; ++i) {
    const auto n = std::to_string(i);
    keep(s, ("media_url_" + n).c_str(), p.line("MediaUrl" + n));
    keep(s, ("media_type_" + n).c_str(), p.line("MediaContentType" + n));
  }
}

/// A message from the lead. STOP is the person's opt-out; START and HELP are words for a human to read.
void read_inbound(const parameter_reader& p, stimulus& s) {
  const auto sid = p.message_sid();
  const auto from = p.phone("From");
  s.key = "twilio:" + sid + ":in";
  s.keys.push_back({key_kind::phone, {}, from});
  keep_details(p, s);
  message_ref ref;
  ref.provider_id = sid;
  ref.in_reply_to = p.sid("OriginalRepliedMessageSid");
  auto text = clean_text(p.raw("Body"));
  if (is_stop(p, text)) {
    keep(s, "keyword", cut(clean_line(text), evidence_max));
    s.body = unsubscribed{std::move(ref), "stop_keyword"};
    return;
  }
  s.body = reply_received{std::move(ref), from, {}, bounded_text(std::move(text), s.attributes)};
}

stimulus_body failure(const parameter_reader& p, message_ref ref, std::string address) {
  auto code = p.sid("ErrorCode");
  if (code == opted_out_error) return unsubscribed{std::move(ref), "provider"};
  const auto severity = twilio_error_class(code);
  return message_bounced{std::move(ref), std::move(address), severity, std::move(code)};
}

/// What became of a message of ours. False: nothing that concerns the lead yet.
bool read_status(const parameter_reader& p, const std::string& status, std::string_view url, stimulus& s) {
  const auto sid = p.message_sid();
  s.key = "twilio:" + sid + ":" + status;
  // The event stream may name only the message: the lead is then found by it.
  std::string address;
  if (p.has("To")) {
    address = p.phone("To");
    s.keys.push_back({key_kind::phone, {}, address});
  }
  message_ref ref;
  ref.provider_id = sid;
  ref.effect = effect_of(url);
  if (status == "sent")
    s.body = message_sent{std::move(ref), {}, {}};
  else if (status == "delivered")
    s.body = message_delivered{std::move(ref)};
  else if (status == "read")
    s.body = message_opened{std::move(ref)};
  else if (status == "failed" || status == "undelivered")
    s.body = failure(p, std::move(ref), std::move(address));
  else
    return false;
  return true;
}

/// The status in lower case; WhatsApp's read receipts may come as an event type beside it.
std::string status_of(const parameter_reader& p) {
  if (lower_ascii(p.line("EventType")) == "read") return "read";
  auto status = lower_ascii(p.line("MessageStatus"));
  if (status.empty()) status = lower_ascii(p.line("SmsStatus"));
  return status;
}

}  // namespace

bounce_class twilio_error_class(std::string_view code) {
  const auto found = std::find_if(error_classes.begin(), error_classes.end(),
                                  [&](const error_class& e) { return e.code == code; });
  return found == error_classes.end() ? bounce_class::unknown : found->severity;
}

read_result read_twilio_event(const twilio_parameters& parameters, std::string_view url, time_point now) {
  fault faults;
  const parameter_reader p{parameters, faults};
  stimulus s;
  s.source = "twilio";
  s.received_at = now;
  s.occurred_assumed = !parameters.occurred_at;
  s.occurred_at = std::min(parameters.occurred_at.value_or(now), now);
  const auto status = status_of(p);
  const bool inbound = status == "received" || (status.empty() && p.has("Body") && p.has("From"));
  const auto type =
      parameters.type.empty() ? (status.empty() ? "unknown" : "message." + status) : parameters.type;
  if (!inbound && status.empty()) return ignored_event{type, "unknown event type"};
  s.on = channel_of(p);
  bool concerns_lead = true;
  if (inbound)
    read_inbound(p, s);
  else
    concerns_lead = read_status(p, status, url, s);
  if (faults) return tl::unexpected(faults.problem());
  if (!concerns_lead) return ignored_event{type, "nothing happened to the lead yet"};
  return s;
}

}  // namespace heed::inbound
