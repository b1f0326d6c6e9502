#include <algorithm>
#include <array>

#include "adapters/inbound/problem.hpp"
#include "adapters/inbound/providers.hpp"

namespace heed::inbound {

namespace {

/// The edge where exceptions of the libraries below end: a stranger's bytes get an answer, whatever they do.
template <hook_result (*Normalize)(const hook_request&, const hook_settings&)>
hook_result guarded(const hook_request& request, const hook_settings& settings) {
  try {
    return Normalize(request, settings);
  } catch (const std::exception&) {
    return tl::unexpected(unprocessable("body", "could not be read"));
  }
}

constexpr std::array<normalizer, 4> table{{
    {"resend", guarded<normalize_resend>},
    {"twilio", guarded<normalize_twilio>},
    {"standard-webhooks", guarded<normalize_standard_webhooks>},
    {"form", guarded<normalize_form>},
}};

}  // namespace

std::vector<std::string_view> hook_request::header(std::string_view name) const {
  std::vector<std::string_view> out;
  for (const auto& [key, value] : headers)
    if (key == name) out.emplace_back(value);
  return out;
}

std::span<const normalizer> normalizers() { return table; }

const normalizer* find_normalizer(std::string_view name) {
  const auto found =
      std::find_if(table.begin(), table.end(), [&](const normalizer& n) { return n.name == name; });
  return found == table.end() ? nullptr : &*found;
}

}  // namespace heed::inbound
