#include <linear.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <set>

#include "actors/lead/reply/findings.hpp"
#include "actors/lead/reply/trainer/wordings.hpp"
#include "actors/lead/reply/vote.hpp"
#include "actors/lead/reply/vote_features.hpp"
#include "actors/lead/reply/vote_model.hpp"

/// Trains the vote: `heed_reply_train MODEL FILE...` writes the model's bytes; `--cross-validate K` in place
/// of MODEL holds whole wordings back and says how the others do on them. Deterministic: no clock, no
/// threads, no chance that is not drawn from a wording's number.
namespace {

using namespace heed;
using namespace heed::reply;

/// Sentences drawn from one wording. An opt-out's variety matters most.
std::size_t samples_of(reply_class c) { return c == reply_class::opt_out ? 10 : 24; }
/// How dear a mistake is: an opt-out taken for something else is the worst.
double weight_of(reply_class c) { return c == reply_class::opt_out ? 1.0 : 1.0; }
constexpr double cost_of_a_mistake = 8.0;

struct sample {
  reply_class kind = reply_class::neutral;
  std::uint32_t wording = 0;
  std::string language;
  std::string text;
  std::vector<feature> features;
};

findings read_text(std::string_view text) {
  reply_input input;
  input.channel = channel::email;  // a corpus' mails have quoted history
  input.text = text;
  return find_in(input);
}

std::vector<sample> draw(const std::vector<wording>& wordings) {
  std::vector<sample> out;
  for (const auto& w : wordings) {
    for (auto& text : sentences_of(w, samples_of(w.kind))) {
      const auto found = read_text(text);
      sample s{w.kind, w.number, w.language, text, {}};
      for (std::uint32_t k = 0; k < found.text.sentences.size(); ++k)
        features_of(found, k, s.features);
      if (!s.features.empty()) out.push_back(std::move(s));
    }
  }
  return out;
}

/// A pair of words is worth keeping where wordings share it.
std::map<std::uint32_t, int> vocabulary(const std::vector<const sample*>& samples) {
  std::map<std::uint32_t, std::set<std::uint32_t>> seen;
  std::set<std::uint32_t> pairs;
  for (const auto* s : samples) {
    for (const auto& f : s->features) {
      auto& wordings = seen[f.hash];
      if (wordings.size() < 2) wordings.insert(s->wording);
      if (f.pair) pairs.insert(f.hash);
    }
  }
  std::map<std::uint32_t, int> out;
  for (const auto& [hash, wordings] : seen)
    if (hash != 0 && (wordings.size() >= 2 || !pairs.contains(hash)))
      out.emplace(hash, static_cast<int>(out.size()) + 1);
  return out;
}

std::string train_on(const std::vector<const sample*>& samples) {
  const auto ids = vocabulary(samples);
  const int bias_id = static_cast<int>(ids.size()) + 1;
  std::vector<std::vector<feature_node>> rows;
  std::vector<feature_node*> row_heads;
  std::vector<double> labels;
  for (const auto* s : samples) {
    std::map<int, double> values;
    const double value = 1.0 / std::sqrt(static_cast<double>(s->features.size()));
    for (const auto& f : s->features)
      if (const auto it = ids.find(f.hash); it != ids.end()) values[it->second] += value;
    std::vector<feature_node> row;
    for (const auto& [id, v] : values)
      row.push_back({id, v});
    row.push_back({bias_id, 1.0});
    row.push_back({-1, 0});
    rows.push_back(std::move(row));
    labels.push_back(static_cast<double>(s->kind));
  }
  for (auto& row : rows)
    row_heads.push_back(row.data());
  problem p{};
  p.l = static_cast<int>(rows.size());
  p.n = bias_id;
  p.y = labels.data();
  p.x = row_heads.data();
  p.bias = -1;
  std::vector<int> weight_labels;
  std::vector<double> weights;
  const std::set<double> present{labels.begin(), labels.end()};
  for (std::size_t c = 0; c < reply_class_count; ++c) {
    if (!present.contains(static_cast<double>(c))) continue;
    weight_labels.push_back(static_cast<int>(c));
    weights.push_back(weight_of(static_cast<reply_class>(c)));
  }
  parameter how{};
  how.solver_type = L2R_LR;
  how.eps = 0.005;
  how.C = cost_of_a_mistake;
  how.nr_weight = static_cast<int>(weights.size());
  how.weight_label = weight_labels.data();
  how.weight = weights.data();
  const std::unique_ptr<model, void (*)(model*)> trained{train(&p, &how),
                                                         [](model* m) { free_and_destroy_model(&m); }};
  const auto classes = static_cast<std::size_t>(trained->nr_class);
  const auto weight_at = [&](int id, std::size_t k) {
    return static_cast<float>(trained->w[static_cast<std::size_t>(id - 1) * classes + k]);
  };
  std::vector<vote_model::entry> entries;
  vote_model::scores bias{};
  bias.fill(-20.0F);  // a class without wordings gets no vote
  for (const auto& [hash, id] : ids) {
    vote_model::entry e{hash, {}};
    for (std::size_t k = 0; k < classes; ++k)
      e.weights[static_cast<std::size_t>(trained->label[k])] = weight_at(id, k);
    entries.push_back(e);
  }
  for (std::size_t k = 0; k < classes; ++k)
    bias[static_cast<std::size_t>(trained->label[k])] = weight_at(bias_id, k);
  return vote_model::bytes_of(entries, bias);
}

/// What held-back wordings show, in sentences.
constexpr std::array bars{0.4, 0.5, 0.6, 0.7, 0.8, 0.9};
struct tally {
  std::array<std::size_t, bars.size()> found_at{}, false_at{};
  std::size_t opt_outs = 0, by_rules = 0, by_vote = 0, by_either = 0;
  std::size_t others = 0, false_rules = 0, false_votes = 0, false_either = 0;
  std::size_t alike = 0;
};

void print_bars(const tally& t) {
  for (std::size_t k = 0; k < bars.size(); ++k)
    std::printf(
        "     bar %.1f: found %.3f, false %.4f\n", bars[k],
        static_cast<double>(t.found_at[k]) / static_cast<double>(std::max<std::size_t>(t.opt_outs, 1)),
        static_cast<double>(t.false_at[k]) / static_cast<double>(std::max<std::size_t>(t.others, 1)));
}

void cross_validate(const std::vector<sample>& all, std::uint32_t folds, bool talk) {
  std::map<std::string, tally> by_language;
  for (std::uint32_t fold = 0; fold < folds; ++fold) {
    std::vector<const sample*> rest;
    for (const auto& s : all)
      if (s.wording % folds != fold) rest.push_back(&s);
    const auto bytes = train_on(rest);
    const vote_model model{bytes};
    for (const auto& s : all) {
      if (s.wording % folds != fold) continue;
      const auto found = read_text(s.text);
      const auto b = vote_on(found, model);
      const bool vote = b.of(reply_class::opt_out).probability >= vote_against_going_on;
      reply_input input;
      input.channel = channel::sms;
      input.text = s.text;
      const bool rule = read_reply(input, vote_use::off).kind == reply_class::opt_out;
      for (const auto& key : {s.language, std::string{"all"}}) {
        auto& t = by_language[key];
        for (std::size_t k = 0; k < bars.size(); ++k)
          if (b.of(reply_class::opt_out).probability >= bars[k])
            ++(s.kind == reply_class::opt_out ? t.found_at : t.false_at)[k];
        if (s.kind == reply_class::opt_out) {
          ++t.opt_outs, t.by_rules += rule, t.by_vote += vote, t.by_either += rule || vote;
        } else {
          ++t.others, t.false_rules += rule, t.false_votes += vote, t.false_either += rule || vote;
        }
      }
      if (talk && (rule || vote) != (s.kind == reply_class::opt_out))
        std::printf("%s %.3f %s\n", std::string{to_string(s.kind)}.c_str(),
                    b.of(reply_class::opt_out).probability, s.text.c_str());
    }
  }
  print_bars(by_language["all"]);
  for (const auto& [language, t] : by_language)
    std::printf(
        "%-4s opt-outs %5zu: rules %.3f vote %.3f either %.3f | others %5zu: rules %.4f vote %.4f either "
        "%.4f\n",
        language.c_str(), t.opt_outs,
        static_cast<double>(t.by_rules) / static_cast<double>(std::max<std::size_t>(t.opt_outs, 1)),
        static_cast<double>(t.by_vote) / static_cast<double>(std::max<std::size_t>(t.opt_outs, 1)),
        static_cast<double>(t.by_either) / static_cast<double>(std::max<std::size_t>(t.opt_outs, 1)),
        t.others,
        static_cast<double>(t.false_rules) / static_cast<double>(std::max<std::size_t>(t.others, 1)),
        static_cast<double>(t.false_votes) / static_cast<double>(std::max<std::size_t>(t.others, 1)),
        static_cast<double>(t.false_either) / static_cast<double>(std::max<std::size_t>(t.others, 1)));
}

std::string contents(const char* path) {
  std::ifstream in{path, std::ios::binary};
  if (!in) throw std::runtime_error(std::string{"cannot read "} + path);
  return {std::istreambuf_iterator<char>{in}, {}};
}

int run(int argc, char** argv) {
  const std::string_view first = argc > 1 ? argv[1] : "";
  const bool validate = first.starts_with("--cross-validate");
  if (argc < 3) {
    std::fprintf(stderr, "usage: heed_reply_train MODEL|--cross-validate[-aloud] FILE...\n");
    return 2;
  }
  set_print_string_function([](const char*) {});
  std::vector<wording> wordings;
  for (int i = 2; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name.ends_with(".jsonl"))
      read_corpus(contents(argv[i]), wordings);
    else
      read_wordings(contents(argv[i]), wordings);
  }
  const auto samples = draw(wordings);
  if (validate) {
    std::printf("%zu wordings, %zu sentences\n", wordings.size(), samples.size());
    cross_validate(samples, 5, first == "--cross-validate-aloud");
    return 0;
  }
  std::vector<const sample*> all;
  for (const auto& s : samples)
    all.push_back(&s);
  const auto bytes = train_on(all);
  std::ofstream out{argv[1], std::ios::binary};
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  return out.good() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& fault) {
    std::fprintf(stderr, "heed_reply_train: %s\n", fault.what());
    return 1;
  }
}
