#include "tests/replies/corpus.hpp"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "adapters/inbound/normalizer.hpp"

namespace heed::tests {

namespace {

using namespace reply;

double ratio(std::size_t part, std::size_t whole) {
  return whole == 0 ? 1.0 : static_cast<double>(part) / static_cast<double>(whole);
}

std::string day_text(std::chrono::year_month_day day) {
  char text[16];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(day.year()),
                static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
  return text;
}

void count_details(const labelled_reply& item, const reply_verdict& v, corpus_figures& f) {
  if (item.resume_on) {
    ++f.days;
    const auto named = v.resume_on ? day_text(*v.resume_on) : "none";
    if (named == *item.resume_on)
      ++f.days_right;
    else
      f.mistakes.push_back(item.id + " day " + *item.resume_on + " read as " + named);
  }
  if (item.referred_email) ++f.addresses, f.addresses_right += v.referred_email == *item.referred_email;
  f.urgent += item.urgent_human;
  f.urgent_found += item.urgent_human && v.urgent_human;
  f.urgent_false += !item.urgent_human && v.urgent_human;
}

void add_row(std::string& out, std::string_view name, const class_figures& c) {
  char row[96];
  std::snprintf(row, sizeof row, "%-22.*s %6zu %9.3f %7.3f %6.3f\n", static_cast<int>(name.size()),
                name.data(), c.items, c.precision(), c.recall(), c.f1());
  out += row;
}

}  // namespace

double class_figures::precision() const { return ratio(right, named); }
double class_figures::recall() const { return ratio(right, items); }
double class_figures::f1() const {
  const auto p = precision(), r = recall();
  return p + r == 0 ? 0 : 2 * p * r / (p + r);
}

double corpus_figures::macro_f1() const {
  double sum = 0;
  std::size_t present = 0;
  for (const auto& c : classes)
    if (c.items > 0) sum += c.f1(), ++present;
  return present == 0 ? 0 : sum / static_cast<double>(present);
}

std::vector<labelled_reply> load_corpus(const std::string& path) {
  std::ifstream in{path};
  if (!in) throw std::runtime_error("cannot read " + path);
  std::vector<labelled_reply> out;
  for (std::string line; std::getline(in, line);) {
    const auto document = nlohmann::json::parse(line);
    labelled_reply item;
    item.id = document.at("id");
    item.language = document.at("lang");
    item.kind = parse_reply_class(document.at("class").get<std::string>()).value();
    item.subject = document.value("subject", "");
    item.text = document.at("text");
    if (inbound::looks_like_html(item.text)) item.text = inbound::html_reply_text(item.text);
    item.input.channel = parse_channel(document.at("channel").get<std::string>()).value();
    item.input.received_at = parse_iso(document.at("received_at").get<std::string>()).value();
    for (const auto& [name, value] : document.at("headers").items())
      item.input.headers.emplace_back(name, value.get<std::string>());
    if (document.contains("resume_on")) item.resume_on = document["resume_on"];
    if (document.contains("referred_email")) item.referred_email = document["referred_email"];
    item.urgent_human = document.value("urgent_human", false);
    out.push_back(std::move(item));
  }
  for (auto& item : out)
    item.input.text = item.text, item.input.subject = item.subject;
  return out;
}

corpus_figures measure(const std::vector<labelled_reply>& corpus, vote_use vote) {
  corpus_figures f;
  for (const auto& item : corpus) {
    const auto v = read_reply(item.input, vote);
    const auto label = static_cast<std::size_t>(item.kind), verdict = static_cast<std::size_t>(v.kind);
    ++f.items;
    ++f.confusion[label][verdict];
    ++f.classes[label].items;
    ++f.classes[verdict].named;
    if (label == verdict) {
      ++f.right;
      ++f.classes[label].right;
    } else {
      f.mistakes.push_back(item.id + " " + std::string{to_string(item.kind)} + " read as " +
                           std::string{to_string(v.kind)} + " (" + v.rule + "): " + item.text.substr(0, 90));
    }
    const bool must_stop = item.kind == reply_class::opt_out || item.kind == reply_class::bounce;
    f.dangerous += must_stop && goes_on(v.kind);
    f.acted_on += must_stop && may_go_on(v);
    count_details(item, v, f);
  }
  return f;
}

std::string report_of(const corpus_figures& f) {
  std::string out = "class                   items precision  recall     F1\n";
  for (std::size_t c = 0; c < reply_class_count; ++c)
    add_row(out, to_string(static_cast<reply_class>(c)), f.classes[c]);
  char sums[400];
  std::snprintf(
      sums, sizeof sums,
      "macro F1 %.3f, %zu of %zu right, dangerous misses %zu (%.2f %%), acted on %zu; days %zu of %zu, "
      "addresses %zu of %zu, "
      "urgent %zu of %zu and %zu false\n\nlabel \\ verdict      ",
      f.macro_f1(), f.right, f.items, f.dangerous,
      100.0 * static_cast<double>(f.dangerous) / static_cast<double>(std::max<std::size_t>(f.items, 1)),
      f.acted_on, f.days_right, f.days, f.addresses_right, f.addresses, f.urgent_found, f.urgent,
      f.urgent_false);
  out += sums;
  for (std::size_t c = 0; c < reply_class_count; ++c)
    out += " " + std::string{to_string(static_cast<reply_class>(c)).substr(0, 5)};
  out += '\n';
  for (std::size_t label = 0; label < reply_class_count; ++label) {
    char head[32];
    const auto name = to_string(static_cast<reply_class>(label));
    std::snprintf(head, sizeof head, "%-21.*s", static_cast<int>(name.size()), name.data());
    out += head;
    for (const auto count : f.confusion[label]) {
      char cell[16];
      std::snprintf(cell, sizeof cell, count == 0 ? "     ." : "%6zu", count);
      out += cell;
    }
    out += '\n';
  }
  return out;
}

}  // namespace heed::tests
