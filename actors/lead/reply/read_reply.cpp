#include <algorithm>
#include <array>

#include "actors/lead/reply/dates.hpp"
#include "actors/lead/reply/findings.hpp"
#include "actors/lead/reply/headers.hpp"
#include "actors/lead/reply/referral.hpp"
#include "actors/lead/reply/reply.hpp"
#include "actors/lead/reply/vote.hpp"

namespace heed::reply {

namespace {

using writer = header_reading::writer;

/// Reads one reply top-down; each function answers one question of the order of precedence.
class reading {
 public:
  reading(const reply_input& input, vote_use vote)
      : input_{input},
        use_vote_{vote == vote_use::asked},
        found_{find_in(input)},
        headers_{read_headers(input.headers)} {}

  reply_verdict run() {
    if (use_vote_) vote_ = vote_on(found_);
    decide();
    out_.urgent_human = urgent();
    if (out_.kind == reply_class::out_of_office) add_return_day();
    if (out_.kind == reply_class::follow_up_later) add_asked_day();
    if (out_.kind == reply_class::referral) add_referred();
    return std::move(out_);
  }

 private:
  void decide() {
    // A report of a mailer holds nothing the lead said, so it goes before the lead's own words.
    if (report()) return;
    if (opt_out()) return;
    if (instruction()) return;
    if (out_of_office()) return;
    if (automatic()) return;
    if (wish()) return;
    // Where the rules found no wish either, less is enough to stop.
    if (by_vote(reply_class::opt_out, vote_opt_out_bar)) return;
    if (named_by_vote()) return;
    none();
  }

  // --- reports
  // ------------------------------------------------------------------------------------------------------

  bool report() {
    if (headers_.by == writer::feedback_report) return by_header(reply_class::complaint, 0.99);
    if (const auto* f = found_.best("complaint")) return by(*f, reply_class::complaint);
    if (const auto* f = in_subject("complaint"); f != nullptr && headers_.by != writer::unknown)
      return by(*f, reply_class::complaint, part::subject);
    if (headers_.by == writer::delivery_report) return by_header(reply_class::bounce, 0.99);
    const auto* subject = in_subject("bounce");
    const auto* undelivered = rule_in_text("bounce.undelivered");
    const auto* recipient = rule_in_text("bounce.recipient");
    const auto* code = found_.best("bounce_code");
    // One mark of a report may be a person who speaks of one; two are a report.
    const int marks = (subject != nullptr) + (undelivered != nullptr) + (recipient != nullptr) +
                      (code != nullptr) + (headers_.by == writer::machine);
    if (marks < 2 && !(undelivered != nullptr && !addresses_us())) return false;
    for (const auto* f : {undelivered, recipient, code})
      if (f != nullptr) return by(*f, reply_class::bounce);
    if (subject != nullptr) return by(*subject, reply_class::bounce, part::subject);
    return false;
  }

  /// A person's own failed mail is told in the first person.
  bool addresses_us() const {
    for (std::uint32_t i = 0; i < found_.body_words; ++i) {
      const auto t = found_.text.text_of(i);
      if (t == "my" || t == "i" || t == "we" || t == "ich" || t == "je") return true;
    }
    return false;
  }

  // --- opt-out
  // ------------------------------------------------------------------------------------------------------

  bool opt_out() {
    const finding* best = nullptr;
    for (const auto& f : found_.in_text) {
      // "Wrong person, ask Steve" helps on.
      if (f.rule->kind == "keyword" && f.rule->confidence < 0.95 && found_.has("referral")) continue;
      if (f.rule->kind == "keyword" && found_.body_words <= 8 && found_.part_of(f) == part::body)
        return by(f, reply_class::opt_out);
      if (f.rule->kind != "opt_out") continue;
      if (found_.part_of(f) == part::tail && !speaks_of_itself(f)) continue;
      if (is_boilerplate(f)) continue;
      if (best == nullptr || f.rule->confidence > best->rule->confidence) best = &f;
    }
    if (best != nullptr) return by(*best, reply_class::opt_out);
    for (const auto& f : found_.in_subject)
      if ((f.rule->kind == "keyword" || f.rule->kind == "opt_out") && found_.body_words <= 12 &&
          headers_.by == writer::unknown)
        return by(f, reply_class::opt_out, part::subject);
    return false;
  }

