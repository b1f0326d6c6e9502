#include "actors/lead/reply/phrase_book.hpp"

#include <algorithm>
#include <bit>

namespace heed::reply {

namespace {

/// Letters, digits and `@?` have a place in a node's child table; other bytes share the last.
std::size_t slot(char c) {
  if (c >= 'a' && c <= 'z') return static_cast<std::size_t>(c - 'a');
  if (c >= '0' && c <= '9') return static_cast<std::size_t>(26 + c - '0');
  if (c == '@') return 36;
  if (c == '?') return 37;
  return 38;
}

}  // namespace

std::int32_t phrase_book::child(std::int32_t at, char c) const {
  const auto s = slot(c);
  if (s < 38) return children_[static_cast<std::size_t>(at)][s];
  for (auto n = children_[static_cast<std::size_t>(at)][38]; n >= 0;
       n = nodes_[static_cast<std::size_t>(n)].side)
    if (nodes_[static_cast<std::size_t>(n)].label == c) return n;
  return -1;
}

void phrase_book::look_up(std::string_view word, std::uint32_t place, scratch& s) const {
  const auto mark = [&](std::int32_t list) {
    if (list < 0) return;
    for (const auto atom : atom_lists_[static_cast<std::size_t>(list)]) {
      auto& places = s.atoms[atom];
      if (places == 0) s.touched.push_back(atom);
      places |= positions{1} << place;
    }
  };
  std::int32_t at = 0;
  for (const char c : word) {
    at = child(at, c);
    if (at < 0) return;
    mark(nodes_[static_cast<std::size_t>(at)].stem);
  }
  mark(nodes_[static_cast<std::size_t>(at)].word);
}

bool phrase_book::knows(std::string_view word) const {
  std::int32_t at = 0;
  for (const char c : word) {
    at = child(at, c);
    if (at < 0) return false;
    if (nodes_[static_cast<std::size_t>(at)].stem >= 0) return true;
  }
  return nodes_[static_cast<std::size_t>(at)].word >= 0;
}

phrase_book::positions phrase_book::atom_places(std::uint16_t id, const scratch& s) const {
  return s.atoms[id];
}

/// Where the concept begins, by its length in words. Worked out once a window.
const std::array<phrase_book::positions, 16>& phrase_book::concept_places(std::uint16_t id,
                                                                          scratch& s) const {
  auto& places = s.concepts[id];
  if (s.concept_stamp[id] == s.window) return places;
  s.concept_stamp[id] = s.window;
  places.fill(0);
  const auto& def = concepts_[id];
  if (def.atom != 0) places[1] = s.atoms[def.atom];
  for (const auto& phrase : def.phrases) {
    positions starts = s.all;
    const auto& head = phrase.front();
    if (head.kind == element_kind::atom && !head.optional && !head.not_before) starts = s.atoms[head.id];
    if (starts == 0) continue;
    while (starts != 0) {
      const auto start = static_cast<std::uint32_t>(std::countr_zero(starts));
      starts &= starts - 1;
      auto ends = run(phrase, positions{1} << start, s);
      while (ends != 0) {
        const auto end = static_cast<std::uint32_t>(std::countr_zero(ends));
        ends &= ends - 1;
        if (end > start && end - start < places.size()) places[end - start] |= positions{1} << start;
      }
    }
  }
  return places;
}

/// Places reached from `from` through one element.
phrase_book::positions phrase_book::step(const element& e, positions from, scratch& s) const {
  positions to = 0;
  switch (e.kind) {
    case element_kind::start:
      return from & 1;
    case element_kind::end:
      return from & (positions{1} << s.size);
    case element_kind::gap:
      to = from;
      for (std::uint16_t i = 0; i < e.id; ++i)
        to |= (to << 1) & s.all;
      return to;
    case element_kind::atom:
      if (e.not_before) {
        const auto here = atom_places(e.id, s);
        return from & ~((here << 1) | (here << 2) | (here << 3));
      }
      to = (from & atom_places(e.id, s)) << 1;
      break;
    case element_kind::concept_ref: {
      const auto& def = concepts_[e.id];
      if (def.phrases.empty() && !e.not_before) {
        to = (from & s.atoms[def.atom]) << 1;
        break;
      }
      const auto& places = concept_places(e.id, s);
      if (e.not_before) {
        positions barred = 0;
        for (std::size_t length = 1; length <= def.longest; ++length)
          barred |= (places[length] << length) | (places[length] << (length + 1)) |
                    (places[length] << (length + 2));
        return from & ~barred;
      }
      for (std::size_t length = 1; length <= def.longest; ++length)
        to |= (from & places[length]) << length;
      break;
    }
  }
  return e.optional ? to | from : to;
}

phrase_book::positions phrase_book::run(const sequence& elements, positions from, scratch& s) const {
  for (const auto& e : elements) {
    if (from == 0) return 0;
    from = step(e, from, s);
  }
  return from;
}

void phrase_book::match(const worded_text& text, std::uint32_t first, std::uint32_t last, scratch& s,
                        std::vector<rule_match>& out) const {
  if (s.atoms.size() != atom_count_) {
    s.atoms.assign(atom_count_, 0);
    s.tried.assign(patterns_.size(), 0);
    s.held.assign(rules_.size(), 0);
    s.concepts.resize(concepts_.size());
    s.concept_stamp.assign(concepts_.size(), 0);
  }
  for (const auto atom : s.touched)
    s.atoms[atom] = 0;
  s.touched.clear();
  ++s.window;
  s.size = std::min(last - first, window_words);
  s.all = (positions{1} << (s.size + 1)) - 1;
  for (std::uint32_t i = 0; i < s.size; ++i)
    look_up(text.text_of(first + i), i, s);

  // `touched` holds each atom of the window once; a pattern is tried when its anchor is among them.
  for (const auto atom : s.touched) {
    for (const auto p : anchored_[atom]) {
      if (s.tried[p] == s.window) continue;
      s.tried[p] = s.window;
      const auto& candidate = patterns_[p];
      if (s.held[candidate.rule] == s.window) continue;
      if (run(candidate.elements, s.all, s) == 0) continue;
      s.held[candidate.rule] = s.window;
      // The span is asked for only now: matches are rare.
      for (std::uint32_t start = 0; start <= s.size; ++start) {
        const auto ends = run(candidate.elements, positions{1} << start, s);
        if (ends == 0) continue;
        const auto end = static_cast<std::uint32_t>(std::countr_zero(ends));
        out.push_back(
            {candidate.rule, first + start, first + std::max(end, start + (start < s.size ? 1u : 0u))});
        break;
      }
    }
  }
}

void phrase_book::concepts_in(scratch& s, std::vector<std::pair<std::uint16_t, std::uint8_t>>& out) const {
  for (const auto id : shared_concepts_) {
    positions any = 0;
    for (const auto places : concept_places(id, s))
      any |= places;
    if (any != 0) out.emplace_back(id, static_cast<std::uint8_t>(std::countr_zero(any)));
  }
}

}  // namespace heed::reply
