#pragma once

#include "actors/lead/reply/phrase_book.hpp"
#include "actors/lead/reply/words.hpp"

namespace heed::reply {

/// Puts the word that was meant for words that are none: `unsubcribe`, `rmeove`, `st0p`. Only words that
/// carry a request are mended, by one slip, or two in a long word; what the rules know is left alone. Spans
/// stay.
void mend_typos(worded_text& text, const phrase_book& book);

}  // namespace heed::reply