  /// A machine's "do not reply" is no wish of a person; what names the person or a list still counts.
  bool is_boilerplate(const finding& f) const {
    if (headers_.by != writer::machine && !found_.has("auto_reply") && in_subject("auto_reply") == nullptr &&
        in_subject("out_of_office") == nullptr)
      return false;
    return f.rule->name != "opt_out.off_the_list" && f.rule->name != "opt_out.unsubscribe" &&
           !speaks_of_itself(f);
  }

  /// In a footer only words in the first person are the lead's.
  bool speaks_of_itself(const finding& f) const {
    const auto& s = found_.text.sentences[f.sentence];
    constexpr std::array<std::string_view, 14> own{"me",  "my", "mich", "meine", "moi", "mes", "me",
                                                   "mis", "mi", "mij",  "mijn",  "uns", "us",  "our"};
    for (auto i = s.first; i < s.last; ++i)
      if (std::find(own.begin(), own.end(), found_.text.text_of(i)) != own.end()) return true;
    return false;
  }

  bool instruction() {
    const auto* f = found_.best("instruction");
    return f != nullptr && by(*f, reply_class::neutral);
  }

  // --- machines
  // -----------------------------------------------------------------------------------------------------

  bool out_of_office() {
    const auto* subject = in_subject("out_of_office");
    const auto* body = found_.best("out_of_office");
    if (subject == nullptr && body == nullptr) return false;
    const bool machine =
        headers_.by == writer::machine || subject != nullptr || in_subject("auto_reply") != nullptr;
    // Without any mark of a machine it may be a person who tells about a holiday and wants something.
    if (!machine && wants_something()) return false;
    return body != nullptr ? by(*body, reply_class::out_of_office)
                           : by(*subject, reply_class::out_of_office, part::subject);
  }

  bool wants_something() const {
    for (const auto kind :
         {"meeting_requested", "meeting_accepted", "information_requested", "interested", "not_interested"})
      if (found_.has(kind)) return true;
    const auto* later = found_.best("follow_up_later");
    return later != nullptr && found_.has("later_ask");
  }

  bool automatic() {
    if (headers_.by == writer::machine) return by_header(reply_class::auto_reply, 0.97);
    if (const auto* f = in_subject("auto_reply")) return by(*f, reply_class::auto_reply, part::subject);
    if (const auto* f = found_.best("auto_reply")) return by(*f, reply_class::auto_reply);
    return false;
  }

  // --- people
  // -------------------------------------------------------------------------------------------------------

  bool wish() {
    constexpr std::array<reply_class, 10> order{
        reply_class::meeting_accepted,      reply_class::meeting_requested,  reply_class::call_requested,
        reply_class::information_requested, reply_class::follow_up_later,    reply_class::referral,
        reply_class::not_interested,        reply_class::question_objection, reply_class::interested,
        reply_class::acknowledgement};
    for (const auto c : order) {
      const finding* f = wish_for(c);
      if (f == nullptr) continue;
      if (by_vote(reply_class::opt_out, goes_on(c) ? vote_against_going_on : vote_against_a_pause))
        return true;
      if (goes_on(c) && in_doubt()) return true;
      return by(*f, c);
    }
    return false;
  }

  const finding* wish_for(reply_class c) const {
    if (c == reply_class::meeting_accepted) return a_time(false);
    const auto* f = found_.best(to_string(c));
    return f == nullptr && c == reply_class::meeting_requested ? a_time(true) : f;
  }

  /// A time that is asked about is not taken yet.
  const finding* a_time(bool asked) const {
    for (const auto& f : found_.in_text)
      if (f.rule->kind == "meeting_accepted" && found_.part_of(f) == part::body &&
          found_.text.sentences[f.sentence].question == asked)
        return &f;
    return nullptr;
  }

  // --- the vote
  // -----------------------------------------------------------------------------------------------------

  /// A wish that may as well be a refusal waits for a human.
  bool in_doubt() {
    if (!use_vote_) return false;
    if (by_vote(reply_class::not_interested, vote_against_going_on)) return true;
    if (!by_vote(reply_class::opt_out, vote_doubt)) return false;
    out_.kind = reply_class::neutral;
    out_.rule = "vote.doubt";
    return true;
  }

  bool by_vote(reply_class c, double bar) {
    if (!use_vote_) return false;
    const auto& v = vote_.of(c);
    if (v.probability < bar) return false;
    out_.kind = c;
    out_.confidence = v.probability;
    out_.rule = "vote." + std::string{to_string(c)};
    span(found_.text, v.first, v.last, false);
    return true;
  }

