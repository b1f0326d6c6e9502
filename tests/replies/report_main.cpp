#include <cstdio>
#include <exception>
#include <string_view>

#include "tests/replies/corpus.hpp"

/// `heed_reply_report [--rules-only] [--mistakes] FILE...`: how well labelled replies are read, a table a
/// file.
int main(int argc, char** argv) {
  using namespace heed;
  auto vote = reply::vote_use::asked;
  bool mistakes = false;
  try {
    for (int i = 1; i < argc; ++i) {
      const std::string_view word = argv[i];
      if (word == "--rules-only") {
        vote = reply::vote_use::off;
      } else if (word == "--mistakes") {
        mistakes = true;
      } else {
        const auto corpus = tests::load_corpus(argv[i]);
        const auto figures = tests::measure(corpus, vote);
        std::printf("%s\n%s\n", argv[i], tests::report_of(figures).c_str());
        if (mistakes)
          for (const auto& m : figures.mistakes)
            std::printf("%s\n", m.c_str());
      }
    }
  } catch (const std::exception& fault) {
    std::fprintf(stderr, "heed_reply_report: %s\n", fault.what());
    return 1;
  }
  return 0;
}
