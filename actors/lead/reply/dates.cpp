#include "actors/lead/reply/dates.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <unordered_map>

namespace heed::reply {

namespace {

using namespace std::chrono;
using std::string_view;
using table = std::unordered_map<string_view, int>;

const table months{{"january", 1},   {"jan", 1},       {"januar", 1},    {"janvier", 1},    {"enero", 1},
                   {"janeiro", 1},   {"gennaio", 1},   {"januari", 1},   {"gen", 1},        {"janv", 1},
                   {"february", 2},  {"feb", 2},       {"februar", 2},   {"fevrier", 2},    {"febrero", 2},
                   {"fevereiro", 2}, {"febbraio", 2},  {"februari", 2},  {"fev", 2},        {"march", 3},
                   {"mar", 3},       {"marz", 3},      {"maerz", 3},     {"mars", 3},       {"marzo", 3},
                   {"marco", 3},     {"maart", 3},     {"mrt", 3},       {"april", 4},      {"apr", 4},
                   {"avril", 4},     {"abril", 4},     {"aprile", 4},    {"may", 5},        {"mai", 5},
                   {"mayo", 5},      {"maio", 5},      {"maggio", 5},    {"mei", 5},        {"june", 6},
                   {"jun", 6},       {"juni", 6},      {"juin", 6},      {"junio", 6},      {"junho", 6},
                   {"giugno", 6},    {"july", 7},      {"jul", 7},       {"juli", 7},       {"juillet", 7},
                   {"julio", 7},     {"julho", 7},     {"luglio", 7},    {"august", 8},     {"aug", 8},
                   {"aout", 8},      {"agosto", 8},    {"augustus", 8},  {"ago", 8},        {"september", 9},
                   {"sep", 9},       {"sept", 9},      {"septembre", 9}, {"septiembre", 9}, {"setembro", 9},
                   {"settembre", 9}, {"set", 9},       {"october", 10},  {"oct", 10},       {"oktober", 10},
                   {"octobre", 10},  {"octubre", 10},  {"outubro", 10},  {"ottobre", 10},   {"okt", 10},
                   {"november", 11}, {"nov", 11},      {"novembre", 11}, {"noviembre", 11}, {"novembro", 11},
                   {"december", 12}, {"dec", 12},      {"dezember", 12}, {"decembre", 12},  {"diciembre", 12},
                   {"dezembro", 12}, {"dicembre", 12}, {"dez", 12},      {"dic", 12}};

/// ISO: Monday 1.
const table weekdays{
    {"monday", 1},     {"mon", 1},      {"montag", 1},   {"lundi", 1},    {"lunes", 1},     {"segunda", 1},
    {"lunedi", 1},     {"maandag", 1},  {"tuesday", 2},  {"tue", 2},      {"tues", 2},      {"dienstag", 2},
    {"mardi", 2},      {"martes", 2},   {"terca", 2},    {"martedi", 2},  {"dinsdag", 2},   {"wednesday", 3},
    {"wed", 3},        {"weds", 3},     {"mittwoch", 3}, {"mercredi", 3}, {"miercoles", 3}, {"quarta", 3},
    {"mercoledi", 3},  {"woensdag", 3}, {"thursday", 4}, {"thu", 4},      {"thur", 4},      {"thurs", 4},
    {"donnerstag", 4}, {"jeudi", 4},    {"jueves", 4},   {"quinta", 4},   {"giovedi", 4},   {"donderdag", 4},
    {"friday", 5},     {"fri", 5},      {"freitag", 5},  {"vendredi", 5}, {"viernes", 5},   {"sexta", 5},
    {"venerdi", 5},    {"vrijdag", 5},  {"saturday", 6}, {"samstag", 6},  {"sonnabend", 6}, {"samedi", 6},
    {"sabado", 6},     {"sabato", 6},   {"zaterdag", 6}, {"sunday", 7},   {"sonntag", 7},   {"dimanche", 7},
    {"domingo", 7},    {"domenica", 7}, {"zondag", 7}};

const table counts{
    {"a", 1},    {"an", 1},      {"one", 1},    {"two", 2},    {"three", 3}, {"four", 4},     {"five", 5},
    {"six", 6},  {"seven", 7},   {"eight", 8},  {"nine", 9},   {"ten", 10},  {"twelve", 12},  {"couple", 2},
    {"few", 3},  {"several", 3}, {"ein", 1},    {"eine", 1},   {"einem", 1}, {"einer", 1},    {"zwei", 2},
    {"drei", 3}, {"vier", 4},    {"funf", 5},   {"sechs", 6},  {"acht", 8},  {"paar", 2},     {"un", 1},
    {"une", 1},  {"deux", 2},    {"trois", 3},  {"quatre", 4}, {"cinq", 5},  {"quelques", 3}, {"uno", 1},
    {"una", 1},  {"dos", 2},     {"tres", 3},   {"cuatro", 4}, {"cinco", 5}, {"seis", 6},     {"unas", 2},
    {"unos", 2}, {"um", 1},      {"uma", 1},    {"dois", 2},   {"duas", 2},  {"quatro", 4},   {"due", 2},
    {"tre", 3},  {"quattro", 4}, {"cinque", 5}, {"sei", 6},    {"een", 1},   {"twee", 2},     {"drie", 3},
    {"vijf", 5}, {"zes", 6},     {"enkele", 3}, {"half", 0}};

enum unit_of_time { day_unit = 1, week_unit, month_unit, year_unit };
const table units{
    {"day", 1},       {"days", 1},      {"tag", 1},      {"tage", 1},    {"tagen", 1},   {"jour", 1},
    {"jours", 1},     {"dia", 1},       {"dias", 1},     {"giorno", 1},  {"giorni", 1},  {"dag", 1},
    {"dagen", 1},     {"week", 2},      {"weeks", 2},    {"wk", 2},      {"wks", 2},     {"woche", 2},
    {"wochen", 2},    {"semaine", 2},   {"semaines", 2}, {"semana", 2},  {"semanas", 2}, {"settimana", 2},
    {"settimane", 2}, {"weken", 2},     {"month", 3},    {"months", 3},  {"mo", 3},      {"mos", 3},
    {"monat", 3},     {"monate", 3},    {"monaten", 3},  {"mois", 3},    {"mes", 3},     {"meses", 3},
    {"mese", 3},      {"mesi", 3},      {"maand", 3},    {"maanden", 3}, {"quarter", 5}, {"quarters", 5},
    {"quartal", 5},   {"trimestre", 5}, {"kwartaal", 5}, {"year", 4},    {"years", 4},   {"jahr", 4},
    {"jahre", 4},     {"jahren", 4},    {"an", 4},       {"ans", 4},     {"annee", 4},   {"ano", 4},
    {"anos", 4},      {"anno", 4},      {"anni", 4},     {"jaar", 4}};

/// The first month of a season, on the northern half.
const table seasons{{"spring", 3},    {"summer", 6},   {"autumn", 9},  {"fall", 9},      {"winter", 12},
                    {"fruhling", 3},  {"fruhjahr", 3}, {"sommer", 6},  {"herbst", 9},    {"sommerpause", 6},
                    {"printemps", 3}, {"ete", 6},      {"automne", 9}, {"hiver", 12},    {"rentree", 9},
                    {"primavera", 3}, {"verano", 6},   {"otono", 9},   {"invierno", 12}, {"verao", 6},
                    {"outono", 9},    {"inverno", 12}, {"estate", 6},  {"autunno", 9},   {"zomer", 6},
                    {"herfst", 9},    {"voorjaar", 3}, {"najaar", 9},  {"lente", 3}};

const table ordinals{{"first", 1},     {"second", 2},    {"third", 3},    {"fourth", 4},  {"ersten", 1},
                     {"zweiten", 2},   {"dritten", 3},   {"vierten", 4},  {"premier", 1}, {"deuxieme", 2},
                     {"troisieme", 3}, {"quatrieme", 4}, {"primer", 1},   {"segundo", 2}, {"tercer", 3},
                     {"cuarto", 4},    {"primeiro", 1},  {"terceiro", 3}, {"primo", 1},   {"secondo", 2},
                     {"terzo", 3},     {"quarto", 4},    {"eerste", 1},   {"tweede", 2},  {"derde", 3},
                     {"vierde", 4}};

int find(const table& t, string_view word) {
  const auto it = t.find(word);
  return it == t.end() ? 0 : it->second;
}

template <std::size_t N>
bool among(string_view word, const std::array<string_view, N>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

constexpr std::array<string_view, 9> next_words{"next",     "following", "nachste",   "nachsten", "nachster",
                                                "nachstes", "kommende",  "kommenden", "kommendes"};
constexpr std::array<string_view, 12> next_after{"prochain", "prochaine", "proximo", "proxima",
                                                 "prossimo", "prossima",  "viene",   "vem",
                                                 "volgende", "volgend",   "komende", "que"};
constexpr std::array<string_view, 11> until_words{"until", "till", "til",  "bis", "jusqu", "jusque",
                                                  "hasta", "ate",  "fino", "tot", "to"};
constexpr std::array<string_view, 2> through_words{"through", "thru"};
constexpr std::array<string_view, 13> inclusive_words{
    "inclusive", "included",  "einschliesslich", "einschl", "inkl", "inclus",   "incluido",
    "inclusive", "inclusief", "compreso",        "incluso", "incl", "including"};
constexpr std::array<string_view, 9> after_words{"after", "nach", "apres", "despues", "depois",
                                                 "dopo",  "na",   "tras",  "apos"};
constexpr std::array<string_view, 10> from_words{"from", "ab",    "vom",      "von",    "desde",
                                                 "dal",  "vanaf", "starting", "partir", "dall"};
constexpr std::array<string_view, 36> back_words{
    "back",        "return",      "returning",     "returns",   "again",   "wieder",
    "zuruck",      "erreichbar",  "retour",        "volvere",   "regreso", "regresare",
    "vuelvo",      "regressarei", "regresso",      "rientrero", "rientro", "torno",
    "tornero",     "terug",       "bereikbaar",    "reachable", "resume",  "rentrerai",
    "reincorporo", "volto",       "voltarei",      "vuelta",    "reviens", "rentre",
    "ritorno",     "disponibile", "reincorporare", "incorporo", "weer",    "available"};
/// Before a month's name alone, which may be another word ("may", "mars", "set").
constexpr std::array<string_view, 43> before_month{
    "in",    "come", "im",    "en",         "em",      "a",      "by",    "until",  "till",  "til",  "bis",
    "after", "nach", "apres", "depois",     "despues", "dopo",   "na",    "before", "early", "late", "mid",
    "of",    "next", "from",  "ab",         "anfang",  "ende",   "mitte", "debut",  "fin",   "mi",   "hasta",
    "ate",   "fino", "tot",   "principios", "fim",     "inizio", "fine",  "begin",  "eind",  "for"};
constexpr std::array<string_view, 26> before_day{
    "the", "am",    "dem", "den", "le", "el",  "il", "dia",  "de",   "op",  "until", "till", "bis",
    "zum", "after", "on",  "du",  "al", "del", "ab", "from", "nach", "ate", "tot",   "by",   "fino"};

class reader {
 public:
  reader(const worded_text& text, std::uint32_t first, std::uint32_t last, const day_context& context)
      : text_{text}, first_{first}, last_{last}, context_{context}, today_{context.today} {}

  std::vector<named_day> run() {
    for (i_ = first_; i_ < last_;) {
      const auto at = i_;
      const auto day = expression();
      if (!day || i_ == at) {
        i_ = at + 1;
        continue;
      }
      named_day named{year_month_day{*day}, role_at(at), whole_, at, i_};
      if (i_ < last_ && among(word(i_), inclusive_words)) named.role = day_role::through;
      if (i_ + 1 < last_ && word(i_) == "y" && word(i_ + 1) == "compris") named.role = day_role::through;
      out_.push_back(named);
    }
    mark_ranges();
    return std::move(out_);
  }

 private:
  string_view word(std::uint32_t i) const { return text_.text_of(i); }
  const struct word& raw(std::uint32_t i) const { return text_.words[i]; }
  bool has(std::uint32_t i) const { return i < last_; }
  bool before(std::uint32_t i, std::uint32_t back, string_view what) const {
    return i >= first_ + back && word(i - back) == what;
  }

  sys_days date(int y, int m, int d) const {
    year_month_day ymd{year{y}, month{static_cast<unsigned>(m)}, day{static_cast<unsigned>(d)}};
    if (!ymd.ok()) ymd = ymd.year() / ymd.month() / last;
    return sys_days{ymd};
  }
  year_month_day now() const { return year_month_day{today_}; }
  int this_year() const { return static_cast<int>(now().year()); }
  int this_month() const { return static_cast<int>(static_cast<unsigned>(now().month())); }

  /// The next time this day of this month comes, today included; up to two months back count as this year's.
  sys_days next_time(int m, int d) const {
    const auto day = date(this_year(), m, d);
    return day < today_ - days{60} ? date(this_year() + 1, m, d) : day;
  }
  sys_days month_to_come(int m) const {
    return date(m <= this_month() ? this_year() + 1 : this_year(), m, 1);
  }

  /// A year that follows, as "2026" or ", 2026".
  std::optional<int> year_at(std::uint32_t i) {
    if (!has(i) || raw(i).kind != word_kind::number || raw(i).a < 2000 || raw(i).a > 2199)
      return std::nullopt;
    return raw(i).a;
  }

  std::optional<sys_days> expression() {
    whole_ = false;
    const auto& w = raw(i_);
    if (w.kind == word_kind::date) return numeric();
    if (w.kind == word_kind::number) return number_first();
    if (w.kind != word_kind::plain) return std::nullopt;
    const auto t = word(i_);
    if (const auto m = find(months, t)) return month_first(m);
    if (const auto d = find(weekdays, t)) return weekday_at(d);
    if (auto d = near(t)) return d;
    if (auto d = counted()) return d;
    return period(t);
  }

  std::optional<sys_days> numeric() {
    const auto& w = raw(i_);
    ++i_;
    if (w.a > 1000)
      return w.c > 0 && w.b >= 1 && w.b <= 12 && w.c <= 31 ? std::optional{date(w.a, w.b, w.c)}
                                                           : std::nullopt;
    int d = w.a, m = w.b;
    const bool dotted = text_.folded.size() > 0 && w.c < 0;
    auto y = w.c < 0 ? std::optional<int>{} : std::optional<int>{w.c < 100 ? 2000 + w.c : w.c};
    if (!y && dotted) y = year_at(i_);
    if (m > 12 || (context_.month_first && d <= 12)) std::swap(d, m);
    if (m < 1 || m > 12 || d < 1 || d > 31) return std::nullopt;
    if (y) return date(*y, m, d);
    const auto day = next_time(m, d);
    // 03/04 may be either; when one way has passed, it was the other.
    if (day < today_ && d <= 12 && next_time(d, m) >= today_ && d != m) return next_time(d, m);
    return day;
  }

  /// "16 March 2026", "16. März", "15 de marzo", "in 2 weeks", "the 24th".
  std::optional<sys_days> number_first() {
    const auto n = raw(i_).a;
    auto k = i_ + 1;
    if (has(k) && (word(k) == "of" || word(k) == "de" || word(k) == "di")) ++k;
    if (n >= 1 && n <= 31 && has(k) && raw(k).kind == word_kind::plain && find(months, word(k)) != 0 &&
        word(k) != "a") {
      const auto m = find(months, word(k));
      i_ = k + 1;
      if (has(i_) && (word(i_) == "de" || word(i_) == "del")) {
        if (year_at(i_ + 1)) ++i_;
      }
      if (const auto y = year_at(i_)) return ++i_, date(*y, m, n);
      return next_time(m, n);
    }
    if (auto d = counted()) return d;
    if (n < 1 || n > 31 || i_ == first_ || !among(word(i_ - 1), before_day)) return std::nullopt;
    if (has(i_ + 1) &&
        (raw(i_ + 1).kind != word_kind::plain || find(units, word(i_ + 1)) != 0 || word(i_ + 1) == "uhr" ||
         word(i_ + 1) == "pm" || word(i_ + 1) == "am" || word(i_ + 1) == "h" || word(i_ + 1) == "people"))
      return std::nullopt;
    ++i_;
    return day_of_month(n);
  }

  sys_days day_of_month(int n) const {
    auto m = this_month(), y = this_year();
    if (n <= static_cast<int>(static_cast<unsigned>(now().day()))) {
      if (++m > 12) m = 1, ++y;
    }
    return date(y, m, n);
  }

  /// "March 16th, 2026", "April 7", or the month alone after a preposition.
  std::optional<sys_days> month_first(int m) {
    auto k = i_ + 1;
    if (has(k) && word(k) == "the") ++k;
    if (has(k) && raw(k).kind == word_kind::number && raw(k).a >= 1 && raw(k).a <= 31 &&
        !(has(k + 1) && (word(k + 1) == "uhr" || word(k + 1) == "pm" || word(k + 1) == "am"))) {
      const auto d = raw(k).a;
      i_ = k + 1;
      if (const auto y = year_at(i_)) return ++i_, date(*y, m, d);
      return next_time(m, d);
    }
    const auto stated = year_at(i_ + 1);
    constexpr std::array<string_view, 9> after_subject{"would", "should", "could", "is",    "works",
                                                       "may",   "might",  "ware",  "serait"};
    const bool subject = raw(i_).capital && has(i_ + 1) && among(word(i_ + 1), after_subject);
    if (!stated && !subject && (i_ == first_ || !among(word(i_ - 1), before_month))) return std::nullopt;
    const bool mid =
        i_ > first_ && (word(i_ - 1) == "mid" || word(i_ - 1) == "mitte" || word(i_ - 1) == "mi");
    const bool ends =
        i_ > first_ && (word(i_ - 1) == "ende" || word(i_ - 1) == "fin" || word(i_ - 1) == "late" ||
                        word(i_ - 1) == "eind" || (word(i_ - 1) == "of" && before(i_, 2, "end")));
    ++i_;
    whole_ = true;
    sys_days day{};
    if (stated)
      ++i_, day = date(*stated, m, 1);
    else
      day = month_to_come(m);
    if (mid) day += days{14};
    if (ends) day += days{27};
    return day;
  }

  std::optional<sys_days> weekday_at(int d) {
    const bool next =
        (i_ > first_ && among(word(i_ - 1), next_words)) || (has(i_ + 1) && among(word(i_ + 1), next_after));
    const int now_day = static_cast<int>(weekday{today_}.iso_encoding());
    auto k = i_ + 1;
    if (has(k) && (word(k) == "feira" || word(k) == "den" || word(k) == "dem" || word(k) == "the" ||
                   word(k) == "le" || word(k) == "dia"))
      ++k;
    // The date beside it is what counts.
    if (has(k) && (raw(k).kind == word_kind::date || find(months, word(k)) != 0)) return ++i_, std::nullopt;
    if (has(k) && raw(k).kind == word_kind::number && raw(k).a >= 1 && raw(k).a <= 31) {
      const auto after = k + 1;
      if (has(after) && (find(months, word(after)) != 0 || word(after) == "of" || word(after) == "de"))
        return std::nullopt;
      if (!has(after) ||
          (word(after) != "pm" && word(after) != "am" && word(after) != "uhr" && word(after) != "h")) {
        if (k > i_ + 1 || raw(k).end - raw(k).begin > 2 || raw(k).a > 12) {
          i_ = k + 1;
          return day_of_month(raw(k).a);
        }
      }
    }
    ++i_;
    const int ahead = (d - now_day + 7) % 7;
    if (next) return today_ + days{7 - now_day + d};
    return today_ + days{ahead == 0 ? 7 : ahead};
  }

  std::optional<sys_days> near(string_view t) {
    static const table days_ahead{{"tomorrow", 1},   {"tmrw", 1},       {"tmw", 1},       {"tomorow", 1},
                                  {"ubermorgen", 2}, {"demain", 1},     {"manana", 1},    {"amanha", 1},
                                  {"domani", 1},     {"dopodomani", 2}, {"overmorgen", 2}};
    if (const auto n = find(days_ahead, t)) {
      ++i_;
      // "tomorrow morning", "mañana por la mañana"
      return today_ + days{n};
    }
    if (t == "morgen" &&
        (i_ == first_ || (word(i_ - 1) != "guten" && word(i_ - 1) != "am" && word(i_ - 1) != "goede")))
      return ++i_, today_ + days{1};
    if (t == "day" && has(i_ + 2) && word(i_ + 1) == "after" && word(i_ + 2) == "tomorrow")
      return i_ += 3, today_ + days{2};
    return std::nullopt;
  }

  /// "in two weeks", "a couple of months", "3 weeks from now", "dentro de un mes". A duration alone needs a
  /// word that makes it a time to come.
  std::optional<sys_days> counted() {
    const auto& w = raw(i_);
    int n = w.kind == word_kind::number ? w.a : find(counts, word(i_));
    if (n <= 0 || n > 400) return std::nullopt;
    auto k = i_ + 1;
    if (word(i_) == "a" && has(k) && (word(k) == "couple" || word(k) == "few"))
      n = find(counts, word(k)), ++k;
    if ((word(i_) == "ein" || word(i_) == "een") && has(k) && word(k) == "paar") n = 2, ++k;
    if (has(k) && (word(k) == "of" || word(k) == "or" || word(k) == "oder" || word(k) == "bis")) {
      if (word(k) != "of" && has(k + 1)) {
        const auto more = raw(k + 1).kind == word_kind::number ? raw(k + 1).a : find(counts, word(k + 1));
        if (more > 0) n = more, ++k;
      }
      ++k;
    }
    if (!has(k)) return std::nullopt;
    const auto unit = find(units, word(k));
    if (unit == 0) return std::nullopt;
    constexpr std::array<string_view, 16> ahead{"in",    "dans",    "dentro", "de",  "a",     "em",
                                                "tra",   "fra",     "over",   "en",  "about", "etwa",
                                                "after", "another", "for",    "next"};
    const bool forward = i_ > first_ && among(word(i_ - 1), ahead);
    const bool from_now = has(k + 1) && (word(k + 1) == "from" || word(k + 1) == "time" ||
                                         word(k + 1) == "later" || word(k + 1) == "or");
    const bool asked = again_before(i_);
    if (!forward && !from_now && !asked) return std::nullopt;
    i_ = k + 1;
    switch (unit) {
      case day_unit:
        return today_ + days{n};
      case week_unit:
        return today_ + days{7 * n};
      case month_unit:
        return plus_months(n);
      case 5:
        return plus_months(3 * n);
      default:
        return plus_months(12 * n);
    }
  }

  bool again_before(std::uint32_t i) const {
    constexpr std::array<string_view, 9> words{"give",   "wait", "try",   "back", "ping",
                                               "melden", "gib",  "geben", "need"};
    for (std::uint32_t back = 1; back <= 4 && i >= first_ + back; ++back)
      if (among(word(i - back), words)) return true;
    return false;
  }

  sys_days plus_months(int n) const {
    auto ymd = now() + std::chrono::months{n};
    if (!ymd.ok()) ymd = ymd.year() / ymd.month() / last;
    return sys_days{ymd};
  }

  sys_days quarter(int q) const {
    const int current = (this_month() - 1) / 3 + 1;
    return date(q <= current ? this_year() + 1 : this_year(), (q - 1) * 3 + 1, 1);
  }

  /// "next week", "Q3", "end of the quarter", "after the summer", "new year".
  std::optional<sys_days> period(string_view t) {
    const auto at = i_;
    if (t.size() == 2 && (t[0] == 'q' || t[0] == 't') && t[1] >= '1' && t[1] <= '4')
      return ++i_, whole_ = true, quarter(t[1] - '0');
    if (t == "h2" || t == "h1") {
      ++i_, whole_ = true;
      if (t == "h1") return date(this_year() + 1, 1, 1);
      return date(this_month() >= 7 ? this_year() + 1 : this_year(), 7, 1);
    }
    const bool next = at > first_ && (among(word(at - 1), next_words) || among(word(at - 1), next_after));
    const bool next_later = has(at + 1) && among(word(at + 1), next_after) && word(at + 1) != "volgende";
    if (const auto u = find(units, t)) {
      if (u == 5 && at > first_) {
        if (const auto q = find(ordinals, word(at - 1)); q != 0) return ++i_, whole_ = true, quarter(q);
      }
      const bool end = at >= first_ + 2 && (before(at, 2, "of") || before(at, 1, "of")) &&
                       (before(at, 3, "end") || before(at, 2, "end"));
      if (!next && !next_later && !end && !(t == "year" && before(at, 1, "new")) &&
          !(t == "jahr" && before(at, 1, "neuen")) && !(t == "jaar" && before(at, 1, "nieuwe")))
        return std::nullopt;
      ++i_;
      whole_ = true;
      const int now_day = static_cast<int>(weekday{today_}.iso_encoding());
      switch (u) {
        case day_unit:
          return today_ + days{1};
        case week_unit:
          return today_ + days{8 - now_day};
        case month_unit:
          return date(this_month() == 12 ? this_year() + 1 : this_year(), this_month() % 12 + 1, 1);
        case 5: {
          const int current = (this_month() - 1) / 3 + 1;
          return quarter(current % 4 + 1);
        }
        default:
          return date(this_year() + 1, 1, 1);
      }
    }
    if (t == "jahresende" || t == "jahreswechsel") return ++i_, whole_ = true, date(this_year() + 1, 1, 1);
    if (const auto s = find(seasons, t)) {
      ++i_;
      whole_ = true;
      bool after = t == "sommerpause";
      for (std::uint32_t back = 1; back <= 2 && at >= first_ + back; ++back)
        after = after || among(word(at - back), after_words);
      int m = after ? (s + 2) % 12 + 1 : s;
      const int y = m <= this_month() ? this_year() + 1 : this_year();
      return date(y, m, 1);
    }
    return std::nullopt;
  }

  /// What stands before an expression says what the day is for.
  day_role role_at(std::uint32_t at) const {
    day_role role = day_role::plain;
    bool until = false, after = false, through = false, from = false;
    // "dal 10 al 23 marzo": the first number is a day too, though the month stands with the second.
    if (at >= first_ + 3 && raw(at - 2).kind == word_kind::number && among(word(at - 3), from_words))
      return day_role::through;
    for (std::uint32_t back = 1; back <= 4 && at >= first_ + back; ++back) {
      const auto t = word(at - back);
      if (find(months, t) != 0 || raw(at - back).kind == word_kind::date) break;
      if (back <= 3 && among(t, inclusive_words)) through = true;
      if (among(t, through_words)) through = true;
      if (among(t, until_words) && !(t == "to" && back > 1)) until = true;
      if (among(t, after_words) && back <= 3 && t != "na") after = true;
      if (t == "na" && back <= 2) after = true;
      if (among(t, from_words) && back <= 3) from = true;
      if (until || after || through || from) break;
    }
    if (through)
      role = day_role::through;
    else if (until)
      role = day_role::until;
    else if (after)
      role = day_role::after;
    else if (from)
      role = day_role::from;
    const auto reach = at >= first_ + 7 ? at - 7 : first_;
    bool back_word = false;
    for (auto k = reach; k < at; ++k)
      back_word = back_word || among(word(k), back_words);
    for (auto k = i_; k < last_ && k < i_ + 4; ++k)
      back_word = back_word || among(word(k), back_words);
    if (back_word && role != day_role::until && role != day_role::through && role != day_role::after)
      role = day_role::back;
    return role;
  }

  /// "from 10 March to 16 March": the second includes its day.
  void mark_ranges() {
    for (std::size_t k = 1; k < out_.size(); ++k) {
      auto& end = out_[k];
      const auto& start = out_[k - 1];
      if (start.last + 2 < end.first) continue;
      const bool from = start.role == day_role::from || start.role == day_role::plain;
      // "9 - 29 March" puts nothing between them but a dash.
      const bool dashed = start.last == end.first && (end.role == day_role::plain || end.role == start.role);
      if (from && (end.role == day_role::until || dashed)) end.role = day_role::through;
    }
  }

  const worded_text& text_;
  std::uint32_t first_, last_, i_ = 0;
  day_context context_;
  sys_days today_;
  std::vector<named_day> out_;
  bool whole_ = false;
};

named_day moved(named_day d) {
  if (d.role == day_role::through || (d.role == day_role::after && !d.whole_period))
    d.day = year_month_day{sys_days{d.day} + days{1}};
  return d;
}

}  // namespace

std::vector<named_day> days_in(const worded_text& text, std::uint32_t first, std::uint32_t last,
                               const day_context& context) {
  return reader{text, first, last, context}.run();
}

std::optional<named_day> return_day(const std::vector<named_day>& days, const day_context& context) {
  const auto to_come = [&](const named_day& d) { return sys_days{moved(d).day} > context.today; };
  for (const auto role : {day_role::back, day_role::through, day_role::until, day_role::after})
    for (const auto& d : days)
      if (d.role == role && to_come(d)) return moved(d);
  std::optional<named_day> latest;
  for (const auto& d : days)
    if (to_come(d) && (!latest || sys_days{d.day} > sys_days{latest->day})) latest = d;
  return latest;
}

std::optional<named_day> asked_day(const std::vector<named_day>& days, const day_context& context) {
  // "runs out in the summer, so after May 8": a day says more than a season.
  for (const bool whole : {false, true})
    for (const auto& d : days)
      if (d.whole_period == whole && sys_days{moved(d).day} > context.today) return moved(d);
  return std::nullopt;
}

}  // namespace heed::reply