  /// The likeliest class, where nobody seems to ask for silence. What would go on is only named: its
  /// confidence stays below `act_from`.
  bool named_by_vote() {
    constexpr std::uint32_t words_min = 3;
    if (!use_vote_ || found_.body_words < words_min ||
        vote_.of(reply_class::opt_out).probability > vote_names_below)
      return false;
    auto likeliest = reply_class::neutral;
    for (std::size_t c = 0; c < reply_class_count; ++c)
      if (vote_.lines[c].probability > vote_.of(likeliest).probability)
        likeliest = static_cast<reply_class>(c);
    if (likeliest == reply_class::neutral || !by_vote(likeliest, vote_name_bar)) return false;
    if (goes_on(likeliest)) {
      if (vote_.of(reply_class::opt_out).probability > vote_names_going_on_below) return none(), true;
      out_.confidence = std::min(out_.confidence, named_only);
    }
    return true;
  }

  void none() {
    out_ = {};
    out_.confidence = 0.5;
    out_.rule = "none";
  }

  // --- what goes with a verdict
  // ---------------------------------------------------------------------------------------

  bool urgent() const {
    return std::any_of(found_.in_text.begin(), found_.in_text.end(),
                       [&](const finding& f) {
                         return f.rule->kind == "urgent" && found_.part_of(f) == part::body;
                       }) &&
           out_.kind != reply_class::bounce && out_.kind != reply_class::complaint &&
           out_.kind != reply_class::auto_reply && out_.kind != reply_class::out_of_office;
  }

  day_context days() const {
    const auto& zone = input_.zone != nullptr ? *input_.zone : utc_zone();
    const auto local = to_local(zone, input_.received_at);
    const auto day = std::chrono::floor<std::chrono::days>(local);
    return {std::chrono::sys_days{day.time_since_epoch()},
            zone.name.starts_with("America/") || zone.name.starts_with("US/")};
  }

  void add_return_day() {
    const auto context = days();
    auto all = days_in(found_.text, 0, found_.body_words, context);
    auto day = return_day(all, context);
    if (!day)
      day = return_day(
          days_in(found_.subject, 0, static_cast<std::uint32_t>(found_.subject.words.size()), context),
          context);
    if (day) out_.resume_on = day->day;
  }

  void add_asked_day() {
    const auto context = days();
    if (const auto day = asked_day(days_in(found_.text, 0, found_.body_words, context), context))
      out_.resume_on = day->day;
  }

  void add_referred() {
    const auto who = referred_in(found_, input_.text);
    out_.referred_email = who.email;
    out_.referred_name = who.name;
  }

  const finding* in_subject(std::string_view kind) const {
    const auto it = std::find_if(found_.in_subject.begin(), found_.in_subject.end(),
                                 [&](const finding& f) { return f.rule->kind == kind; });
    return it == found_.in_subject.end() ? nullptr : &*it;
  }

  const finding* rule_in_text(std::string_view name) const {
    const auto it = std::find_if(found_.in_text.begin(), found_.in_text.end(),
                                 [&](const finding& f) { return f.rule->name == name; });
    return it == found_.in_text.end() ? nullptr : &*it;
  }

  bool by(const finding& f, reply_class c, part where = part::body) {
    out_.kind = c;
    out_.confidence = f.rule->confidence;
    out_.rule = f.rule->name;
    span(where == part::subject ? found_.subject : found_.text, f.first, f.last, where == part::subject);
    return true;
  }

  bool by_header(reply_class c, double confidence) {
    out_.kind = c;
    out_.confidence = confidence;
    out_.rule = headers_.rule;
    out_.evidence_text = headers_.evidence;
    return true;
  }

  void span(const worded_text& text, std::uint32_t first, std::uint32_t last, bool in_subject) {
    if (first >= last || last > text.words.size()) return;
    out_.evidence = {text.words[first].begin, text.words[last - 1].end, in_subject};
    out_.evidence_text = (in_subject ? input_.subject : input_.text)
                             .substr(out_.evidence.begin, out_.evidence.end - out_.evidence.begin);
  }

  const reply_input& input_;
  bool use_vote_;
  findings found_;
  header_reading headers_;
  ballot vote_;
  reply_verdict out_;
};

}  // namespace

bool may_go_on(const reply_verdict& v) { return goes_on(v.kind) && v.confidence >= act_from; }

std::string_view rules_version() { return rules().version(); }

reply_verdict read_reply(const reply_input& input, vote_use vote) { return reading{input, vote}.run(); }

}  // namespace heed::reply
