#include "actors/lead/reply/vote.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "actors/lead/reply/embedded.hpp"
#include "actors/lead/reply/vote_features.hpp"
#include "actors/lead/reply/vote_model.hpp"

namespace heed::reply {

namespace {

using scores = std::array<float, reply_class_count>;

/// What one sentence adds: the sum of its traits' weights, and how many traits were looked at.
struct tally {
  scores sum{};
  float traits = 0;
  std::uint32_t first = 0;
  std::uint32_t last = 0;
};

tally operator+(const tally& a, const tally& b) {
  tally out = a;
  for (std::size_t c = 0; c < reply_class_count; ++c)
    out.sum[c] += b.sum[c];
  out.traits += b.traits;
  out.last = b.last;
  return out;
}

tally tally_of(const findings& f, std::uint32_t sentence, const vote_model& model,
               std::vector<feature>& features) {
  tally out;
  features.clear();
  features_of(f, sentence, features);
  for (const auto& trait : features)
    model.add(trait.hash, out.sum);
  out.traits = static_cast<float>(features.size());
  out.first = f.text.sentences[sentence].first;
  out.last = f.text.sentences[sentence].last;
  return out;
}

/// One class against the others, made to sum to one.
scores probabilities(const tally& t, const vote_model& model) {
  scores p{};
  float total = 0;
  const float norm = 1.0F / std::sqrt(std::max(t.traits, 1.0F));
  for (std::size_t c = 0; c < reply_class_count; ++c) {
    p[c] = 1.0F / (1.0F + std::exp(-(t.sum[c] * norm + model.bias(c))));
    total += p[c];
  }
  // How sure it is of an opt-out does not depend on the others: where nothing is known, none is likely.
  for (std::size_t c = 0; c < reply_class_count; ++c)
    if (c != static_cast<std::size_t>(reply_class::opt_out)) p[c] /= total;
  return p;
}

void take(ballot& b, const tally& t, const vote_model& model) {
  const auto p = probabilities(t, model);
  for (std::size_t c = 0; c < reply_class_count; ++c)
    if (p[c] > b.lines[c].probability) b.lines[c] = {p[c], t.first, t.last};
}

}  // namespace

ballot vote_on(const findings& f) { return vote_on(f, embedded_vote()); }

ballot vote_on(const findings& f, const vote_model& model) {
  ballot out;
  if (f.body_sentences == 0 || model.empty()) return out;
  static thread_local std::vector<feature> features;
  // A request may be one sentence of many, or take two to say.
  constexpr std::uint32_t sentences_max = 60;
  const auto count = std::min(f.body_sentences, sentences_max);
  tally before, whole;
  for (std::uint32_t s = 0; s < count; ++s) {
    const auto here = tally_of(f, s, model, features);
    take(out, here, model);
    if (s > 0) take(out, before + here, model);
    whole = s == 0 ? here : whole + here;
    before = here;
  }
  if (count > 2 && count <= 5) take(out, whole, model);
  return out;
}

}  // namespace heed::reply
