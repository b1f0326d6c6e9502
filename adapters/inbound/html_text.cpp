#include <gumbo.h>

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

#include "adapters/inbound/normalizer.hpp"
#include "adapters/inbound/text.hpp"

namespace heed::inbound {

namespace {

/// Bytes of HTML read; the rest of a longer message is dropped. A message's text is bounded below that
/// anyway.
constexpr std::size_t html_max = 262'144;
/// Tags read. The parser frees its tree by recursion and its scope checks walk the stack of open elements, so
/// nesting must be bounded: at this many the worst input costs some 300 ms. In a long thread the newest words
/// come first, so what is dropped is old.
constexpr std::size_t tags_max = 4'000;

/// Links looked at, and bytes of one that is of use to a reader.
constexpr std::size_t links_read = 200;
constexpr std::size_t link_max = 2'000;
/// Links named below a text that lacks them (ZRG-111).
constexpr std::size_t links_added = 10;

/// HTML re-opens these in every following block when they are left open, which lets a small input grow a
/// huge tree. They say nothing about the text, so they are taken out before parsing.
constexpr std::array<std::string_view, 15> formatting{
    "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "span", "strike", "strong", "tt", "u"};

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// One past the `>` that ends the tag at the front, minding quoted attribute values as HTML does.
std::size_t tag_length(std::string_view html) {
  char quote = '\0';
  char before = '<';
  for (std::size_t i = 1; i < html.size(); ++i) {
    const char c = html[i];
    if (quote != '\0') {
      if (c == quote) quote = '\0';
    } else if ((c == '"' || c == '\'') && before == '=') {
      quote = c;
    } else if (c == '>') {
      return i + 1;
    }
    if (c != ' ' && c != '\n' && c != '\t') before = c;
  }
  return html.size();
}

/// Bytes up to and including the end mark, or all of them: a comment, or a script's or style's contents.
std::size_t hidden_length(std::string_view html, std::string_view end_mark) {
  const auto found = std::search(
      html.begin(), html.end(), end_mark.begin(), end_mark.end(),
      [](char a, char b) { return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b; });
  if (found == html.end()) return html.size();
  return static_cast<std::size_t>(found - html.begin()) + end_mark.size();
}

std::string tag_name(std::string_view tag) {
  tag.remove_prefix(tag.starts_with("</") ? 2 : 1);
  const auto end = tag.find_first_of(" \t\r\n\f/>");
  return lower_ascii(tag.substr(0, end));
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// Elements without content; nothing can be hidden in them.
bool is_void(std::string_view name) {
  constexpr std::array<std::string_view, 10> voids{"br",   "hr",   "img",  "input", "meta",
                                                   "link", "area", "base", "col",   "wbr"};
  return std::find(voids.begin(), voids.end(), name) != voids.end();
}

/// The tag in lower case without blanks, so that a style is found however it is written.
std::string squeezed(std::string_view tag) {
  auto text = lower_ascii(tag.substr(0, 2'000));
  std::erase_if(text, [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; });
  return text;
}

/// True when no reader of the mail sees the element: preheaders, tracking text, words planted for filters.
bool hides(std::string_view tag) {
  if (tag.size() < 8) return false;
  const auto lower = lower_ascii(tag.substr(0, 2'000));
  if (contains(lower, " hidden>") || contains(lower, " hidden ") || contains(lower, "hidden=\"")) return true;
  const auto text = squeezed(tag);
  constexpr std::array<std::string_view, 10> marks{
      "display:none",  "visibility:hidden", "mso-hide:all",  "opacity:0;",   "opacity:0\"",
      "font-size:0px", "font-size:0;",      "font-size:0\"", "max-height:0", "aria-hidden=\"true\""};
  return std::any_of(marks.begin(), marks.end(), [&](auto mark) { return contains(text, mark); });
}

/// True when clients put what is answered into this element.
bool quotes(std::string_view name, std::string_view tag) {
  if (name == "blockquote") return true;
  if (name != "div" && name != "span" && name != "p") return false;
  const auto text = squeezed(tag);
  constexpr std::array<std::string_view, 7> marks{"gmail_quote",         "gmail_extra",      "yahoo_quoted",
                                                  "moz-cite-prefix",     "protonmail_quote", "gmail_attr",
                                                  "outlookmessageheader"};
  return std::any_of(marks.begin(), marks.end(), [&](auto mark) { return contains(text, mark); });
}

/// Outlook marks where its quoted mail begins and closes nothing.
bool begins_history(std::string_view tag) {
  const auto text = squeezed(tag);
  return contains(text, "id=\"divrplyfwdmsg\"") || contains(text, "id=\"appendonsend\"") ||
         contains(text, "id=\"mail-editor-reference-message-container\"");
}

/// Bytes up to and including the tag that closes an element called `name`, its like nested inside; 0 when
/// nothing closes it.
std::size_t element_length(std::string_view html, std::string_view name) {
  std::size_t depth = 1;
  for (std::size_t at = html.find('<'), tags = 0; at != std::string_view::npos && tags < tags_max;
       at = html.find('<', at + 1), ++tags) {
    const auto rest = html.substr(at);
    const bool closing = rest.size() > 1 && rest[1] == '/';
    if (rest.size() <= (closing ? 2u : 1u) || !is_letter(rest[closing ? 2 : 1])) continue;
    const auto tag = rest.substr(0, tag_length(rest));
    if (tag_name(tag) != name) continue;
    if (!closing)
      ++depth;
    else if (--depth == 0)
      return at + tag.size();
  }
  return 0;
}

/// What of a page is wanted.
enum class page_part : std::uint8_t { all, own_words };

/// The same text without comments, scripts, styles, hidden elements and formatting tags, and with at most
/// `tags_max` tags: what the parser can take. `anchors` gets the opening tags of its links.
std::string bounded_markup(std::string_view html, page_part part, std::vector<std::string>* anchors = nullptr) {
  std::string out;
  std::size_t tags = 0;
  // An element that nothing closes hides nothing; looking for its end again and again would cost.
  std::size_t searches = 256;
  while (!html.empty()) {
    const auto open = html.find('<');
    out += html.substr(0, open);
    if (open == std::string_view::npos) break;
    html.remove_prefix(open);
    if (html.starts_with("<!--")) {
      html.remove_prefix(hidden_length(html, "-->"));
      continue;
    }
    const bool closing = html.size() > 1 && html[1] == '/';
    const auto initial = closing ? 2u : 1u;
    if (html.size() <= initial || !is_letter(html[initial])) {
      out += html.front();
      html.remove_prefix(1);
      continue;
    }
    const auto tag = html.substr(0, tag_length(html));
    html.remove_prefix(tag.size());
    const auto name = tag_name(tag);
    if (!closing && !is_void(name)) {
      if (part == page_part::own_words && begins_history(tag)) break;
      if (searches > 0 && (hides(tag) || (part == page_part::own_words && quotes(name, tag)))) {
        if (++tags > tags_max) break;
        --searches;
        html.remove_prefix(element_length(html, name));
        out += "<br>";
        continue;
      }
    }
    if (anchors && name == "a" && !closing && anchors->size() < links_read) anchors->emplace_back(tag);
    if (std::find(formatting.begin(), formatting.end(), name) != formatting.end()) continue;
    if (!closing && (name == "script" || name == "style")) {
      html.remove_prefix(hidden_length(html, "</" + name));
      html.remove_prefix(hidden_length(html, ">"));
    }
    if (++tags > tags_max) break;
    if (name == "script" || name == "style") continue;
    // Attributes are of no use to us, and a tag without them cannot hide anything.
    out += (closing ? "</" : "<") + name + ">";
  }
  return out;
}

bool is_skipped(GumboTag tag) { return tag == GUMBO_TAG_TITLE || tag == GUMBO_TAG_TEMPLATE; }

/// Elements that begin on a line of their own.
bool is_block(GumboTag tag) {
  constexpr std::array blocks{GUMBO_TAG_P,          GUMBO_TAG_DIV,    GUMBO_TAG_TR,     GUMBO_TAG_LI,
                              GUMBO_TAG_UL,         GUMBO_TAG_OL,     GUMBO_TAG_H1,     GUMBO_TAG_H2,
                              GUMBO_TAG_H3,         GUMBO_TAG_H4,     GUMBO_TAG_H5,     GUMBO_TAG_H6,
                              GUMBO_TAG_BLOCKQUOTE, GUMBO_TAG_TABLE,  GUMBO_TAG_PRE,    GUMBO_TAG_SECTION,
                              GUMBO_TAG_ARTICLE,    GUMBO_TAG_HEADER, GUMBO_TAG_FOOTER, GUMBO_TAG_HR,
                              GUMBO_TAG_DL,         GUMBO_TAG_DT,     GUMBO_TAG_DD};
  return std::find(blocks.begin(), blocks.end(), tag) != blocks.end();
}

/// Collapses white space as a browser shows it and keeps at most one empty line.
class page_text {
 public:
  void words(std::string_view text) {
    for (char c : text) {
      if (c == ' ' || (c >= '\t' && c <= '\r'))
        space_ = true;
      else
        put(c);
    }
  }
  void line_break() {
    if (breaks_ < 2) ++breaks_;
  }
  void block() {
    if (breaks_ == 0) breaks_ = 1;
  }
  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  void put(char c) {
    if (!out_.empty() && breaks_ > 0)
      out_.append(breaks_, '\n');
    else if (!out_.empty() && space_)
      out_ += ' ';
    breaks_ = 0;
    space_ = false;
    out_ += c;
  }
  std::string out_;
  std::size_t breaks_ = 0;
  bool space_ = false;
};

struct visit {
  const GumboNode* node;
  bool leaving;
};

/// Walks with a stack of its own: the depth of a stranger's document is no reason to use ours.
std::string text_of(const GumboNode* root) {
  page_text page;
  std::vector<visit> todo{{root, false}};
  while (!todo.empty()) {
    const auto [node, leaving] = todo.back();
    todo.pop_back();
    if (node->type == GUMBO_NODE_TEXT || node->type == GUMBO_NODE_WHITESPACE ||
        node->type == GUMBO_NODE_CDATA) {
      page.words(node->v.text.text);
      continue;
    }
    if (node->type != GUMBO_NODE_ELEMENT) continue;
    const auto& element = node->v.element;
    if (is_skipped(element.tag)) continue;
    if (element.tag == GUMBO_TAG_BR && !leaving) page.line_break();
    if (element.tag == GUMBO_TAG_TD && leaving) page.words(" ");
    if (is_block(element.tag)) page.block();
    if (leaving) continue;
    todo.push_back({node, true});
    for (auto i = element.children.length; i > 0; --i)
      todo.push_back({static_cast<const GumboNode*>(element.children.data[i - 1]), false});
  }
  return page.take();
}

}  // namespace

namespace {

std::string shown_text(std::string_view html, page_part part) {
  const auto markup = bounded_markup(cut(clean_text(html.substr(0, html_max + 4)), html_max), part);
  const auto release = [](GumboOutput* output) { gumbo_destroy_output(&kGumboDefaultOptions, output); };
  const std::unique_ptr<GumboOutput, decltype(release)> output{
      gumbo_parse_with_options(&kGumboDefaultOptions, markup.data(), markup.size()), release};
  return clean_text(text_of(output->root));
}

}  // namespace

namespace {

/// Where a browser would go by this tag; empty when nowhere on the web.
std::string target_of(const std::string& anchor) {
  const auto release = [](GumboOutput* output) { gumbo_destroy_output(&kGumboDefaultOptions, output); };
  const std::unique_ptr<GumboOutput, decltype(release)> output{
      gumbo_parse_with_options(&kGumboDefaultOptions, anchor.data(), anchor.size()), release};
  std::vector<const GumboNode*> todo{output->root};
  while (!todo.empty()) {
    const auto* node = todo.back();
    todo.pop_back();
    if (node->type != GUMBO_NODE_ELEMENT) continue;
    const auto& element = node->v.element;
    const auto* href = element.tag == GUMBO_TAG_A ? gumbo_get_attribute(&element.attributes, "href") : nullptr;
    if (href) return std::string(trimmed(href->value));
    for (unsigned i = 0; i < element.children.length; ++i)
      todo.push_back(static_cast<const GumboNode*>(element.children.data[i]));
  }
  return {};
}

bool is_web_link(const std::string& url) {
  const auto lower = lower_ascii(url.substr(0, 8));
  if (!lower.starts_with("https://") && !lower.starts_with("http://")) return false;
  return url.size() <= link_max && !has_control(url) && url.find_first_of(" <>\"") == std::string::npos;
}

/// As people write it: without the slash that programs put at its end.
bool says(std::string_view text, std::string_view url) {
  if (url.ends_with('/')) url.remove_suffix(1);
  return contains(text, url);
}

}  // namespace

std::string with_links(std::string text, std::string_view html) {
  std::vector<std::string> anchors;
  (void)bounded_markup(cut(clean_text(html.substr(0, html_max + 4)), html_max), page_part::own_words, &anchors);
  std::size_t added = 0;
  for (const auto& each : anchors) {
    const auto url = target_of(each);
    if (!is_web_link(url) || says(text, url)) continue;
    text += (text.empty() ? "<" : added == 0 ? "\n\n<" : "\n<") + url + ">";
    if (++added == links_added) break;
  }
  return text;
}

std::string html_to_text(std::string_view html) { return shown_text(html, page_part::all); }

std::string html_reply_text(std::string_view html) { return shown_text(html, page_part::own_words); }

bool looks_like_html(std::string_view text) {
  const auto head = lower_ascii(text.substr(0, 4'000));
  constexpr std::array<std::string_view, 9> marks{"<html",  "<body", "<div",           "<p>", "<br",
                                                  "<table", "<span", "<!doctype html", "<p "};
  return std::any_of(marks.begin(), marks.end(), [&](auto mark) { return contains(head, mark); });
}

}  // namespace heed::inbound
