#include <chrono>
#include <cstdio>
#include <ctime>
#include <string>
#include <thread>
#include <vector>

#include "actors/lead/reply/reply.hpp"

/// Replies read a second: `heed_reply_speed [THREADS] [SECONDS]`. Replies whose own words are some 500
/// characters, with a signature and a quoted mail below, in several languages and of most classes, one after
/// another; printed, never asserted.
namespace {

using namespace heed;
using namespace heed::reply;

const std::vector<std::string>& replies() {
  static const std::vector<std::string> all = [] {
    const std::vector<std::string> openings{
        "Hi Dana,\n\nThanks for the thorough write-up, I read it on the train this morning and shared it "
        "with two colleagues. ",
        "Hallo Frau Becker,\n\nvielen Dank für Ihre ausführliche Nachricht, die ich heute mit meinem Team "
        "besprochen habe. ",
        "Bonjour,\n\nmerci pour votre message que j'ai lu avec attention et transmis à mes collègues du "
        "service commercial. ",
        "Buenos días,\n\ngracias por su mensaje, que he leído con atención y comentado con el resto del "
        "equipo esta mañana. "};
    const std::vector<std::string> middles{
        "We are a team of forty in three countries and the topic comes up in every planning round. What "
        "would the annual plan cost for all of us?",
        "Could we find half an hour next week, ideally Tuesday or Thursday afternoon, so that my colleague "
        "from operations can join as well?",
        "After some thought we would prefer not to hear about this again, so kindly see to it that our "
        "addresses are not used for this any more.",
        "Budget is gone for this half of the year, but the second half looks better. Please check back with "
        "me in July when the new plan is out.",
        "That said, we already work with another provider and I fail to see what we would gain by moving "
        "everything over to a new system now."};
    const std::string more =
        "\n\nFor context: we have grown from four to eleven sites since the spring, most of the team works "
        "from the road, and whatever we pick "
        "has to live with two older systems that nobody dares to touch.";
    const std::string end =
        "\n\nKind regards,\nMartin Example\nHead of Operations | Example Ltd\n+44 20 7946 0000\n\nOn Tue, "
        "Mar 3, 2026 at 9:12 AM Dana <dana@acme.test> "
        "wrote:\n> Hi Martin,\n> if you would rather not hear from me, just say stop.\n";
    std::vector<std::string> made;
    for (const auto& o : openings)
      for (const auto& m : middles)
        made.push_back(o + m + more + end);
    return made;
  }();
  return all;
}

std::size_t read_for(std::chrono::steady_clock::duration time, vote_use vote) {
  std::size_t count = 0;
  reply_input input;
  input.subject = "Re: Quick question";
  input.received_at = parse_iso("2026-03-10T09:30:00Z").value();
  const auto until = std::chrono::steady_clock::now() + time;
  do {
    for (const auto& text : replies()) {
      input.text = text;
      count += read_reply(input, vote).rule.empty() ? 0 : 1;
    }
  } while (std::chrono::steady_clock::now() < until);
  return count;
}

void measure(const char* name, unsigned threads, unsigned seconds, vote_use vote) {
  std::vector<std::size_t> counts(threads);
  std::vector<std::thread> workers;
  const auto begin = std::chrono::steady_clock::now();
  const auto cpu_begin = std::clock();
  for (unsigned t = 0; t < threads; ++t)
    workers.emplace_back([&, t] { counts[t] = read_for(std::chrono::seconds{seconds}, vote); });
  for (auto& w : workers)
    w.join();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  const auto cpu = static_cast<double>(std::clock() - cpu_begin) / CLOCKS_PER_SEC;
  std::size_t sum = 0;
  for (const auto c : counts)
    sum += c;
  // Others may share the machine: what a core's second is worth says more than the clock on the wall.
  std::printf("%-12s %u threads: %.0f replies/s, %.0f a core and second\n", name, threads,
              static_cast<double>(sum) / took.count(), static_cast<double>(sum) / cpu);
}

}  // namespace

int main(int argc, char** argv) {
  const auto threads = argc > 1 ? static_cast<unsigned>(std::stoul(argv[1])) : 2u;
  const auto seconds = argc > 2 ? static_cast<unsigned>(std::stoul(argv[2])) : 3u;
  std::size_t bytes = 0, own = 0;
  for (const auto& r : replies())
    bytes += r.size(), own += r.find("\n\nKind regards");
  (void)read_for(std::chrono::milliseconds{1}, vote_use::asked);  // the tables are built at first use
  std::printf("%zu replies of %zu characters on average, %zu of them the lead's own\n", replies().size(),
              bytes / replies().size(), own / replies().size());
  measure("rules", threads, seconds, vote_use::off);
  measure("rules, vote", threads, seconds, vote_use::asked);
  return 0;
}
