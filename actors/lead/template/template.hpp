#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "actors/campaign/campaign.hpp"
#include "actors/lead/stimulus.hpp"
#include "actors/workspace/policy.hpp"

/// Strict templates: every variable is filled from its source or the message is not written (ZRG-128).
namespace heed {

/// Where a variable's value comes from, in the order in which missing ones are named (ZRG-129).
enum class token_source : std::uint8_t {
  lead = 0,
  workspace = 1,
  booking = 2,
  availability = 3,
  unknown = 4
};

/// The source of a variable named without its braces; `unknown` when no template may use it.
[[nodiscard]] token_source source_of(std::string_view token);

/// Names of the variables a text uses, without braces, each once, in order of appearance; known or not.
[[nodiscard]] std::vector<std::string> tokens_in(std::string_view text);

/// What a text may not contain, as written, each once: variables of no source, a lone brace, and a known
/// variable in doubled braces, which would be sent as the placeholder itself (ZRG-126).
[[nodiscard]] std::vector<std::string> unknown_tokens(std::string_view text);

/// Names that `unknown_tokens` may have meant; without the open families `lead.*` and `attribution.*`.
[[nodiscard]] const std::vector<std::string>& known_tokens();

/// Where values are read from; null and empty mean "not there". Nothing is copied: all must outlive `render`.
struct template_values {
  const field_map* fields = nullptr;  ///< the lead's: firstName, lastName, company, ...
  std::string_view email{};
  std::string_view phone{};
  const settings* workspace = nullptr;
  const field_map* attribution = nullptr;  ///< of the run
  std::string_view landing_page{};         ///< of the run
};

struct rendered_text {
  std::string subject;  ///< one line, whatever the values hold
  std::string body;
  field_map variables;  ///< of an approved WhatsApp template, by number
  field_map data;       ///< for a gateway of one's own, by name
  bool operator==(const rendered_text&) const = default;
};

/// The variables without a value by source, in order of appearance, without braces. What is unknown counts as
/// the workspace's: only its people can mend the template.
struct missing_values {
  std::vector<std::string> lead, workspace, booking, availability;
  bool operator==(const missing_values&) const = default;
};

/// Fills subject and body in one pass: values are inserted as they are and never read as templates.
[[nodiscard]] tl::expected<rendered_text, missing_values> render(const message_template& text,
                                                                 const template_values& values);

/// `missing_lead_data: {firstName}, {signature}`: the first class by ZRG-129, then all variables in its
/// order.
/// @pre at least one variable is missing
[[nodiscard]] std::string missing_reason(const missing_values& missing);

}  // namespace heed
