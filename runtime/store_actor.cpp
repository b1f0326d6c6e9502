#include "runtime/store_actor.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <caf/send.hpp>
#include <iterator>

#include "actors/lead/check.hpp"
#include "persistence/store_decorator.hpp"

namespace heed {
namespace {

/// Notes the first error after which nobody knows what the medium holds.
class judged_store final : public store_decorator {
 public:
  using store_decorator::store_decorator;
  std::optional<store_error> in_doubt;

 private:
  void failed(const store_error& e) override {
    if (!in_doubt && (e.code == errc::unknown || e.code == errc::fatal)) in_doubt = e;
  }
};

template <class T>
void move_all(std::vector<T>& from, std::vector<T>& to) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
  from.clear();
}

}  // namespace

store_actor::store_actor(caf::actor_config& cfg, std::string path, caf::actor boss, supervision* board,
                         store& target, telemetry& figures, store_actor_options options)
    : component_actor(cfg, std::move(path), std::move(boss), board),
      target_(target),
      figures_(figures),
      options_(std::move(options)) {}

caf::behavior store_actor::running() {
  return {
      [this](commit_work& w) {
        open_.batch.commits.push_back(std::move(w.commit));
        open_.commits.push_back(std::move(w.reply_to));
        queued(open_.commits.size());
      },
      [this](accept_work& w) {
        open_.accepts.push_back({std::move(w.reply_to), w.ticket, w.items.size()});
        move_all(w.items, open_.batch.accepts);
        queued(open_.batch.accepts.size());
      },
      [this](claim_work& w) {
        open_.batch.claims.push_back(std::move(w.request));
        open_.claims.push_back(std::move(w.reply_to));
        queued(open_.claims.size());
      },
      [this](finish_work& w) {
        open_.batch.finishes.push_back(std::move(w.request));
        if (w.copy) open_.batch.sandbox.push_back(std::move(*w.copy));
        open_.finishes.push_back(std::move(w.reply_to));
        queued(open_.finishes.size());
      },
      [this](tick) {
        flush_asked_ = false;
        flush();
      },
      [this](store_job& j) {
        flush();
        run(j);
      },
  };
}

/// What a job writes ends the process like any other write when nobody knows what became of it.
void store_actor::run(store_job& j) {
  judged_store judged(target_);
  j.run(judged);
  if (judged.in_doubt) lose(*judged.in_doubt);
}

void store_actor::lose(const store_error& e) {
  spdlog::critical("store.lost code={} detail={}", to_string(e.code), e.detail);
  escalate(e.detail);
}

void store_actor::queued(std::size_t of_this_kind) {
  if (of_this_kind >= options_.cap && tries_ == 0) return flush();
  if (flush_asked_) return;
  flush_asked_ = true;
  if (options_.linger.count() > 0 && last_size_ >= options_.large)
    delayed_send(this, std::clamp(last_took_ / 2, options_.linger, std::max(options_.linger, options_.longest_linger)), tick{});
  else
    send(this, tick{});
}

void store_actor::flush() {
  if (open_.batch.empty()) return;
  auto w = std::exchange(open_, {});
  if (write(w) == fate::later) try_later(std::move(w));
}

store_actor::fate store_actor::write(work& w) {
  const auto size =
      w.batch.accepts.size() + w.batch.commits.size() + w.batch.claims.size() + w.batch.finishes.size();
  last_size_ = size;
  const auto began = clock().now();
  result<write_result> written = fail(errc::fatal, "not written");
  try {
    written = target_.write(w.batch);
  } catch (const std::exception& e) {
    // What an exception left behind in the medium nobody knows; only a new start can tell.
    written = fail(errc::unknown, e.what());
  }
  last_took_ = std::chrono::duration_cast<std::chrono::microseconds>(clock().now() - began);
  if (written) {
    succeeded();
    figures_.committed(size);
    answer(w, std::move(*written));
    return fate::settled;
  }
  const auto& error = written.error();
  switch (error.code) {
    case errc::retry:
      failed_once_more();
      if (tries_ <= options_.retries) return fate::later;
      [[fallthrough]];
    case errc::unknown:
    case errc::fatal:
      lose(error);
      return fate::lost;
    default:
      if (w.askers() > 1) return write_one_by_one(w);
      answer_error(w, error);
      return fate::settled;
  }
}

void store_actor::failed_once_more() {
  if (tries_++ == 0) failing_since_ = clock().now();
  if (away_ || clock().now() - failing_since_ < options_.away_after) return;
  away_ = true;
  if (options_.tell_away) options_.tell_away(true);
}

void store_actor::succeeded() {
  tries_ = 0;
  if (std::exchange(away_, false) && options_.tell_away) options_.tell_away(false);
}

void store_actor::try_later(work w) {
  // What came meanwhile goes behind what could not be written, in the order of arrival.
  auto newer = std::exchange(open_, std::move(w));
  open_.append(newer);
  flush_asked_ = true;
  const auto pause = std::min(options_.longest_pause, options_.first_pause * (1u << std::min(tries_, 8u)));
  delayed_send(this, pause, tick{});
}

