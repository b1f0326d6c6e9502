#include <algorithm>
#include <array>

#include "actors/lead/limits.hpp"
#include "adapters/inbound/automated.hpp"
#include "adapters/inbound/canonical.hpp"
#include "adapters/inbound/lead_keys.hpp"
#include "adapters/inbound/problem.hpp"
#include "adapters/inbound/text.hpp"

/// The canonical event, as `POST /v1/workspaces/{ws}/events` and the Standard Webhooks hook take it:
///
///     {"id": "evt-1",                               required; dedupe key within the workspace
///      "kind": "reply_received",                    required; one of the kinds below
///      "occurred_at": "2026-11-20T10:00:00.123Z",   required, RFC 3339; the future is clamped to receipt
///      "occurred_assumed": false,                   true: nobody knows when, receipt counts
///      "mode": "live",                              or "backfill": history, restrains but starts nothing
///      "lead": {"email", "phone", "keys": {name: id or [ids]}},   required, at least one key
///      "campaign_id": "spring",
///      "channel": "email",                          email, sms, whatsapp, linkedin, ai_voice
///      "message": {"provider_id", "message_id", "in_reply_to", "effect", "run",    what names it
///                  "from", "subject", "text", "html", "automated", "metadata_only", "headers": {name:
///                  value}},
///      "attributes": {name: string, number or boolean},
///      "fields": {name: string, number or boolean}}
///
///     kind                                   takes
///     reply_received                         message (all of it)
///     message_sent                           message: references, subject, text or html
///     message_delivered                      message: references
///     message_opened                         message: references; attributes.machine
///     link_clicked                           message: references; attributes.url (required), user_agent, ip
///     message_bounced                        message: references; attributes.bounce_class (required: hard,
///     soft,
///                                            provider, our_sender, unknown), address, code
///     spam_complaint                         message: references; attributes.address
///     unsubscribed                           message: references; attributes.via (stop_keyword, one_click,
///                                            provider, text; provider when left out)
///     form_submitted                         attributes.form, page; fields
///     page_viewed                            attributes.url (required)
///     ticket_opened, ticket_closed           attributes.ticket_id (required)
///     meeting_booked, meeting_canceled       attributes.meeting_id (required)
///     enrichment_completed                   fields
///
/// Other attributes are kept as they are. A member that is not listed is refused by name everywhere but
/// inside `attributes`, `fields`, `keys` and `headers`. `address` is the lead's own on that channel when left
/// out. `html` counts when `text` is empty, and its links that the text lacks are named below it; `headers` of
/// a mail mark it `automated` (RFC 3834).
namespace heed::inbound {

namespace {

using namespace std::string_view_literals;

/// What a kind's builder may draw on. Attributes it takes are moved out; the rest stays with the stimulus.
struct parts {
  const object_reader& event;
  object_reader message;
  stimulus& into;
  fault& faults;

  [[nodiscard]] std::string take(std::string_view name) const {
    const auto found = into.attributes.find(std::string{name});
    if (found == into.attributes.end()) return {};
    auto value = std::move(found->second);
    into.attributes.erase(found);
    return value;
  }

  [[nodiscard]] std::string require(std::string_view name, std::string_view fix) const {
    auto value = take(name);
    if (value.empty()) faults.add(pointer(event.path("attributes"), name), "is missing; " + std::string{fix});
    return value;
  }

