#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <stdexcept>

#include "actors/lead/reply/phrase_book.hpp"

namespace heed::reply {

namespace {

/// Words so common that they make poor anchors: a pattern is tried when its rarest element occurs.
constexpr std::string_view common_words =
    " a i to me you the is it not no of and in on for my your we us do that this be have can are at with any "
    "if so "
    "de la le el en que no me se un una por para los las su mi es y o al del lo te "
    "der die das ich sie mich mir nicht kein keine zu und ist bitte von mit auf in den dem ein eine es wir "
    "uns "
    "je vous me ne pas plus de et est a votre vos mes mon ma des les du ce sur nous pour "
    "nao o os as um uma e da do na no por favor mais meu minha "
    "non mi vi di il lo i gli per che e un una piu da del della "
    "ik u je het een en van niet geen mij me is te op voor dit dat met ? @num please ";

std::size_t cost_of(std::string_view word) {
  return common_words.find(" " + std::string{word} + " ") == std::string_view::npos ? 1 : 12;
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < text.size();) {
    while (i < text.size() && (text[i] == ' ' || text[i] == '\t'))
      ++i;
    auto end = i;
    const bool quoted = i < text.size() && text[i] == '"';
    if (quoted) {
      end = text.find('"', i + 1);
      if (end == std::string_view::npos) throw std::invalid_argument("a quote is not closed");
      parts.emplace_back(text.substr(i, ++end - i));
    } else {
      while (end < text.size() && text[end] != ' ' && text[end] != '\t')
        ++end;
      if (end > i) parts.emplace_back(text.substr(i, end - i));
    }
    i = end;
  }
  return parts;
}

}  // namespace

/// Reads the files line by line. Concepts may be used before they are defined.
struct phrase_book::compiler {
  phrase_book& book;
  std::map<std::string, std::uint16_t> atoms;  ///< by their alternatives as written
  std::vector<std::vector<std::string>> atom_words{{}};
  std::map<std::string, std::uint16_t> concept_ids;
  std::set<std::string> defined;
  std::vector<std::set<std::string>> concept_words;

  std::uint16_t atom(const std::string& text) {
    const auto [it, added] = atoms.emplace(text, static_cast<std::uint16_t>(atom_words.size()));
    if (!added) return it->second;
    std::vector<std::string> alternatives;
    for (std::size_t i = 0; i <= text.size();) {
      const auto bar = std::min(text.find('|', i), text.size());
      if (bar > i) alternatives.push_back(text.substr(i, bar - i));
      i = bar + 1;
    }
    if (alternatives.empty()) throw std::invalid_argument("an empty alternative");
    for (const auto& a : alternatives)
      if (a != folded(a)) throw std::invalid_argument("`" + a + "` is not folded: lower case, no accents");
    atom_words.push_back(std::move(alternatives));
    return it->second;
  }

  std::uint16_t concept_id(const std::string& name) {
    const auto [it, added] = concept_ids.emplace(name, static_cast<std::uint16_t>(book.concepts_.size()));
    if (added) {
      book.concepts_.emplace_back();
      book.concept_names_.push_back(name);
      concept_words.emplace_back();
    }
    return it->second;
  }

  element parse_element(std::string text) {
    element e;
    if (text == "^") return {element_kind::start, false, false, 0};
    if (text == "$") return {element_kind::end, false, false, 0};
    if (text.front() == '~') {
      e.kind = element_kind::gap;
      std::from_chars(text.data() + 1, text.data() + text.size(), e.id);
      if (e.id == 0 || e.id > 12) throw std::invalid_argument("a gap is ~1 to ~12");
      return e;
    }
    if (text.front() == '[' && text.back() == ']') {
      e.optional = true;
      text = text.substr(1, text.size() - 2);
    } else if (text.front() == '!') {
      e.not_before = true;
      text = text.substr(1);
    }
    if (text.empty()) throw std::invalid_argument("an empty element");
    if (text.find('|') != std::string::npos && text.find('{') != std::string::npos) {
      e.kind = element_kind::concept_ref;
      e.id = one_of(text);
    } else if (text.front() == '{' && text.back() == '}') {
      e.kind = element_kind::concept_ref;
      e.id = concept_id(text.substr(1, text.size() - 2));
    } else {
      e.id = atom(text);
    }
    return e;
  }

