#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "actors/lead/effect.hpp"
#include "actors/workspace/policy.hpp"

/// What the law and the carriers want under a message, in the workspace's language. Added to the rendered message when
/// its touch is planned, so that it is part of the bytes that are sent on every attempt.
namespace heed {

/// Codes a workspace's language may be: en, de, es, fr, pt, it, nl.
[[nodiscard]] const std::vector<std::string>& languages();

/// Email: sender name, postal address and a visible unsubscribe line below the body, and RFC 8058's two headers.
/// `url` empty = nothing is added (a sandbox without a public address).
void identify_email(rendered_message& m, const settings& s, const std::string& url);

/// The first message of ours on SMS to this person names the sender and says how to stop; what the text says already
/// is not said twice.
void introduce_sms(rendered_message& m, const settings& s);

/// The words of the page behind an unsubscribe link.
struct unsubscribe_words {
  std::string_view title, question, button, done, unknown;
};
[[nodiscard]] unsubscribe_words unsubscribe_page_words(std::string_view language);

}  // namespace heed
