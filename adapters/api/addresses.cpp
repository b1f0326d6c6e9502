#include "adapters/api/addresses.hpp"

#include <algorithm>

#include "adapters/inbound/normalizer.hpp"

namespace heed::api {

namespace {

lead_key email_key(std::string_view text) { return {key_kind::email, {}, inbound::normal_email(text)}; }
lead_key phone_key(std::string_view text) { return {key_kind::phone, {}, inbound::normal_phone(text)}; }

constexpr const char* email_fault = "must be an email address like ana@example.com";
constexpr const char* phone_fault = "must be a phone number in international form like +15550100123";

}  // namespace

std::optional<lead_key> read_address(object_reader& in) {
  const auto email = in.text("email");
  const auto phone = in.text("phone");
  if (email.has_value() == phone.has_value()) {
    const bool bad_type = in.any("email") || in.any("phone");
    if (email || !bad_type) in.report("email", "give exactly one of email and phone");
    return std::nullopt;
  }
  auto key = email ? email_key(*email) : phone_key(*phone);
  if (!key.value.empty()) return key;
  email ? in.report("email", email_fault) : in.report("phone", phone_fault);
  return std::nullopt;
}

asked_address asked_address_of(call& c) {
  const auto email = c.request.query_value("email");
  const auto phone = c.request.query_value("phone");
  if (email.empty() && phone.empty()) return {};
  const bool both = !email.empty() && !phone.empty();
  auto key = !email.empty() ? email_key(email) : phone_key(phone);
  if (!both && !key.value.empty()) return {std::move(key), false};
  const std::string field = email.empty() ? "phone" : "email";
  c.refuse(unprocessable(field, "This names no address.",
                         both            ? "Send either ?email= or ?phone=."
                         : email.empty() ? "Send it in international form; a plus in a URL is written %2B."
                                         : "Send it like ?email=ana@example.com."));
  return {std::nullopt, true};
}

result<std::vector<lead_row>> holders_of(store_reader& r, const workspace_id& ws, const lead_key& key) {
  std::vector<lead_row> out;
  std::vector<lead_key> all{key};
  if (key.kind == key_kind::email) all.push_back({key_kind::alternate_email, {}, key.value});
  for (const auto& each : all) {
    auto found = r.lead_by_key(ws, each);
    if (!found) return tl::unexpected(found.error());
    if (*found && std::ranges::find(out, (*found)->lead, &lead_row::lead) == out.end())
      out.push_back(std::move(**found));
  }
  return out;
}

}  // namespace heed::api