  /// The address meant by a bounce or complaint: said, or the lead's own on that channel.
  [[nodiscard]] std::string address() const {
    const auto said = take("address");
    const bool by_phone = into.on == channel::sms || into.on == channel::whatsapp;
    if (said.empty()) return address_of(into.keys, by_phone ? key_kind::phone : key_kind::email);
    auto normal = normal_email(said);
    if (normal.empty()) normal = normal_phone(said);
    if (normal.empty())
      faults.add(pointer(event.path("attributes"), "address"),
                 "is neither an email address nor a phone number");
    return normal;
  }
};

message_ref reference(const parts& p) {
  return {p.message.identifier("provider_id"), p.message.identifier("message_id"),
          p.message.identifier("in_reply_to"), p.message.identifier("effect"), p.message.identifier("run")};
}

std::string message_text(const parts& p) {
  auto text = clean_text(p.message.raw("text"));
  const auto html = p.message.raw("html");
  if (text.empty()) text = html_to_text(html);
  return bounded_text(with_links(std::move(text), html), p.into.attributes);
}

bool said_or_marked_automated(const parts& p) {
  mail_headers headers;
  for (auto& [name, value] : p.message.scalars("headers"))
    headers.emplace_back(name, value);
  return p.message.flag("automated") || automated_reply(headers);
}

stimulus_body read_reply(const parts& p) {
  return reply_received{reference(p),    p.message.line("from"),      p.message.line("subject"),
                        message_text(p), said_or_marked_automated(p), p.message.flag("metadata_only")};
}
stimulus_body read_sent(const parts& p) {
  return message_sent{reference(p), p.message.line("subject"), message_text(p)};
}
stimulus_body read_delivered(const parts& p) { return message_delivered{reference(p)}; }
stimulus_body read_opened(const parts& p) {
  const auto machine = p.take("machine");
  if (!machine.empty() && machine != "true" && machine != "false")
    p.faults.add(pointer(p.event.path("attributes"), "machine"), "must be true or false");
  return message_opened{reference(p), machine == "true"};
}
stimulus_body read_clicked(const parts& p) {
  return link_clicked{reference(p), p.require("url", "name the link that was clicked"), p.take("user_agent"),
                      p.take("ip")};
}
stimulus_body read_bounced(const parts& p) {
  const auto said = p.require("bounce_class", "send hard, soft, provider, our_sender or unknown");
  const auto severity = parse_bounce_class(said);
  if (!said.empty() && !severity)
    p.faults.add(pointer(p.event.path("attributes"), "bounce_class"),
                 "must be hard, soft, provider, our_sender or unknown");
  return message_bounced{reference(p), p.address(), severity.value_or(bounce_class::unknown), p.take("code")};
}
stimulus_body read_complaint(const parts& p) { return spam_complaint{reference(p), p.address()}; }
stimulus_body read_unsubscribed(const parts& p) {
  constexpr std::array known{"stop_keyword"sv, "one_click"sv, "provider"sv, "text"sv};
  auto via = p.take("via");
  if (via.empty()) via = "provider";
  if (std::find(known.begin(), known.end(), via) == known.end())
    p.faults.add(pointer(p.event.path("attributes"), "via"),
                 "must be stop_keyword, one_click, provider or text");
  return unsubscribed{reference(p), std::move(via)};
}
stimulus_body read_form(const parts& p) {
  return form_submitted{p.take("form"), p.take("page"), p.event.scalars("fields")};
}
stimulus_body read_page(const parts& p) {
  return page_viewed{p.require("url", "name the page that was viewed")};
}
stimulus_body read_ticket_opened(const parts& p) {
  return ticket_opened{p.require("ticket_id", "name the ticket that was opened")};
}
stimulus_body read_ticket_closed(const parts& p) {
  return ticket_closed{p.require("ticket_id", "name the ticket that was closed")};
}
stimulus_body read_booked(const parts& p) {
  return meeting_booked{p.require("meeting_id", "name the meeting that was booked")};
}
stimulus_body read_canceled(const parts& p) {
  return meeting_canceled{p.require("meeting_id", "name the meeting that was canceled")};
}
stimulus_body read_enrichment(const parts& p) { return enrichment_completed{p.event.scalars("fields")}; }

enum class takes : std::uint8_t { reply, text, reference, fields, nothing };

struct event_kind {
  std::string_view name;
  takes what;
  stimulus_body (*read)(const parts&);
};

constexpr std::array<event_kind, 15> kinds{{
    {"reply_received", takes::reply, read_reply},
    {"message_sent", takes::text, read_sent},
    {"message_delivered", takes::reference, read_delivered},
    {"message_opened", takes::reference, read_opened},
    {"link_clicked", takes::reference, read_clicked},
    {"message_bounced", takes::reference, read_bounced},
    {"spam_complaint", takes::reference, read_complaint},
    {"unsubscribed", takes::reference, read_unsubscribed},
    {"form_submitted", takes::fields, read_form},
    {"page_viewed", takes::nothing, read_page},
    {"ticket_opened", takes::nothing, read_ticket_opened},
    {"ticket_closed", takes::nothing, read_ticket_closed},
    {"meeting_booked", takes::nothing, read_booked},
    {"meeting_canceled", takes::nothing, read_canceled},
    {"enrichment_completed", takes::fields, read_enrichment},
}};

const event_kind* find_kind(std::string_view name) {
  const auto found =
      std::find_if(kinds.begin(), kinds.end(), [&](const event_kind& k) { return k.name == name; });
  return found == kinds.end() ? nullptr : &*found;
}

/// What the kind has no use for is refused: it was meant for something.
void check_parts(const object_reader& event, const object_reader& message, const event_kind& kind,
                 fault& faults) {
  const auto refuse = [&](std::string_view name) {
    if (event.has(name))
      faults.add(event.path(name), "is not taken by " + std::string{kind.name} + "; leave it out");
  };
  if (kind.what != takes::fields) refuse("fields");
  switch (kind.what) {
    case takes::reply:
      return message.only({"provider_id", "message_id", "in_reply_to", "effect", "run", "from", "subject",
                           "text", "html", "automated", "metadata_only", "headers"});
    case takes::text:
      return message.only(
          {"provider_id", "message_id", "in_reply_to", "effect", "run", "subject", "text", "html"});
    case takes::reference:
      return message.only({"provider_id", "message_id", "in_reply_to", "effect", "run"});
    case takes::fields:
    case takes::nothing:
      return refuse("message");
  }
}

void read_envelope(const object_reader& event, stimulus& s, fault& faults) {
  s.key = event.required_identifier("id", "give every event an id that stays the same when it is sent again");
  if (const auto when = event.instant("occurred_at"))
    s.occurred_at = std::min(*when, s.received_at);
  else
    faults.add(event.path("occurred_at"),
               "is missing; send an RFC 3339 instant such as 2026-11-20T10:00:00.123Z");
  s.occurred_assumed = event.flag("occurred_assumed");
  const auto mode = event.line("mode");
  if (mode == "backfill")
    s.mode = arrival::backfill;
  else if (!mode.empty() && mode != "live")
    faults.add(event.path("mode"), "must be live or backfill");
  s.keys = read_lead_keys(event.object("lead"), faults);
  if (event.has("campaign_id")) s.campaign = read_campaign(event, faults);
  if (event.has("channel")) {
    s.on = parse_channel(event.line("channel"));
    if (!s.on) faults.add(event.path("channel"), "must be email, sms, whatsapp, linkedin or ai_voice");
  }
  s.attributes = event.scalars("attributes");
}

tl::expected<stimulus, hook_problem> read_event(const nlohmann::json& document, std::string_view where,
                                                time_point received_at, std::string_view source) {
  fault faults;
  const object_reader event{document, std::string{where}, faults};
  event.only({"id", "kind", "occurred_at", "occurred_assumed", "mode", "lead", "campaign_id", "channel",
              "message", "attributes", "fields"});
  const auto name = event.line("kind");
  const auto* kind = find_kind(name);
  if (kind == nullptr)
    faults.add(event.path("kind"), name.empty() ? "is missing; name what happened, such as reply_received"
                                                : "is no kind of event; see the README for the list");
  stimulus s;
  s.source = source;
  s.received_at = received_at;
  read_envelope(event, s, faults);
  if (kind == nullptr) return tl::unexpected(faults.problem());
  const auto message = event.object("message");
  check_parts(event, message, *kind, faults);
  s.body = kind->read(parts{event, message, s, faults});
  if (faults) return tl::unexpected(faults.problem());
  return s;
}

}  // namespace

bool is_event_kind(std::string_view name) { return find_kind(name) != nullptr; }

std::string bounded_text(std::string text, field_map& attributes) {
  if (text.size() <= limits::message_text) return text;
  attributes["text_truncated"] = "true";
  return cut(std::move(text), limits::message_text);
}

std::optional<campaign_id> read_campaign(const object_reader& event, fault& faults) {
  auto id = event.identifier("campaign_id");
  if (id.empty()) return std::nullopt;
  if (id.find("__") != std::string::npos)
    faults.add(event.path("campaign_id"), "must not hold `__`, which joins campaign and lead in a run's id");
  return campaign_id{std::move(id)};
}

tl::expected<stimulus, hook_problem> parse_event(const nlohmann::json& event, std::string_view where,
                                                 time_point received_at, std::string_view source) {
  try {
    return read_event(event, where, received_at, source);
  } catch (const std::exception&) {
    return tl::unexpected(
        unprocessable(where.empty() ? "body" : where, "could not be read as a canonical event"));
  }
}

}  // namespace heed::inbound
