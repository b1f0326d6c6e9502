#include <type_traits>

#include "adapters/inbound/lead_keys.hpp"
#include "adapters/inbound/normalizer.hpp"

namespace heed::inbound {

namespace {

using nlohmann::json;

/// What never arrives from outside has no canonical document: its kind says all there is to print.
template <class T>
concept internal =
    std::is_same_v<T, lead_upserted> || std::is_same_v<T, timer_fired> || std::is_same_v<T, effect_outcome> ||
    std::is_same_v<T, reconsider> || std::is_same_v<T, key_conflict> || std::is_same_v<T, command> ||
    std::is_same_v<T, model_answered> || std::is_same_v<T, review_posted> ||
    std::is_same_v<T, merge_asked> || std::is_same_v<T, absorption_asked> || std::is_same_v<T, absorption_answered> ||
    std::is_same_v<T, unmerge_asked> || std::is_same_v<T, restoring_asked> || std::is_same_v<T, restoring_answered> ||
    std::is_same_v<T, suppression_shared> || std::is_same_v<T, promotion_asked> ||
    std::is_same_v<T, latency_rose> || std::is_same_v<T, habits_imported>;

void put(json& object, const char* name, const std::string& value) {
  if (!value.empty()) object[name] = value;
}

void put_all(json& event, const char* name, const field_map& values) {
  if (!values.empty()) event[name] = values;
}

/// Writes a body's parts into `message`, `attributes` and `fields` of the event.
struct body_writer {
  json& event;

  void reference(const message_ref& m) const {
    auto message = json::object();
    put(message, "provider_id", m.provider_id);
    put(message, "message_id", m.message_id);
    put(message, "in_reply_to", m.in_reply_to);
    put(message, "effect", m.effect);
    put(message, "run", m.run);
    if (!message.empty()) event["message"] = std::move(message);
  }
  void message(const char* name, const std::string& value) const {
    if (!value.empty()) event["message"][name] = value;
  }
  void attribute(const char* name, const std::string& value) const {
    if (!value.empty()) event["attributes"][name] = value;
  }

  void operator()(const reply_received& b) const {
    reference(b.message);
    message("from", b.from);
    message("subject", b.subject);
    message("text", b.text);
    if (b.automated) event["message"]["automated"] = true;
    if (b.metadata_only) event["message"]["metadata_only"] = true;
  }
  void operator()(const message_sent& b) const {
    reference(b.message);
    message("subject", b.subject);
    message("text", b.text);
  }
  void operator()(const message_delivered& b) const { reference(b.message); }
  void operator()(const message_opened& b) const {
    reference(b.message);
    if (b.machine) event["attributes"]["machine"] = true;
  }
  void operator()(const link_clicked& b) const {
    reference(b.message);
    attribute("url", b.url);
    attribute("user_agent", b.user_agent);
    attribute("ip", b.ip);
  }
  void operator()(const message_bounced& b) const {
    reference(b.message);
    attribute("address", b.address);
    attribute("bounce_class", std::string{to_string(b.severity)});
    attribute("code", b.code);
  }
  void operator()(const spam_complaint& b) const {
    reference(b.message);
    attribute("address", b.address);
  }
  void operator()(const unsubscribed& b) const {
    reference(b.message);
    attribute("via", b.via);
  }
  void operator()(const form_submitted& b) const {
    attribute("form", b.form);
    attribute("page", b.page);
    put_all(event, "fields", b.fields);
  }
  void operator()(const page_viewed& b) const { attribute("url", b.url); }
  void operator()(const ticket_opened& b) const { attribute("ticket_id", b.ticket); }
  void operator()(const ticket_closed& b) const { attribute("ticket_id", b.ticket); }
  void operator()(const meeting_booked& b) const { attribute("meeting_id", b.meeting); }
  void operator()(const meeting_canceled& b) const { attribute("meeting_id", b.meeting); }
  void operator()(const enrichment_completed& b) const { put_all(event, "fields", b.fields); }
  template <internal T>
  void operator()(const T&) const {}
};

}  // namespace

json event_to_json(const stimulus& s) {
  json event{{"id", s.key}, {"kind", kind_name(s.body)}, {"occurred_at", to_iso(s.occurred_at)}};
  if (s.occurred_assumed) event["occurred_assumed"] = true;
  if (s.mode == arrival::backfill) event["mode"] = "backfill";
  if (!s.keys.empty()) event["lead"] = lead_to_json(s.keys);
  if (s.campaign) event["campaign_id"] = s.campaign->value;
  if (s.on) event["channel"] = to_string(*s.on);
  put_all(event, "attributes", s.attributes);
  std::visit(body_writer{event}, s.body);
  return event;
}

}  // namespace heed::inbound
