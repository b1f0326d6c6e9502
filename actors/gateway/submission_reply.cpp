#include "actors/gateway/submission_reply.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "actors/gateway/gateway_actor.hpp"

namespace heed {

submission_reply::submission_reply(std::size_t items, bool waits, bool facts, answer done, door_figures* figures)
    : outcomes_(items),
      ways_(items, way::open),
      open_(items),
      waits_(waits),
      facts_(facts),
      done_(std::move(done)),
      figures_(figures) {}

void submission_reply::sent(std::size_t index, const lead_id& lead) {
  std::lock_guard guard(lock_);
  ways_[index] = way::direct;
  outcomes_[index].leads = {lead};
}

void submission_reply::kept(std::size_t index, const accept_result& r) {
  std::unique_lock guard(lock_);
  if (ways_[index] == way::durable) return;
  auto& o = outcomes_[index];
  o.accepted = r.outcome;
  o.leads.clear();
  for (const auto& l : r.leads)
    o.leads.push_back(l.lead);
  if (r.outcome == accept_result::what::accepted) undecided_ += r.leads.size();
  durable(index);
  answer_if_complete(std::move(guard));
}

void submission_reply::wait_no_more() {
  std::unique_lock guard(lock_);
  waits_ = false;
  answer_if_complete(std::move(guard));
}

void submission_reply::failed(const store_error& e) {
  std::unique_lock guard(lock_);
  auto done = std::exchange(done_, nullptr);
  guard.unlock();
  if (done) done(tl::unexpected<store_error>(e));
}

bool submission_reply::answered() const {
  std::lock_guard guard(lock_);
  return !done_;
}

void submission_reply::decided(std::size_t index, std::uint64_t seq, const std::vector<fact>& facts,
                               std::vector<std::string> calls) {
  std::unique_lock guard(lock_);
  if (!done_) return;
  auto& o = outcomes_[index];
  if (!o.seq) {
    o.seq = seq;
    if (waits_ && facts_) o.facts = facts;
  }
  std::ranges::move(calls, std::back_inserter(o.calls_in_flight));
  if (ways_[index] == way::durable)
    --undecided_;
  else
    durable(index);
  answer_if_complete(std::move(guard));
}

void submission_reply::given_up(std::size_t index) {
  std::unique_lock guard(lock_);
  if (ways_[index] == way::durable && undecided_ > 0) --undecided_;
  answer_if_complete(std::move(guard));
}

void submission_reply::repeated(std::size_t index) {
  std::unique_lock guard(lock_);
  if (ways_[index] == way::durable) return;
  outcomes_[index].accepted = accept_result::what::duplicate;
  durable(index);
  answer_if_complete(std::move(guard));
}

bool submission_reply::reads_facts() const {
  std::lock_guard guard(lock_);
  return waits_ && facts_;
}

void submission_reply::durable(std::size_t index) {
  ways_[index] = way::durable;
  --open_;
  if (figures_) figures_->accepted(outcomes_[index].accepted);
}

void submission_reply::answer_if_complete(std::unique_lock<std::mutex> guard) {
  if (!done_ || open_ > 0 || (waits_ && undecided_ > 0)) return;
  auto done = std::exchange(done_, nullptr);
  auto outcomes = std::move(outcomes_);
  guard.unlock();
  done(std::move(outcomes));
}

}  // namespace heed
