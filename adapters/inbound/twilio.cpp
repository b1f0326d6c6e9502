#include <algorithm>
#include <array>

#include "actors/lead/limits.hpp"
#include "adapters/inbound/canonical.hpp"
#include "adapters/inbound/json_reader.hpp"
#include "adapters/inbound/problem.hpp"
#include "adapters/inbound/providers.hpp"
#include "adapters/inbound/text.hpp"
#include "adapters/inbound/twilio_event.hpp"
#include "adapters/inbound/twilio_signature.hpp"

namespace heed::inbound {

namespace {

constexpr std::string_view empty_twiml = "<Response/>";

/// `public_url` from the options, with the query of the URL that was called: each message's callback may
/// carry its own. Without the option, the URL as called.
tl::expected<std::string, hook_problem> public_url(const hook_request& request,
                                                   const hook_settings& settings) {
  const std::string called = request.url.substr(0, request.url.find('#'));
  if (!settings.options.is_object() || !settings.options.contains("public_url")) return called;
  const auto& option = settings.options["public_url"];
  if (!option.is_string())
    return tl::unexpected(unprocessable("/options/public_url", "must be the URL that Twilio calls"));
  const auto configured = option.get<std::string>();
  const auto query = query_of(called);
  if (query.empty()) return configured.substr(0, configured.find('#'));
  return configured.substr(0, configured.find_first_of("?#")) + "?" + std::string{query};
}

/// The event with the names of the form post, whatever it came as: {"data":{"messageSid":...}} of the event
/// stream becomes MessageSid=...
tl::expected<twilio_parameters, hook_problem> from_json(const nlohmann::json& event,
                                                        const std::string& where) {
  fault faults;
  const object_reader top{event, where, faults};
  twilio_parameters out;
  out.where = where + "/data/";
  out.type = top.excerpt("type");
  out.occurred_at = top.instant("time");
  for (auto& [name, value] : top.scalars("data")) {
    auto title = name;
    if (!title.empty() && title[0] >= 'a' && title[0] <= 'z')
      title[0] = static_cast<char>(title[0] - 'a' + 'A');
    out.all.emplace_back(std::move(title), value);
  }
  if (faults) return tl::unexpected(faults.problem());
  return out;
}

std::optional<hook_problem> add_event(const twilio_parameters& parameters, const hook_request& request,
                                      std::string_view url, hook_success& out) {
  auto read = read_twilio_event(parameters, url, decision_time(request));
  if (!read) return read.error();
  if (auto* happened = std::get_if<stimulus>(&*read))
    out.stimuli.push_back(std::move(*happened));
  else
    out.ignored.push_back(std::move(std::get<ignored_event>(*read)));
  return std::nullopt;
}

std::optional<hook_problem> add_json_events(const hook_request& request, std::string_view url,
                                            hook_success& out) {
  const auto document = read_json(request.body);
  if (!document) return document.error();
  const bool list = document->is_array();
  const auto count = list ? document->size() : 1;
  for (std::size_t i = 0; i < count; ++i) {
    const auto parameters =
        list ? from_json((*document)[i], "/" + std::to_string(i)) : from_json(*document, "");
    if (!parameters) return parameters.error();
    if (auto problem = add_event(*parameters, request, url, out)) return problem;
  }
  return std::nullopt;
}

}  // namespace

hook_result normalize_twilio(const hook_request& request, const hook_settings& settings) {
  const auto url = public_url(request, settings);
  if (!url) return tl::unexpected(url.error());
  const auto query = parse_urlencoded(query_of(*url));
  const bool json = query && !values_of(*query, "bodySHA256").empty();
  auto form = json ? parameter_list{} : parse_urlencoded(request.body);
  if (!form)
    return tl::unexpected(unauthorized("x-twilio-signature", "covers more parameters than are read"));
  if (auto refused = verify_twilio(request, *url, *form, settings.secrets)) return tl::unexpected(*refused);

  hook_success out;
  out.status = 200;
  out.answer_type = "text/xml";
  out.answer_body = empty_twiml;
  const auto problem = json ? add_json_events(request, *url, out)
                            : add_event(twilio_parameters{std::move(*form), {}, {}, {}}, request, *url, out);
  if (problem) return tl::unexpected(*problem);
  return out;
}

}  // namespace heed::inbound