std::size_t store_actor::work::askers() const {
  return accepts.size() + commits.size() + claims.size() + finishes.size();
}

void store_actor::work::append(work& later) {
  move_all(later.batch.accepts, batch.accepts);
  move_all(later.batch.commits, batch.commits);
  move_all(later.batch.finishes, batch.finishes);
  move_all(later.batch.claims, batch.claims);
  move_all(later.batch.sandbox, batch.sandbox);
  move_all(later.accepts, accepts);
  move_all(later.commits, commits);
  move_all(later.finishes, finishes);
  move_all(later.claims, claims);
}

void store_actor::answer(work& w, write_result r) {
  CHECK(r.commits.size() == w.commits.size());
  CHECK(r.claims.size() == w.claims.size());
  CHECK(r.finishes.size() == w.finishes.size());
  const auto fenced =
      static_cast<std::size_t>(std::ranges::count(r.commits, commit_result::what::fenced, &commit_result::outcome) +
                               std::ranges::count(r.claims, claim_result::what::fenced, &claim_result::outcome));
  if (fenced > 0) figures_.fenced(fenced);
  for (std::size_t i = 0; i < w.commits.size(); ++i)
    send(w.commits[i], commit_done{std::move(w.batch.commits[i]), std::move(r.commits[i])});
  for (std::size_t i = 0; i < w.claims.size(); ++i)
    send(w.claims[i], claim_done{w.batch.claims[i].id, std::move(r.claims[i])});
  for (std::size_t i = 0; i < w.finishes.size(); ++i)
    send(w.finishes[i], finish_done{w.batch.finishes[i].id, std::move(r.finishes[i])});
  auto next = std::make_move_iterator(r.accepts.begin());
  for (auto& part : w.accepts) {
    const auto end = next + static_cast<std::ptrdiff_t>(part.count);
    send(part.reply_to, accept_done{part.ticket, std::vector<accept_result>(next, end)});
    next = end;
  }
}

void store_actor::answer_error(work& w, const store_error& e) {
  const auto error = tl::unexpected<store_error>(e);
  for (std::size_t i = 0; i < w.commits.size(); ++i)
    send(w.commits[i], commit_done{std::move(w.batch.commits[i]), error});
  for (std::size_t i = 0; i < w.claims.size(); ++i)
    send(w.claims[i], claim_done{w.batch.claims[i].id, error});
  for (std::size_t i = 0; i < w.finishes.size(); ++i)
    send(w.finishes[i], finish_done{w.batch.finishes[i].id, error});
  for (auto& part : w.accepts)
    send(part.reply_to, accept_done{part.ticket, error});
}

store_actor::fate store_actor::write_one_by_one(work& w) {
  std::vector<work> singles;
  std::size_t item = 0;
  for (auto& part : w.accepts) {
    work one;
    for (std::size_t i = 0; i < part.count; ++i)
      one.batch.accepts.push_back(std::move(w.batch.accepts[item++]));
    one.accepts.push_back(std::move(part));
    singles.push_back(std::move(one));
  }
  for (std::size_t i = 0; i < w.commits.size(); ++i) {
    work one;
    one.batch.commits.push_back(std::move(w.batch.commits[i]));
    one.commits.push_back(std::move(w.commits[i]));
    singles.push_back(std::move(one));
  }
  for (std::size_t i = 0; i < w.finishes.size(); ++i) {
    work one;
    const auto id = w.batch.finishes[i].id;
    one.batch.finishes.push_back(std::move(w.batch.finishes[i]));
    one.finishes.push_back(std::move(w.finishes[i]));
    for (auto& copy : w.batch.sandbox)
      if (copy.effect == id) one.batch.sandbox.push_back(std::move(copy));
    singles.push_back(std::move(one));
  }
  for (std::size_t i = 0; i < w.claims.size(); ++i) {
    work one;
    one.batch.claims.push_back(std::move(w.batch.claims[i]));
    one.claims.push_back(std::move(w.claims[i]));
    singles.push_back(std::move(one));
  }
  for (auto one = singles.begin(); one != singles.end(); ++one) {
    const auto f = write(*one);
    if (f == fate::settled) continue;
    // What is left waits for its time together.
    if (f == fate::later) {
      for (auto next = one + 1; next != singles.end(); ++next)
        one->append(*next);
      try_later(std::move(*one));
    }
    return f == fate::lost ? f : fate::settled;
  }
  return fate::settled;
}

reader_actor::reader_actor(caf::actor_config& cfg, std::string path, caf::actor boss, supervision* board,
                           store& source)
    : component_actor(cfg, std::move(path), std::move(boss), board), source_(source) {}

caf::behavior reader_actor::running() {
  return {[this](reader_job& j) {
    if (!reader_) {
      auto opened = source_.reader();
      CHECK(opened.has_value());
      reader_ = std::move(*opened);
    }
    j.run(*reader_);
  }};
}

}  // namespace heed
