#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// Text as strangers send it, made safe to store, compare and show.
namespace heed::inbound {

/// Without ASCII white space, no-break spaces and zero-width marks at both ends.
[[nodiscard]] std::string_view trimmed(std::string_view text);

[[nodiscard]] std::string lower_ascii(std::string_view text);

/// Valid UTF-8 (broken bytes become U+FFFD), CRLF and CR folded to LF, no control character but newline and
/// tab, trimmed. Idempotent.
[[nodiscard]] std::string clean_text(std::string_view text);

/// As `clean_text`, on one line: for subjects, names and references.
[[nodiscard]] std::string clean_line(std::string_view text);

/// At most `bytes` long, never cut inside a character.
[[nodiscard]] std::string cut(std::string text, std::size_t bytes);

/// True when a value cannot be an id or a key: it holds a control character or broken UTF-8.
[[nodiscard]] bool has_control(std::string_view text);

}  // namespace heed::inbound
