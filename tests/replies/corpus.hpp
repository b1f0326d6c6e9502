#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "actors/lead/reply/reply.hpp"

/// The labelled replies under tests/fixtures/replies, and how well they are read.
namespace heed::tests {

struct labelled_reply {
  std::string id;
  std::string language;
  reply::reply_class kind = reply::reply_class::neutral;
  std::string subject;
  std::string text;
  reply::reply_input input;  ///< borrows subject and text: an item must not move after `load_corpus`
  std::optional<std::string> resume_on;
  std::optional<std::string> referred_email;
  bool urgent_human = false;
};

/// One file of a corpus; HTML becomes text as the adapters do it. Throws on a broken line: fixtures are ours.
[[nodiscard]] std::vector<labelled_reply> load_corpus(const std::string& path);

struct class_figures {
  std::size_t items = 0;  ///< labelled so
  std::size_t right = 0;
  std::size_t named = 0;  ///< read so
  [[nodiscard]] double precision() const;
  [[nodiscard]] double recall() const;
  [[nodiscard]] double f1() const;
};

struct corpus_figures {
  std::array<class_figures, reply::reply_class_count> classes{};
  std::array<std::array<std::size_t, reply::reply_class_count>, reply::reply_class_count>
      confusion{};  ///< [label][verdict]
  std::size_t items = 0;
  std::size_t right = 0;
  /// Opt-outs and bounces read as what may go on; and those of them by a verdict that really would.
  std::size_t dangerous = 0;
  std::size_t acted_on = 0;
  std::size_t days = 0, days_right = 0;
  std::size_t addresses = 0, addresses_right = 0;
  std::size_t urgent = 0, urgent_found = 0, urgent_false = 0;
  std::vector<std::string> mistakes;  ///< one line each

  /// Over the classes that occur.
  [[nodiscard]] double macro_f1() const;
  [[nodiscard]] const class_figures& of(reply::reply_class c) const {
    return classes[static_cast<std::size_t>(c)];
  }
};

[[nodiscard]] corpus_figures measure(const std::vector<labelled_reply>& corpus, reply::vote_use vote);

/// Per-class precision, recall and F1, the confusion matrix and the sums, as text.
[[nodiscard]] std::string report_of(const corpus_figures& figures);

}  // namespace heed::tests