  /// `again|{more}|back`: a concept without a name.
  std::uint16_t one_of(const std::string& text) {
    const auto id = concept_id(text);
    if (!defined.insert(text).second) return id;
    for (std::size_t i = 0; i <= text.size();) {
      const auto bar = std::min(text.find('|', i), text.size());
      if (bar > i) add_to_concept(id, text.substr(i, bar - i));
      i = bar + 1;
    }
    return id;
  }

  sequence parse_sequence(std::string_view text) {
    sequence elements;
    for (auto& part : split(text))
      elements.push_back(parse_element(std::move(part)));
    if (elements.empty()) throw std::invalid_argument("an empty pattern");
    return elements;
  }

  void add_to_concept(std::uint16_t id, std::string_view line) {
    for (const auto& part : split(line)) {
      if (part.front() == '"')
        book.concepts_[id].phrases.push_back(
            parse_sequence(std::string_view{part}.substr(1, part.size() - 2)));
      else if (std::string_view{"~^$![?"}.find(part.front()) != std::string_view::npos ||
               (part.find('|') != std::string::npos))
        throw std::invalid_argument("a pattern in a concept needs quotes; does a rule's header lack?");
      else if (part.front() == '{')
        book.concepts_[id].phrases.push_back(parse_sequence(part));
      else
        concept_words[id].insert(part);
    }
  }

  void read(std::string_view file) {
    enum class block : std::uint8_t { none, a_concept, a_rule } current = block::none;
    std::uint16_t id = 0;
    std::size_t number = 0;
    for (std::size_t i = 0; i < file.size();) {
      const auto end = std::min(file.find('\n', i), file.size());
      auto line = file.substr(i, end - i);
      i = end + 1;
      ++number;
      if (const auto hash = line.find('#'); hash != std::string_view::npos) line = line.substr(0, hash);
      while (!line.empty() && (line.back() == ' ' || line.back() == '\r'))
        line.remove_suffix(1);
      if (line.empty()) continue;
      try {
        if (line.front() == ' ') {
          if (current == block::a_concept)
            add_to_concept(id, line);
          else if (current == block::a_rule)
            book.patterns_.push_back({id, parse_sequence(line)});
          else
            throw std::invalid_argument("an indented line without a header");
          continue;
        }
        const auto parts = split(line);
        if (parts[0] == "version" && parts.size() == 2) {
          book.version_ = parts[1];
        } else if (parts[0] == "concept" && parts.size() == 2) {
          current = block::a_concept;
          id = concept_id(parts[1]);
          if (!defined.insert(parts[1]).second) throw std::invalid_argument("a concept is defined twice");
        } else if (parts[0] == "rule" && parts.size() == 3) {
          current = block::a_rule;
          id = add_rule(parts[1], std::stod(parts[2]));
        } else {
          throw std::invalid_argument("expected version, concept or rule");
        }
      } catch (const std::invalid_argument& fault) {
        throw std::invalid_argument("line " + std::to_string(number) + " `" + std::string{line} +
                                    "`: " + fault.what());
      }
    }
  }

  std::uint16_t add_rule(const std::string& name, double confidence) {
    const auto dot = name.find('.');
    if (dot == std::string::npos) throw std::invalid_argument("a rule is class.name");
    book.rules_.push_back({name.substr(0, dot), name, confidence});
    return static_cast<std::uint16_t>(book.rules_.size() - 1);
  }

  void finish() {
    for (const auto& [name, id] : concept_ids) {
      if (!defined.contains(name)) throw std::invalid_argument("concept " + name + " is not defined");
      if (concept_words[id].empty()) continue;
      std::string alternatives;
      for (const auto& w : concept_words[id])
        alternatives += (alternatives.empty() ? "" : "|") + w;
      book.concepts_[id].atom = atom(alternatives);
    }
    for (auto& def : book.concepts_)
      for (const auto& phrase : def.phrases)
        def.longest = std::max(def.longest, longest(phrase, 0));
    for (const auto& name : book.concept_names_) {
      std::uint32_t hash = 2'166'136'261u;
      for (const char c : name)
        hash = (hash ^ static_cast<unsigned char>(c)) * 16'777'619u;
      book.concept_hashes_.push_back(hash);
    }
    book.atom_count_ = atom_words.size();
    plant_words();
    anchor_patterns();
  }

