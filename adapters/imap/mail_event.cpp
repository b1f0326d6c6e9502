#include "adapters/imap/mail_event.hpp"

#include <algorithm>

#include "adapters/inbound/canonical.hpp"
#include "adapters/inbound/crypto.hpp"
#include "adapters/inbound/mime.hpp"
#include "adapters/inbound/normalizer.hpp"
#include "adapters/inbound/text.hpp"
#include "adapters/outbound/instants.hpp"

namespace heed::imap {

namespace {

using inbound::lower_ascii;
using inbound::mail_headers;
using inbound::received_mail;
using inbound::trimmed;

/// A mail's own date may lie; within a day of its arrival it is taken.
constexpr auto date_tolerance = std::chrono::hours(24);

std::string header(const mail_headers& headers, std::string_view name) {
  for (const auto& [n, value] : headers)
    if (lower_ascii(n) == name) return std::string(trimmed(value));
  return {};
}

/// The value of a field of a report, whose names come in any case: `Status: 5.1.1`.
std::string report_field(const std::string& report, std::string_view name) {
  for (std::size_t at = 0; at < report.size();) {
    const auto end = std::min(report.find('\n', at), report.size());
    const auto line = std::string_view(report).substr(at, end - at);
    const auto colon = line.find(':');
    if (colon != std::string_view::npos && lower_ascii(trimmed(line.substr(0, colon))) == name)
      return std::string(trimmed(line.substr(colon + 1)));
    at = end + 1;
  }
  return {};
}

/// `ana@example.org` out of `rfc822; ana@example.org`.
std::string report_address(const std::string& value) {
  const auto mark = value.find(';');
  return inbound::normal_email(
      trimmed(std::string_view(value).substr(mark == std::string::npos ? 0 : mark + 1)));
}

std::string in_brackets(const std::string& id) {
  return id.empty() || id.starts_with('<') ? id : "<" + id + ">";
}

/// Our own mark, else our own Message-ID, whose local part it is.
std::string effect_in(const mail_headers& returned) {
  if (auto effect = header(returned, "x-heed-effect"); !effect.empty()) return effect;
  const auto id = header(returned, "message-id");
  const auto at = id.find('@');
  if (!id.starts_with("<lead_") || at == std::string::npos) return {};
  return id.substr(1, at - 1);
}

message_ref returned_ref(const mail_headers& returned) {
  message_ref ref;
  ref.message_id = in_brackets(header(returned, "message-id"));
  ref.effect = effect_in(returned);
  return ref;
}

/// 5.2.2 is a full mailbox, 5.3 and 5.4 are systems, 5.7 is about us: none of them says that the address is
/// none.
bounce_class class_of(const std::string& status) {
  if (status.starts_with("4.")) return bounce_class::soft;
  if (!status.starts_with("5.")) return bounce_class::unknown;
  const bool of_address = status != "5.2.2" && !status.starts_with("5.3.") && !status.starts_with("5.4.") &&
                          !status.starts_with("5.7.");
  return of_address ? bounce_class::hard : bounce_class::soft;
}

using body_or_none = tl::expected<stimulus_body, no_event>;
body_or_none none(const char* reason) { return tl::unexpected(no_event{reason}); }

body_or_none read_bounce(const received_mail& mail) {
  const auto action = lower_ascii(report_field(mail.report, "action"));
  if (action == "delayed") return none("the mail server is still trying");
  auto ref = returned_ref(mail.returned);
  if (ref.effect.empty()) return none("a delivery report about no message of ours");
  if (action == "delivered" || action == "relayed" || action == "expanded")
    return message_delivered{std::move(ref)};
  if (action != "failed") return none("a delivery report that says nothing");
  const auto status = report_field(mail.report, "status");
  return message_bounced{std::move(ref), report_address(report_field(mail.report, "final-recipient")),
                         class_of(status), status};
}

body_or_none read_complaint(const received_mail& mail) {
  if (lower_ascii(report_field(mail.report, "feedback-type")) == "not-spam")
    return none("a feedback report that complains of nothing");
  auto ref = returned_ref(mail.returned);
  if (ref.effect.empty()) return none("a feedback report about no message of ours");
  return spam_complaint{std::move(ref), report_address(report_field(mail.report, "original-rcpt-to"))};
}

bool goes_to_unsubscribe(const mail_headers& headers) {
  for (const char* name : {"to", "delivered-to"}) {
    const auto address = inbound::normal_email(header(headers, name));
    const auto local = address.substr(0, address.find_first_of("@+"));
    if (local == "unsubscribe") return true;
  }
  return false;
}

body_or_none read_person(const received_mail& mail, const std::vector<std::string>& own,
                         field_map& attributes) {
  if (mail.from.empty()) return none("no sender");
  if (std::ranges::find(own, mail.from) != own.end()) return none("our own mail");
  if (goes_to_unsubscribe(mail.headers)) return unsubscribed{{}, "text"};
  // Lists and bulk that answer nothing of ours are no replies.
  if (!header(mail.headers, "list-id").empty() && mail.in_reply_to.empty()) return none("mail of a list");
  reply_received r;
  r.message.message_id = in_brackets(mail.message_id);
  r.message.in_reply_to = in_brackets(mail.in_reply_to);
  r.from = mail.from;
  r.subject = mail.subject;
  r.text = inbound::bounded_text(inbound::reply_text(mail), attributes);
  r.automated = inbound::automated_reply(mail.headers);
  return r;
}

body_or_none read(const received_mail& mail, const std::vector<std::string>& own, field_map& attributes) {
  const bool complaint = !report_field(mail.report, "feedback-type").empty();
  if (complaint) return read_complaint(mail);
  if (!report_field(mail.report, "action").empty()) return read_bounce(mail);
  return read_person(mail, own, attributes);
}

/// One mail in two folders, or read again after a reset, is one; two that only share a Message-ID are two.
std::string key_of(const received_mail& mail) {
  return "imap:" + inbound::sha256_hex(mail.message_id + "\n" + mail.from + "\n" + mail.subject + "\n" +
                                       mail.text + mail.html + mail.report);
}

time_point occurred_at(const kept_mail& kept, const received_mail& mail, time_point now) {
  const auto arrived = std::min(kept.arrived_at, now);
  const auto said = outbound::parse_mail_date(header(mail.headers, "date"));
  if (!said || *said > arrived || arrived - *said > date_tolerance) return arrived;
  return *said;
}

}  // namespace

tl::expected<stimulus, no_event> to_event(const kept_mail& kept, const std::vector<std::string>& own,
                                          time_point now) {
  const auto mail = inbound::parse_mail(kept.raw);
  if (!mail) return tl::unexpected(no_event{"no mail"});
  stimulus s;
  auto body = read(*mail, own, s.attributes);
  if (!body) return tl::unexpected(std::move(body.error()));
  s.key = key_of(*mail);
  s.source = "imap";
  s.on = channel::email;
  s.received_at = now;
  s.occurred_at = occurred_at(kept, *mail, now);
  const bool by_person =
      std::holds_alternative<reply_received>(*body) || std::holds_alternative<unsubscribed>(*body);
  if (by_person) s.keys.push_back({key_kind::email, {}, mail->from});
  s.body = std::move(*body);
  return s;
}

}  // namespace heed::imap
