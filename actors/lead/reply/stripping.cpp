#include "actors/lead/reply/stripping.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "actors/lead/reply/words.hpp"

namespace heed::reply {

namespace {

/// Bytes read of one mail; what a lead wrote stands at its top.
constexpr std::size_t mail_max = 65'536;
constexpr std::size_t lines_max = 2'000;

enum class line_kind : unsigned char {
  blank,
  prose,
  quoted,       ///< begins with `>`
  attribution,  ///< "On ... wrote:", alone or its last line
  history,      ///< a forwarded or original message begins; all below is not the lead's
  header,       ///< From:, Sent:, ... as a client writes them above a quoted mail
  rule,         ///< a line of underscores or dashes
  dashes,       ///< the signature mark `-- `
  device,       ///< "Sent from my ..."
  sign_off,     ///< "Kind regards,"
  disclaimer,
  link_label,
};

struct line {
  text_range at;
  line_kind kind = line_kind::prose;
  std::string text;  ///< folded and trimmed
};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t' || text.front() == '\r'))
    text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r'))
    text.remove_suffix(1);
  return text;
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

template <std::size_t N>
bool begins_with_any(std::string_view text, const std::array<std::string_view, N>& starts) {
  return std::any_of(starts.begin(), starts.end(), [&](auto s) { return text.starts_with(s); });
}

template <std::size_t N>
bool contains_any(std::string_view text, const std::array<std::string_view, N>& parts) {
  return std::any_of(parts.begin(), parts.end(), [&](auto p) { return contains(text, p); });
}

std::size_t word_count(std::string_view text) {
  std::size_t count = 0;
  bool inside = false;
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\t';
    if (!blank && !inside) ++count;
    inside = !blank;
  }
  return count;
}

/// "On Tue, 3 Mar 2026 at 09:12, Dana <dana@acme.test> wrote:" in the clients' languages. The verb ends the
/// line, or comes before the date, and something in it is a date or an address.
bool is_attribution(std::string_view t) {
  constexpr std::array<std::string_view, 24> verbs{"wrote:",      "writes:",
                                                   "schrieb:",    "schrieb",
                                                   "a ecrit :",   "a ecrit:",
                                                   "escribio:",   "escribio :",
                                                   "escreveu:",   "escreveu :",
                                                   "ha scritto:", "scritto:",
                                                   "schreef:",    "het volgende geschreven:",
                                                   "geschreven:", "skrev:",
                                                   "skrev",       "kirjoitti:",
                                                   "napisal:",    "napisal(a):",
                                                   "said:",       "folgendes geschrieben:",
                                                   "wrote on",    "va escriure:"};
  if (t.size() > 400 || t.back() != ':') return false;
  const bool digits = std::any_of(t.begin(), t.end(), [](char c) { return c >= '0' && c <= '9'; });
  const bool dated = digits || contains(t, "@");
  if (!dated) return false;
  constexpr std::array<std::string_view, 16> openings{"on ",     "am ", "le ",  "el ",  "il ", "em ",
                                                      "op ",     "a ",  "den ", "dana", "dia", "no dia",
                                                      "quoting", "mon", "tue",  "wed"};
  for (const auto verb : verbs) {
    if (verb.back() == ':' ? t.ends_with(verb) : contains(t, verb)) return true;
  }
  // Outlook on a phone and some others end with the address: "Am 03.03.2026 um 09:12 schrieb Dana
  // <dana@acme.test>:"
  return begins_with_any(t, openings) &&
         contains_any(t, std::array<std::string_view, 8>{" wrote", " schrieb", " ecrit", " escribio",
                                                         " escreveu", " scritto", " schreef", " skrev"});
}

bool begins_history(std::string_view t) {
  constexpr std::array<std::string_view, 26> phrases{"original message",        "originalnachricht",
                                                     "ursprungliche nachricht", "message d origine",
                                                     "message d'origine",       "mensaje original",
                                                     "mensagem original",       "messaggio originale",
                                                     "oorspronkelijk bericht",  "original-nachricht",
                                                     "forwarded message",       "weitergeleitete nachricht",
                                                     "message transfere",       "mensaje reenviado",
                                                     "mensagem encaminhada",    "messaggio inoltrato",
                                                     "doorgestuurd bericht",    "begin forwarded message",
                                                     "original appointment",    "urspr. nachricht",
                                                     "debut du message",        "anfang der weitergeleiteten",
                                                     "inicio del mensaje",      "inizio messaggio",
                                                     "original mail",           "reply above this line"};
  if (t.size() > 90) return false;
  const bool ruled = t.starts_with("--") || t.starts_with("__") || t.starts_with("==") ||
                     t.starts_with("##") || t.starts_with("*");
  for (const auto p : phrases)
    if (ruled ? contains(t, p) : t.starts_with(p)) return true;
  return false;
}

/// "From: Dana <dana@acme.test>" as Outlook and others write above what they quote.
bool is_header(std::string_view t) {
  while (!t.empty() && (t.front() == '*' || t.front() == '_'))
    t.remove_prefix(1);
  constexpr std::array<std::string_view, 44> names{
      "from",         "sent",         "date",         "to",         "cc",
      "subject",      "reply-to",     "von",          "gesendet",   "datum",
      "an",           "betreff",      "de",           "envoye",     "a",
      "objet",        "enviado",      "para",         "asunto",     "fecha",
      "enviada",      "assunto",      "data",         "da",         "inviato",
      "oggetto",      "van",          "verzonden",    "aan",        "onderwerp",
      "exp",          "expediteur",   "destinataire", "remitente",  "envoye le",
      "date d envoi", "enviado el",   "enviado em",   "inviato il", "sent at",
      "gesendet am",  "verzonden op", "kopie",        "bcc"};
  const auto colon = t.find(':');
  if (colon == std::string_view::npos || colon > 16) return false;
  auto name = t.substr(0, colon);
  while (!name.empty() && (name.back() == ' ' || name.back() == '*'))
    name.remove_suffix(1);
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_sign_off(std::string_view t) {
  constexpr std::array<std::string_view, 66> closings{"best",
                                                      "best regards",
                                                      "kind regards",
                                                      "kindest regards",
                                                      "regards",
                                                      "warm regards",
                                                      "warmly",
                                                      "warm wishes",
                                                      "best wishes",
                                                      "all the best",
                                                      "cheers",
                                                      "sincerely",
                                                      "yours sincerely",
                                                      "yours truly",
                                                      "yours",
                                                      "many thanks",
                                                      "thanks",
                                                      "thank you",
                                                      "thanks again",
                                                      "respectfully",
                                                      "cordially",
                                                      "rgds",
                                                      "br",
                                                      "take care",
                                                      "mit freundlichen grussen",
                                                      "freundliche grusse",
                                                      "viele grusse",
                                                      "beste grusse",
                                                      "liebe grusse",
                                                      "herzliche grusse",
                                                      "schone grusse",
                                                      "mfg",
                                                      "lg",
                                                      "vg",
                                                      "grusse",
                                                      "gruss",
                                                      "mit besten grussen",
                                                      "mit freundlichem gruss",
                                                      "schonen gruss",
                                                      "cordialement",
                                                      "bien cordialement",
                                                      "bien a vous",
                                                      "cdlt",
                                                      "salutations",
                                                      "sinceres salutations",
                                                      "bonne journee",
                                                      "amicalement",
                                                      "saludos",
                                                      "un saludo",
                                                      "saludos cordiales",
                                                      "atentamente",
                                                      "cordialmente",
                                                      "un cordial saludo",
                                                      "atenciosamente",
                                                      "cumprimentos",
                                                      "com os melhores cumprimentos",
                                                      "melhores cumprimentos",
                                                      "abraco",
                                                      "abracos",
                                                      "cordiali saluti",
                                                      "distinti saluti",
                                                      "saluti",
                                                      "un saluto",
                                                      "met vriendelijke groet",
                                                      "vriendelijke groet",
                                                      "groet"};
  auto body = t;
  while (!body.empty() && (body.back() == ',' || body.back() == '.' || body.back() == '!' ||
                           body.back() == ' ' || body.back() == '-'))
    body.remove_suffix(1);
  if (std::find(closings.begin(), closings.end(), body) != closings.end()) return true;
  constexpr std::array<std::string_view, 9> more{
      "mit freundlichen",  "met vriendelijke groet", "hartelijke groet", "groeten",          "groetjes",
      "freundliche gruss", "kind regards",           "best regards",     "bien cordialement"};
  return word_count(body) <= 5 && begins_with_any(body, more);
}

bool is_device_line(std::string_view t) {
  constexpr std::array<std::string_view, 20> starts{
      "sent from my",     "sent from outlook", "sent from mail for",  "sent via",        "get outlook for",
      "von meinem",       "gesendet von",      "envoye de mon",       "envoye depuis",   "enviado desde mi",
      "enviado do meu",   "inviato da",        "verzonden vanaf",     "verstuurd vanaf", "enviado a partir",
      "download outlook", "outlook for",       "telecharger outlook", "obtener outlook", "sent with"};
  return t.size() < 100 && begins_with_any(t, starts);
}

bool is_disclaimer(std::string_view t) {
  constexpr std::array<std::string_view, 36> marks{"intended recipient",
                                                   "intended solely",
                                                   "confidential and",
                                                   "is confidential",
                                                   "are confidential",
                                                   "confidentiality notice",
                                                   "legally privileged",
                                                   "privileged",
                                                   "in error, please",
                                                   "received this email in error",
                                                   "received this message in error",
                                                   "vertrauliche informationen",
                                                   "vertraulich und",
                                                   "irrtumlich erhalten",
                                                   "diese e-mail enthalt",
                                                   "confidentiel",
                                                   "destinataire",
                                                   "confidencial",
                                                   "destinatario",
                                                   "riservat",
                                                   "vertrouwelijk",
                                                   "geadresseerde",
                                                   "think before you print",
                                                   "consider the environment",
                                                   "registered in england",
                                                   "registered office",
                                                   "view this email in your browser",
                                                   "you are receiving this",
                                                   "you received this email because",
                                                   "please consider the environment",
                                                   "virus-free",
                                                   "viruses",
                                                   "companies house",
                                                   "handelsregister",
                                                   "unsubscribe from our newsletter",
                                                   "sent to you because"};
  return t.size() > 24 && contains_any(t, marks);
}

/// A link and its label: "Unsubscribe: https://...", "[Abmelden](https://...)".
bool is_link_label(std::string_view t) {
  const bool link = contains(t, "http://") || contains(t, "https://") || contains(t, "www.");
  if (!link) return false;
  return word_count(t) <= 6 && !t.ends_with('.') && !t.ends_with('!');
}

line_kind kind_of(std::string_view raw, const std::string& t) {
  if (t.empty()) return line_kind::blank;
  if (raw == "--" || raw == "-- " || raw == "---" || raw == "\xE2\x80\x94" || raw == "- --")
    return line_kind::dashes;
  if (raw.front() == '>' || raw.starts_with("|>") || raw.starts_with("&gt;")) return line_kind::quoted;
  if (begins_history(t)) return line_kind::history;
  if (t.size() >= 8 && t.find_first_not_of("_-=*") == std::string::npos) return line_kind::rule;
  if (is_attribution(t)) return line_kind::attribution;
  if (is_header(t)) return line_kind::header;
  if (is_device_line(t)) return line_kind::device;
  if (is_sign_off(t)) return line_kind::sign_off;
  if (is_disclaimer(t)) return line_kind::disclaimer;
  if (is_link_label(t)) return line_kind::link_label;
  return line_kind::prose;
}

std::vector<line> lines_of(std::string_view mail) {
  std::vector<line> lines;
  for (std::size_t i = 0; i < mail.size() && lines.size() < lines_max;) {
    auto end = mail.find('\n', i);
    if (end == std::string_view::npos) end = mail.size();
    const auto raw = trimmed(mail.substr(i, end - i));
    line l;
    l.at = {i, end};
    l.text = folded(raw.substr(0, 600));
    // Typographic apostrophes are kept apart by folding; the phrases above know the plain one.
    l.kind = kind_of(raw, l.text);
    lines.push_back(std::move(l));
    i = end + 1;
  }
  return lines;
}

/// An attribution wrapped over two or three lines is judged as one.
void join_attributions(std::vector<line>& lines) {
  constexpr std::array<std::string_view, 9> openings{"on ", "am ", "le ", "el ", "il giorno",
                                                     "em ", "op ", "a ",  "den "};
  for (std::size_t i = 0; i + 1 < lines.size(); ++i) {
    if (lines[i].kind != line_kind::prose || !begins_with_any(lines[i].text, openings)) continue;
    std::string joined = lines[i].text;
    for (std::size_t k = i + 1; k < lines.size() && k <= i + 2; ++k) {
      if (lines[k].kind == line_kind::blank || lines[k].kind == line_kind::quoted) break;
      joined += ' ';
      joined += lines[k].text;
      if (!is_attribution(joined)) continue;
      for (auto m = i; m <= k; ++m)
        lines[m].kind = line_kind::attribution;
      break;
    }
  }
}

/// Two header lines together, or one after a ruled line, begin the history.
void find_header_blocks(std::vector<line>& lines) {
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].kind != line_kind::header) continue;
    std::size_t headers = 0;
    auto k = i;
    for (; k < lines.size() &&
           (lines[k].kind == line_kind::header || (lines[k].kind == line_kind::blank && k == i + 1));
         ++k)
      headers += lines[k].kind == line_kind::header;
    const bool addressed = contains(lines[i].text, "@");
    const bool ruled =
        i > 0 && (lines[i - 1].kind == line_kind::rule || lines[i - 1].kind == line_kind::history);
    if (headers >= 3 || (headers >= 2 && (addressed || ruled))) {
      lines[i].kind = line_kind::history;
    } else {
      for (auto m = i; m < std::max(k, i + 1); ++m)
        if (lines[m].kind == line_kind::header) lines[m].kind = line_kind::prose;
      i = std::max(k, i + 1) - 1;
    }
  }
}