  /// Words that a phrase can span, at most what is kept of a concept.
  std::uint16_t longest(const sequence& elements, int depth) const {
    constexpr std::uint16_t kept = 15;
    std::size_t words = 0;
    for (const auto& e : elements) {
      if (e.kind == element_kind::gap) words += e.id;
      if (e.kind == element_kind::atom && !e.not_before) words += 1;
      if (e.kind != element_kind::concept_ref || e.not_before) continue;
      std::uint16_t inner = 1;
      if (depth < 6)
        for (const auto& phrase : book.concepts_[e.id].phrases)
          inner = std::max(inner, longest(phrase, depth + 1));
      words += inner;
    }
    return static_cast<std::uint16_t>(std::min<std::size_t>(words, kept));
  }

  void plant_words() {
    book.nodes_.emplace_back();
    book.children_.emplace_back().fill(-1);
    for (std::uint16_t a = 1; a < atom_words.size(); ++a) {
      for (std::string_view word : atom_words[a]) {
        const bool stem = word.size() > 1 && word.back() == '*';
        if (stem) word.remove_suffix(1);
        std::int32_t at = 0;
        for (const char c : word)
          at = book.make_child(at, c);
        auto& list = stem ? book.nodes_[static_cast<std::size_t>(at)].stem
                          : book.nodes_[static_cast<std::size_t>(at)].word;
        if (list < 0) {
          list = static_cast<std::int32_t>(book.atom_lists_.size());
          book.atom_lists_.emplace_back();
        }
        book.atom_lists_[static_cast<std::size_t>(list)].push_back(a);
      }
    }
  }

  struct anchor {
    std::size_t cost = 0;
    std::set<std::uint16_t> atoms;
  };

  anchor anchor_of(const element& e, int depth = 0) {
    if (depth > 6) throw std::invalid_argument("concepts lie too deep, or in a circle");
    anchor a;
    if (e.kind == element_kind::atom) {
      a.atoms.insert(e.id);
      for (const auto& w : atom_words[e.id])
        a.cost += cost_of(w);
      return a;
    }
    const auto& def = book.concepts_[e.id];
    if (def.atom != 0) a = anchor_of({element_kind::atom, false, false, def.atom}, depth + 1);
    for (const auto& phrase : def.phrases) {
      const auto best = best_anchor(phrase, depth + 1);
      a.cost += best.cost;
      a.atoms.insert(best.atoms.begin(), best.atoms.end());
    }
    return a;
  }

  anchor best_anchor(const sequence& elements, int depth) {
    anchor best;
    best.cost = SIZE_MAX;
    for (const auto& e : elements) {
      if (e.optional || e.not_before || (e.kind != element_kind::atom && e.kind != element_kind::concept_ref))
        continue;
      auto a = anchor_of(e, depth);
      if (a.cost < best.cost) best = std::move(a);
    }
    if (best.atoms.empty()) throw std::invalid_argument("a pattern without any word");
    return best;
  }

  void anchor_patterns() {
    book.anchored_.resize(book.atom_count_);
    for (std::uint32_t p = 0; p < book.patterns_.size(); ++p) {
      try {
        for (const auto a : best_anchor(book.patterns_[p].elements, 0).atoms)
          book.anchored_[a].push_back(p);
      } catch (const std::invalid_argument& fault) {
        throw std::invalid_argument("rule " + book.rules_[book.patterns_[p].rule].name + ": " + fault.what());
      }
    }
  }
};

std::int32_t phrase_book::make_child(std::int32_t at, char c) {
  if (const auto there = child(at, c); there >= 0) return there;
  const auto made = static_cast<std::int32_t>(nodes_.size());
  nodes_.emplace_back();
  nodes_.back().label = c;
  children_.emplace_back().fill(-1);
  // Bytes beyond the table hang on the last slot as a list.
  const auto index = c >= 'a' && c <= 'z'   ? static_cast<std::size_t>(c - 'a')
                     : c >= '0' && c <= '9' ? static_cast<std::size_t>(26 + c - '0')
                     : c == '@'             ? 36u
                     : c == '?'             ? 37u
                                            : 38u;
  auto& slot = children_[static_cast<std::size_t>(at)][index];
  if (index == 38) nodes_.back().side = slot;
  slot = made;
  return made;
}

phrase_book::phrase_book(const std::vector<std::string_view>& files) {
  compiler c{*this, {}, {{}}, {}, {}, {}};
  for (const auto file : files) {
    c.read(file);
    if (file.data() == files.front().data())
      for (const auto& name : c.defined)
        if (name.find('|') == std::string::npos) shared_concepts_.push_back(c.concept_ids.at(name));
  }
  c.finish();
}

}  // namespace heed::reply
