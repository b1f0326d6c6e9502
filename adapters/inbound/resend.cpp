#include <algorithm>
#include <array>

#include "actors/lead/limits.hpp"
#include "adapters/inbound/automated.hpp"
#include "adapters/inbound/json_reader.hpp"
#include "adapters/inbound/problem.hpp"
#include "adapters/inbound/providers.hpp"
#include "adapters/inbound/text.hpp"
#include "adapters/inbound/webhook_signature.hpp"

/// Resend's webhooks: {"type","created_at","data"}, signed by Svix. `created_at` at the top is the event's
/// time, the one inside `data` the mail's. Our tags (`run`, `step`, `workspace`, `effect`) come back in
/// `data.tags`.
namespace heed::inbound {

namespace {

/// One event being read: the top of the document, its data, and the stimulus that grows.
struct resend_event {
  object_reader top;
  object_reader data;
  stimulus s;
  fault& faults;

  /// Adds the lead's address; without one the event is about nobody.
  std::string lead_email(const std::string& raw, const std::string& field) {
    auto email = normal_email(raw);
    if (email.empty())
      faults.add(field, "names no email address; the event cannot be joined to a lead");
    else
      s.keys.push_back({key_kind::email, {}, email});
    return email;
  }

  /// `to`: a list, of which the first is the lead (we send one recipient a call), or one address.
  std::string recipient() {
    const auto& to = data.at("to");
    if (!to.is_array()) return lead_email(data.raw("to"), data.path("to"));
    if (to.empty() || !to[0].is_string()) {
      faults.add(pointer(data.path("to"), "0"), "must be an email address");
      return {};
    }
    if (to.size() > 1) s.attributes["recipients"] = std::to_string(to.size());
    return lead_email(to[0].get<std::string>(), pointer(data.path("to"), "0"));
  }
};

/// `tags` or `headers`: an object name -> value, or an array of {"name","value"}; anything that is no string
/// is left out.
std::vector<std::pair<std::string, std::string>> name_values(const nlohmann::json& either) {
  std::vector<std::pair<std::string, std::string>> out;
  if (either.is_object())
    for (const auto& [name, value] : either.items())
      if (value.is_string()) out.emplace_back(name, value.get<std::string>());
  if (either.is_array())
    for (const auto& one : either)
      if (one.is_object() && one.contains("name") && one["name"].is_string() && one.contains("value") &&
          one["value"].is_string())
        out.emplace_back(one["name"].get<std::string>(), one["value"].get<std::string>());
  return out;
}

bool reference_ok(std::string_view value) {
  return !value.empty() && value.size() <= id_length && !has_control(value);
}

message_ref read_reference(resend_event& e) {
  message_ref ref;
  ref.provider_id = e.data.identifier("email_id");
  ref.message_id = e.data.identifier("message_id");
  for (const auto& [name, value] : name_values(e.data.at("headers")))
    if (lower_ascii(name) == "x-heed-effect" && reference_ok(value)) ref.effect = value;
  for (const auto& [name, value] : name_values(e.data.at("tags"))) {
    if (!reference_ok(value)) continue;
    if (name == "run") ref.run = value;
    if (name == "effect") ref.effect = value;
    if (name == "step" || name == "workspace") e.s.attributes[name] = value;
  }
  // The run's id is `campaign__lead`; campaign ids hold no `__`.
  if (const auto joint = ref.run.find("__"); joint != std::string::npos && joint > 0)
    e.s.campaign = campaign_id{ref.run.substr(0, joint)};
  return ref;
}

/// The error is the reason to ignore the event.
using outcome = tl::expected<stimulus_body, std::string>;

outcome nothing(std::string reason) { return tl::unexpected(std::move(reason)); }

outcome read_sent(resend_event& e) {
  e.recipient();
  return message_sent{read_reference(e), e.data.excerpt("subject"), {}};
}
outcome read_delivered(resend_event& e) {
  e.recipient();
  return message_delivered{read_reference(e)};
}
outcome read_opened(resend_event& e) {
  e.recipient();
  return message_opened{read_reference(e)};
}
outcome read_clicked(resend_event& e) {
  e.recipient();
  const auto click = e.data.object("click");
  if (!click.has("link")) e.faults.add(click.path("link"), "is missing; it names the link that was clicked");
  return link_clicked{read_reference(e), click.excerpt("link"), click.excerpt("userAgent"),
                      click.excerpt("ipAddress")};
}
outcome read_complained(resend_event& e) {
  auto address = e.recipient();
  return spam_complaint{read_reference(e), std::move(address)};
}

bounce_class bounce_type(std::string_view type) {
  if (type == "Permanent") return bounce_class::hard;
  if (type == "Transient") return bounce_class::soft;
  return bounce_class::unknown;
}

outcome read_bounced(resend_event& e) {
  auto address = e.recipient();
  const auto bounce = e.data.object("bounce");
  return message_bounced{read_reference(e), std::move(address), bounce_type(bounce.excerpt("type")),
                         bounce.excerpt("subType")};
}
/// The provider could not send (quota, domain): no word about the address.
outcome read_failed(resend_event& e) {
  auto address = e.recipient();
  return message_bounced{read_reference(e), std::move(address), bounce_class::provider,
                         e.data.object("failed").excerpt("reason")};
}
/// The provider refuses this address for good; who asked for that is not said here.
outcome read_suppressed(resend_event& e) {
  auto address = e.recipient();
  return message_bounced{read_reference(e), std::move(address), bounce_class::hard, "suppressed"};
}

/// Only who wrote and what about: the text is fetched as an effect and comes as a second stimulus.
outcome read_received(resend_event& e) {
  auto from = e.lead_email(e.data.raw("from"), e.data.path("from"));
  const auto& to = e.data.at("to");
  if (to.is_array() && !to.empty() && to[0].is_string())
    e.s.attributes["to"] = normal_email(to[0].get<std::string>());
  const auto& attachments = e.data.at("attachments");
  if (attachments.is_array() && !attachments.empty())
    e.s.attributes["attachments"] = std::to_string(attachments.size());
  const bool automated = automated_reply(name_values(e.data.at("headers")));
  return reply_received{read_reference(e), std::move(from), e.data.excerpt("subject"), {}, automated, true};
}

outcome read_contact(resend_event& e) {
  if (!e.data.flag("unsubscribed")) return nothing("the contact is not unsubscribed");
  e.lead_email(e.data.raw("email"), e.data.path("email"));
  return unsubscribed{{}, "provider"};
}

/// A complaint or a person's word stops the person; anything else says that mail to this address is refused.
outcome read_suppression(resend_event& e) {
  auto address = e.lead_email(e.data.raw("email"), e.data.path("email"));
  message_ref ref;
  ref.provider_id = e.data.identifier("source_id");
  const auto origin = e.data.excerpt("origin");
  if (origin.empty())
    e.faults.add(e.data.path("origin"), "is missing; it says why the address is suppressed");
  if (origin == "complaint" || origin == "manual") {
    e.s.attributes["origin"] = origin;
    return unsubscribed{std::move(ref), "provider"};
  }
  return message_bounced{std::move(ref), std::move(address), bounce_class::hard, "suppressed"};
}

outcome ignore_scheduled(resend_event&) { return nothing("nothing happened to the lead yet"); }
outcome ignore_delayed(resend_event&) { return nothing("the provider is still trying"); }

struct event_type {
  std::string_view name;
  outcome (*read)(resend_event&);
};

constexpr std::array<event_type, 13> types{{
    {"email.sent", read_sent},
    {"email.scheduled", ignore_scheduled},
    {"email.delivered", read_delivered},
    {"email.delivery_delayed", ignore_delayed},
    {"email.bounced", read_bounced},
    {"email.opened", read_opened},
    {"email.clicked", read_clicked},
    {"email.complained", read_complained},
    {"email.failed", read_failed},
    {"email.suppressed", read_suppressed},
    {"email.received", read_received},
    {"contact.updated", read_contact},
    {"suppression.added", read_suppression},
}};

hook_success ignored(std::string type, std::string reason) {
  hook_success out;
  out.ignored.push_back({std::move(type), std::move(reason)});
  return out;
}

stimulus blank(const hook_request& request, const std::string& id) {
  stimulus s;
  s.key = "resend:" + id;
  s.source = "resend";
  s.on = channel::email;
  s.received_at = decision_time(request);
  return s;
}

}  // namespace

hook_result normalize_resend(const hook_request& request, const hook_settings& settings) {
  const auto id = verify_webhook(request, settings.secrets, signature_family::svix);
  if (!id) return tl::unexpected(id.error());
  const auto document = read_json(request.body);
  if (!document) return tl::unexpected(document.error());
  fault faults;
  const object_reader top{*document, "", faults};
  const auto type = top.excerpt("type");
  if (type.empty()) faults.add("/type", "is missing; it names what happened");
  if (faults) return tl::unexpected(faults.problem());
  const auto known =
      std::find_if(types.begin(), types.end(), [&](const event_type& t) { return t.name == type; });
  if (known == types.end()) return ignored(type, "unknown event type");

  resend_event event{top, top.object("data"), blank(request, *id), faults};
  const auto when = top.instant("created_at");
  event.s.occurred_assumed = !when;
  event.s.occurred_at = std::min(when.value_or(event.s.received_at), event.s.received_at);
  auto body = known->read(event);
  if (faults) return tl::unexpected(faults.problem());
  if (!body) return ignored(type, body.error());
  event.s.body = std::move(*body);
  hook_success out;
  out.stimuli.push_back(std::move(event.s));
  return out;
}

}  // namespace heed::inbound