bool is_post_script(std::string_view t) {
  if (t.starts_with("p.s") || t.starts_with("p. s")) return true;
  return t.starts_with("ps") && t.size() > 4 && std::string_view{": .-"}.find(t[2]) != std::string_view::npos;
}

/// A line that talks, as opposed to a name, a title, a number or an address.
bool is_sentence(const line& l) {
  return l.kind == line_kind::prose && word_count(l.text) >= 4 && !contains(l.text, "|") &&
         !contains(l.text, "http");
}

class splitter {
 public:
  explicit splitter(std::vector<line> lines) : lines_{std::move(lines)} {}

  own_words run() {
    for (at_ = 0; at_ < lines_.size(); ++at_)
      if (!take(lines_[at_])) break;
    return std::move(out_);
  }

 private:
  /// False when all below is history.
  bool take(const line& l) {
    switch (l.kind) {
      case line_kind::history:
        return false;
      case line_kind::attribution:
        return quoted_below();
      case line_kind::rule:
        return !history_below();
      case line_kind::dashes:
        in_signature_ = true;
        return true;
      case line_kind::sign_off:
        return take_sign_off(l);
      case line_kind::quoted:
      case line_kind::device:
      case line_kind::header:
        return true;
      case line_kind::link_label:
        out_.links.push_back(l.at);
        return true;
      case line_kind::disclaimer:
        // What stands first is no footer.
        if (out_.body.empty()) break;
        in_disclaimer_ = in_signature_ = true;
        return true;
      case line_kind::blank:
        in_disclaimer_ = false;
        return true;
      case line_kind::prose:
        break;
    }
    if (in_disclaimer_) return true;
    if (is_post_script(l.text)) in_signature_ = false;
    if (in_signature_) {
      (is_sentence(l) ? out_.tail : out_.signature).push_back(l.at);
    } else {
      out_.body.push_back(l.at);
    }
    return true;
  }

