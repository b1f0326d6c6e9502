#include "actors/lead/sender_identity.hpp"

#include <algorithm>
#include <array>

namespace heed {
namespace {

struct language_words {
  std::string_view code;
  std::string_view unsubscribe;  ///< before the link below an email
  std::string_view stop;  ///< how an SMS is ended; letters of the GSM alphabet only, others double its price
  unsubscribe_words page;
};

constexpr std::array<language_words, 7> words{{
    {"en",
     "Unsubscribe: ",
     "Reply STOP to opt out.",
     {"Unsubscribe", "Would you like to stop receiving messages from us?", "Unsubscribe",
      "You are unsubscribed. You will not hear from us any more.",
      "We do not know this link. Please open the one in our latest message, or simply reply to that "
      "message."}},
    {"de",
     "Abmelden: ",
     "Antworten Sie STOP, um sich abzumelden.",
     {"Abmelden", "Möchten Sie keine Nachrichten mehr von uns erhalten?", "Abmelden",
      "Sie sind abgemeldet. Sie erhalten keine weiteren Nachrichten von uns.",
      "Wir kennen diesen Link nicht. Bitte öffnen Sie den Link in unserer letzten Nachricht oder antworten "
      "Sie "
      "einfach darauf."}},
    {"es",
     "Darse de baja: ",
     "Responda STOP para darse de baja.",
     {"Darse de baja", "¿Desea dejar de recibir nuestros mensajes?", "Darse de baja",
      "Se ha dado de baja. No recibirá más mensajes nuestros.",
      "No reconocemos este enlace. Abra por favor el de nuestro último mensaje o simplemente responda a "
      "él."}},
    {"fr",
     "Se désinscrire : ",
     "Répondez STOP pour vous désinscrire.",
     {"Se désinscrire", "Souhaitez-vous ne plus recevoir nos messages ?", "Se désinscrire",
      "Vous êtes désinscrit. Vous ne recevrez plus de messages de notre part.",
      "Nous ne reconnaissons pas ce lien. Merci d'ouvrir celui de notre dernier message, ou simplement d'y "
      "répondre."}},
    {"pt",
     "Cancelar a subscrição: ",
     "Responda STOP para deixar de receber.",
     {"Cancelar a subscrição", "Deseja deixar de receber as nossas mensagens?", "Cancelar a subscrição",
      "A sua subscrição foi cancelada. Não receberá mais mensagens nossas.",
      "Não reconhecemos este link. Por favor, abra o da nossa última mensagem ou simplesmente responda a "
      "ela."}},
    {"it",
     "Annulla l'iscrizione: ",
     "Risponda STOP per non ricevere altri messaggi.",
     {"Annulla l'iscrizione", "Desidera non ricevere più i nostri messaggi?", "Annulla l'iscrizione",
      "La sua iscrizione è annullata. Non riceverà altri messaggi da parte nostra.",
      "Non riconosciamo questo link. La preghiamo di aprire quello del nostro ultimo messaggio o "
      "semplicemente di "
      "rispondervi."}},
    {"nl",
     "Afmelden: ",
     "Antwoord STOP om u af te melden.",
     {"Afmelden", "Wilt u geen berichten meer van ons ontvangen?", "Afmelden",
      "U bent afgemeld. U ontvangt geen berichten meer van ons.",
      "Wij kennen deze link niet. Open alstublieft de link in ons laatste bericht, of beantwoord dat bericht "
      "gewoon."}},
}};

const language_words& words_of(std::string_view language) {
  const auto* found = std::ranges::find(words, language, &language_words::code);
  return found == words.end() ? words.front() : *found;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view space = " \t\r\n\f\v";
  const auto from = text.find_first_not_of(space);
  return from == text.npos ? std::string_view{} : text.substr(from, text.find_last_not_of(space) - from + 1);
}

std::string_view without_tail(std::string_view text) {
  return text.substr(0, text.find_last_not_of(" \t\r\n\f\v") + 1);
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// Letters beyond ASCII come as bytes of their own and belong to the word as well.
bool is_word_part(char c) {
  const char l = lower(c);
  return (l >= 'a' && l <= 'z') || (c >= '0' && c <= '9') || (static_cast<unsigned char>(c) & 0x80) != 0;
}

/// As a word of its own in any case: `Sam` is not said by `same`.
bool says(std::string_view text, std::string_view word) {
  for (std::size_t at = 0; at + word.size() <= text.size(); ++at) {
    const auto here = text.substr(at, word.size());
    if (!std::ranges::equal(here, word, {}, lower, lower)) continue;
    const auto end = at + word.size();
    if ((at == 0 || !is_word_part(text[at - 1])) && (end == text.size() || !is_word_part(text[end])))
      return true;
  }
  return false;
}

std::string_view name_of(const settings& s) {
  const auto name = trimmed(s.sender_name);
  return name.empty() ? trimmed(s.company_name) : name;
}

}  // namespace

const std::vector<std::string>& languages() {
  static const std::vector<std::string> all = [] {
    std::vector<std::string> codes;
    for (const auto& w : words)
      codes.emplace_back(w.code);
    return codes;
  }();
  return all;
}

void identify_email(rendered_message& m, const settings& s, const std::string& url) {
  if (url.empty()) return;
  m.body.resize(without_tail(m.body).size());
  if (!m.body.empty()) m.body += "\n\n";
  for (const auto line : {name_of(s), trimmed(s.postal_address)})
    if (!line.empty()) m.body.append(line).append("\n");
  m.body.append(words_of(s.language).unsubscribe).append(url);
  m.headers["List-Unsubscribe"] = "<" + url + ">";
  m.headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click";
}

void introduce_sms(rendered_message& m, const settings& s) {
  m.body.resize(without_tail(m.body).size());
  if (const auto name = name_of(s); !name.empty() && !says(m.body, name))
    m.body.insert(0, std::string(name) + ": ");
  if (!says(m.body, "stop")) m.body.append(" ").append(words_of(s.language).stop);
}

unsubscribe_words unsubscribe_page_words(std::string_view language) { return words_of(language).page; }

}  // namespace heed
