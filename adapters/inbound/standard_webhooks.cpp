#include "adapters/inbound/canonical.hpp"
#include "adapters/inbound/json_reader.hpp"
#include "adapters/inbound/problem.hpp"
#include "adapters/inbound/providers.hpp"
#include "adapters/inbound/webhook_signature.hpp"

/// The generic hook: {"type":"lead.<kind>","timestamp","data"}, signed as Standard Webhooks says. `data` is a
/// canonical event whose `kind` is said by `type`, whose `occurred_at` may be said by `timestamp`, and whose
/// `id` may be left out: the dedupe key is the header's, which stays the same when the sender tries again.
namespace heed::inbound {

namespace {

constexpr std::string_view type_prefix = "lead.";

hook_success ignored(const std::string& type) {
  hook_success out;
  out.ignored.push_back({type, "unknown event type"});
  return out;
}

/// `data` completed from the envelope. Its own id, where it has one, moves to the attribute `event_id`.
nlohmann::json completed(const object_reader& top, const std::string& kind, const std::string& id,
                         time_point received_at, fault& faults) {
  auto event = top.at("data");
  const auto data = top.object("data");
  if (!event.is_object()) return event;
  if (data.has("kind") && data.line("kind") != kind)
    faults.add(data.path("kind"), "differs from `type`; say the kind in one of them");
  event["kind"] = kind;
  if (auto own = data.identifier("id"); !own.empty()) {
    auto& attributes = event["attributes"];
    if (attributes.is_null()) attributes = nlohmann::json::object();
    if (attributes.is_object()) attributes["event_id"] = std::move(own);
  }
  event["id"] = id;
  if (data.has("occurred_at")) return event;
  const auto said = top.instant("timestamp");
  event["occurred_at"] = to_iso(said.value_or(received_at));
  if (!said) event["occurred_assumed"] = true;
  return event;
}

}  // namespace

hook_result normalize_standard_webhooks(const hook_request& request, const hook_settings& settings) {
  const auto id = verify_webhook(request, settings.secrets);
  if (!id) return tl::unexpected(id.error());
  const auto document = read_json(request.body);
  if (!document) return tl::unexpected(document.error());
  fault faults;
  const object_reader top{*document, "", faults};
  const auto type = top.excerpt("type");
  if (type.empty()) faults.add("/type", "is missing; send `lead.` and the kind, such as lead.reply_received");
  if (faults) return tl::unexpected(faults.problem());
  const auto kind = type.starts_with(type_prefix) ? type.substr(type_prefix.size()) : std::string{};
  if (!is_event_kind(kind)) return ignored(type);

  const auto now = decision_time(request);
  const auto event = completed(top, kind, "standard-webhooks:" + *id, now, faults);
  if (!event.is_object()) faults.add("/data", "must be a canonical event");
  if (faults) return tl::unexpected(faults.problem());
  auto happened = parse_event(event, "/data", now, "standard-webhooks");
  if (!happened) return tl::unexpected(happened.error());
  hook_success out;
  out.stimuli.push_back(std::move(*happened));
  return out;
}

}  // namespace heed::inbound