  /// "Thanks," closes a mail only if little follows; "Thanks" alone is the mail.
  bool take_sign_off(const line& l) {
    if (out_.body.empty()) {
      out_.body.push_back(l.at);
      return true;
    }
    // A talking line right below says that the thanks were the beginning, not the end.
    if (at_ + 1 < lines_.size() && is_sentence(lines_[at_ + 1]) && word_count(lines_[at_ + 1].text) >= 5) {
      out_.body.push_back(l.at);
      return true;
    }
    in_signature_ = true;
    return true;
  }

  /// Whether the lead wrote below what is quoted: then the quote is marked with `>`.
  bool quoted_below() const {
    for (auto k = at_ + 1; k < lines_.size(); ++k) {
      if (lines_[k].kind == line_kind::blank || lines_[k].kind == line_kind::attribution) continue;
      return lines_[k].kind == line_kind::quoted;
    }
    return false;
  }

  bool history_below() const {
    for (auto k = at_ + 1; k < lines_.size() && k <= at_ + 2; ++k)
      if (lines_[k].kind == line_kind::history || lines_[k].kind == line_kind::attribution) return true;
    return false;
  }

  std::vector<line> lines_;
  own_words out_;
  std::size_t at_ = 0;
  bool in_signature_ = false;
  bool in_disclaimer_ = false;
};

/// Neighbouring lines are one range, so that a wrapped sentence stays whole.
std::vector<text_range> joined(const std::vector<text_range>& ranges) {
  std::vector<text_range> out;
  for (const auto& r : ranges) {
    if (!out.empty() && out.back().end + 1 >= r.begin)
      out.back().end = r.end;
    else
      out.push_back(r);
  }
  return out;
}

}  // namespace

own_words strip(std::string_view mail) {
  auto lines = lines_of(mail.substr(0, mail_max));
  join_attributions(lines);
  find_header_blocks(lines);
  auto out = splitter{std::move(lines)}.run();
  out.body = joined(out.body);
  out.tail = joined(out.tail);
  return out;
}

}  // namespace heed::reply
