#include "actors/lead/reply/trainer/wordings.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>

namespace heed::reply {

namespace {

/// SplitMix64: the draw depends on the wording's number and nothing else.
struct dice {
  std::uint64_t state;
  std::uint64_t next() {
    auto z = (state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
};

/// Expands the text from `i` up to the closing mark, drawing at every choice. Groups may hold groups.
class expander {
 public:
  expander(std::string_view text, dice& d) : text_{text}, dice_{d} {}

  std::string run() {
    auto out = sequence();
    if (i_ != text_.size()) throw std::invalid_argument("unbalanced: " + std::string{text_});
    return out;
  }

 private:
  std::string sequence() {
    std::string out;
    while (i_ < text_.size() && text_[i_] != ')' && text_[i_] != '|' && text_[i_] != ']') {
      if (text_[i_] == '(')
        out += group();
      else if (text_[i_] == '[')
        out += maybe();
      else
        out += text_[i_++];
    }
    return out;
  }

  std::string group() {
    std::vector<std::string> parts;
    do {
      ++i_;
      parts.push_back(sequence());
    } while (i_ < text_.size() && text_[i_] == '|');
    expect(')');
    const bool optional = i_ + 1 < text_.size() && text_[i_] == '?' && more_follows();
    if (optional) ++i_;
    const auto choice = dice_.next() % (parts.size() + (optional ? 1 : 0));
    return choice < parts.size() ? parts[choice] : std::string{};
  }

  /// `(a|b)?` in the middle may be missing; at the end of a sentence it is a question.
  bool more_follows() const {
    const auto rest = text_.substr(i_ + 1);
    if (rest.front() == ',' || rest.front() == '.') return true;
    auto next = rest.find_first_not_of(" ([");
    return next != std::string_view::npos && rest[next] >= 'a' && rest[next] <= 'z';
  }

  std::string maybe() {
    std::vector<std::string> parts;
    do {
      ++i_;
      parts.push_back(sequence());
    } while (i_ < text_.size() && text_[i_] == '|');
    expect(']');
    const auto choice = dice_.next() % (parts.size() * 2);
    return choice < parts.size() ? parts[choice] : std::string{};
  }

  void expect(char c) {
    if (i_ >= text_.size() || text_[i_] != c)
      throw std::invalid_argument("unbalanced: " + std::string{text_});
    ++i_;
  }

  std::string_view text_;
  dice& dice_;
  std::size_t i_ = 0;
};

std::string tidy(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == ' ' && (out.empty() || out.back() == ' ')) continue;
    if ((c == '.' || c == ',' || c == '?') && !out.empty() && out.back() == ' ') out.pop_back();
    out += c;
  }
  return out;
}

}  // namespace

void read_wordings(std::string_view file, std::vector<wording>& out) {
  auto kind = reply_class::neutral;
  std::string language;
  for (std::size_t i = 0; i < file.size();) {
    const auto end = std::min(file.find('\n', i), file.size());
    const auto line = file.substr(i, end - i);
    i = end + 1;
    if (line.empty() || line.front() == '#') continue;
    if (line.front() == '@') {
      const auto named = parse_reply_class(line.substr(1));
      if (!named) throw std::invalid_argument("no class: " + std::string{line});
      kind = *named;
    } else if (line.starts_with("= ")) {
      language = line.substr(2);
    } else {
      out.push_back({kind, language, std::string{line}, false, static_cast<std::uint32_t>(out.size())});
    }
  }
}

void read_corpus(std::string_view jsonl, std::vector<wording>& out) {
  for (std::size_t i = 0; i < jsonl.size();) {
    const auto end = std::min(jsonl.find('\n', i), jsonl.size());
    const auto line = nlohmann::json::parse(jsonl.substr(i, end - i));
    i = end + 1;
    const auto kind = parse_reply_class(line.at("class").get<std::string>());
    if (!kind) throw std::invalid_argument("no class: " + line.dump());
    out.push_back({*kind, line.at("lang"), line.at("text"), true, static_cast<std::uint32_t>(out.size())});
  }
}

std::vector<std::string> sentences_of(const wording& w, std::size_t count) {
  if (w.literal) return {w.text};
  dice d{w.number * 7'919u + 17u};
  std::vector<std::string> out;
  std::set<std::string> seen;
  for (std::size_t tries = 0; tries < count * 3 && out.size() < count; ++tries) {
    auto text = tidy(expander{w.text, d}.run());
    if (!text.empty() && seen.insert(text).second) out.push_back(std::move(text));
  }
  return out;
}

}  // namespace heed::reply
