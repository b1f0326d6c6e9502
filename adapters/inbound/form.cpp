#include <algorithm>
#include <array>
#include <charconv>

#include "adapters/inbound/canonical.hpp"
#include "adapters/inbound/form_body.hpp"
#include "adapters/inbound/problem.hpp"
#include "adapters/inbound/providers.hpp"
#include "adapters/inbound/text.hpp"
#include "adapters/inbound/webhook_signature.hpp"

/// A site's lead form, or any hook that is signed as Standard Webhooks says, by configuration alone:
///
///     {"kind": "form_submitted",
///      "map": {"email": "/contact/mail", "phone": "/tel", "firstName": "/contact/first", "form": "/form_id",
///              "page": "/page", "campaign_id": "/utm/campaign", "occurred_at": "/ts", "id": "/submission"},
///      "defaults": {"campaign_id": "spring"}}
///
/// A source is a JSON pointer into the body or a field's name. A target is one of the event's own (id,
/// occurred_at, campaign_id, channel, email, phone), `keys.<name>`, `message.<name>`, `attributes.<name>`;
/// `form`, `page`, `url`, `ticket_id` and `meeting_id` are attributes too; any other target is a field of the
/// person. A missing value takes its default or is left out, but one of email, phone and keys must be there.
/// `occurred_at` may be RFC 3339 or Unix seconds or milliseconds. The dedupe key is the mapped id, else the
/// header's.
namespace heed::inbound {

namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 5> attribute_targets{"form", "page", "url", "ticket_id", "meeting_id"};
constexpr std::array<std::string_view, 2> kinds_with_fields{"form_submitted", "enrichment_completed"};
/// Unix seconds stay below this until the year 5138; more digits are milliseconds.
constexpr std::int64_t seconds_max = 100'000'000'000;

std::string option_of(std::string_view target) { return pointer("/options/map", target); }

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// Splits `keys.crm` at its first dot; a target without one has no group.
std::pair<std::string, std::string> group_of(const std::string& target) {
  for (std::string_view group : {"keys", "message", "attributes"})
    if (target.starts_with(std::string{group} + "."))
      return {std::string{group}, target.substr(group.size() + 1)};
  return {{}, target};
}

std::optional<time_point> parse_when(const std::string& text) {
  if (const auto instant = parse_iso(text)) return instant;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number <= 0 || number > seconds_max * 1'000)
    return std::nullopt;
  return number < seconds_max ? from_micros(number * 1'000'000) : from_micros(number * 1'000);
}

/// The canonical event being filled from mapped values.
struct form_event {
  std::string kind;
  json event = json::object();
  fault& faults;

  /// An address that is none is what people type into forms: kept as a field, but no key.
  void address(const std::string& target, const std::string& value) {
    const auto normal = target == "email" ? normal_email(value) : normal_phone(value);
    if (normal.empty())
      person(target, value);
    else
      event["lead"][target] = normal;
  }
  void person(const std::string& target, const std::string& value) {
    event[contains(kinds_with_fields, kind) ? "fields" : "attributes"][target] = value;
  }
  void when(const std::string& value) {
    const auto instant = parse_when(value);
    if (instant)
      event["occurred_at"] = to_iso(*instant);
    else
      faults.add(option_of("occurred_at"),
                 "points at no instant; send RFC 3339, Unix seconds or milliseconds");
  }
  void put(const std::string& target, const std::string& value) {
    const auto [group, name] = group_of(target);
    if (group == "keys")
      event["lead"]["keys"][name] = value;
    else if (!group.empty())
      event[group][name] = value;
    else if (target == "email" || target == "phone")
      address(target, value);
    else if (target == "occurred_at")
      when(value);
    else if (target == "id" || target == "campaign_id" || target == "channel")
      event[target] = value;
    else if (contains(attribute_targets, target))
      event["attributes"][target] = value;
    else
      person(target, value);
  }
};

const json& option(const hook_settings& settings, const char* name) {
  static const json none = json::object();
  if (!settings.options.is_object()) return none;
  const auto found = settings.options.find(name);
  return found == settings.options.end() ? none : *found;
}

void check_text_object(const json& object, const std::string& where, fault& faults) {
  if (!object.is_object()) return faults.add(where, "must be an object of strings");
  for (const auto& [name, value] : object.items())
    if (!value.is_string()) faults.add(pointer(where, name), "must be a string");
}

/// Fills the event from the body by the mapping, then from the defaults what is still missing.
void fill(form_event& form, const form_body& body, const json& map, const json& defaults) {
  for (const auto& [target, source] : map.items()) {
    const auto value = body.value(source.get<std::string>(), option_of(target), form.faults);
    if (!value.empty())
      form.put(target, value);
    else if (defaults.contains(target))
      form.put(target, defaults[target].get<std::string>());
  }
  for (const auto& [target, value] : defaults.items())
    if (!map.contains(target)) form.put(target, value.get<std::string>());
}

/// Nobody can be found or reached: names the mappings that should have said who it is.
void check_reachable(const form_event& form, const json& map) {
  if (form.event.contains("lead")) return;
  for (const char* target : {"email", "phone"})
    if (map.contains(target))
      return form.faults.add(option_of(target),
                             "points at " + map[target].get<std::string>() +
                                 ", where the body has no usable value; correct the mapping or send one");
  form.faults.add("/options/map", "maps no email, phone or keys; say where the body names the person");
}

/// A parser's problem names the canonical field; the integrator can correct the mapping that filled it.
hook_problem with_mapping(hook_problem problem, const json& map) {
  for (const auto& [target, source] : map.items()) {
    const auto name = group_of(target).second;
    if (!problem.field.ends_with("/" + name)) continue;
    problem.detail += " (mapped from " + source.get<std::string>() + ")";
    problem.field = option_of(target);
    break;
  }
  return problem;
}

}  // namespace

hook_result normalize_form(const hook_request& request, const hook_settings& settings) {
  const auto id = verify_webhook(request, settings.secrets);
  if (!id) return tl::unexpected(id.error());
  fault faults;
  const auto& map = option(settings, "map");
  const auto& defaults = option(settings, "defaults");
  check_text_object(map, "/options/map", faults);
  check_text_object(defaults, "/options/defaults", faults);
  const auto& kind = option(settings, "kind");
  const auto name = kind.is_string() ? kind.get<std::string>() : std::string{"form_submitted"};
  if (!is_event_kind(name))
    faults.add("/options/kind", "is no kind of event; use form_submitted or another of them");
  if (faults) return tl::unexpected(faults.problem());
  const auto body = form_body::read(request);
  if (!body) return tl::unexpected(body.error());

  form_event form{name, json::object(), faults};
  fill(form, *body, map, defaults);
  check_reachable(form, map);
  if (faults) return tl::unexpected(faults.problem());
  const auto now = decision_time(request);
  form.event["kind"] = name;
  form.event["id"] = "form:" + (form.event.contains("id") ? form.event["id"].get<std::string>() : *id);
  if (!form.event.contains("occurred_at")) {
    form.event["occurred_at"] = to_iso(now);
    form.event["occurred_assumed"] = true;
  }
  auto happened = parse_event(form.event, "", now, "form");
  if (!happened) return tl::unexpected(with_mapping(happened.error(), map));
  hook_success out;
  out.stimuli.push_back(std::move(*happened));
  return out;
}

}  // namespace heed::inbound
