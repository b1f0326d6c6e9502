#include "runtime/chaos.hpp"

#include <algorithm>

namespace heed {
namespace {

using what = chaos_request::what;

const std::map<std::string, what, std::less<>> kinds{{"crash", what::crash}, {"hang", what::hang}, {"poison", what::poison},
                                                     {"throw_every", what::throw_every}, {"exit", what::exit}};

void check(const chaos_request& r, object_reader& in) {
  const bool of_component = r.is == what::crash || r.is == what::hang;
  if (of_component && r.path.empty()) in.report("path", "is missing: a component's path as GET /admin/actors shows it");
  if (r.is == what::hang && (r.lasts.count() <= 0 || r.lasts > longest_hang))
    in.report("milliseconds", "must be from 1 to " + std::to_string(longest_hang.count()));
  if (r.is == what::poison && r.lead.empty()) in.report("lead", "is missing: the lead's id");
  if (r.is == what::poison && (r.times == 0 || r.times > most_failures))
    in.report("times", "must be from 1 to " + std::to_string(most_failures));
}

}  // namespace

tl::expected<chaos_request, problems> read_chaos(const nlohmann::json& body) {
  problems found;
  object_reader in(body, "", found);
  chaos_request r;
  const auto name = in.text("what");
  const auto kind = name ? kinds.find(*name) : kinds.end();
  if (kind == kinds.end())
    in.report("what", "must be crash, hang, poison, throw_every or exit");
  else
    r.is = kind->second;
  in.read("path", r.path);
  in.read("lead", r.lead);
  r.lasts = std::chrono::milliseconds(in.number("milliseconds", 0, longest_hang.count()).value_or(0));
  r.times = static_cast<std::uint64_t>(in.number("times", 0, 1'000'000).value_or(0));
  if (kind != kinds.end()) check(r, in);
  in.finish();
  if (!found.empty()) return tl::unexpected(std::move(found));
  return r;
}

bool chaos_monkey::fails(const lead_id& lead) {
  const auto every = every_.load(std::memory_order_relaxed);
  if (every > 0 && asked_.fetch_add(1, std::memory_order_relaxed) % every == every - 1) return true;
  if (!any_poisoned_.load(std::memory_order_acquire)) return false;
  const std::lock_guard guard(lock_);
  const auto found = poisoned_.find(lead.value);
  if (found == poisoned_.end()) return false;
  if (--found->second == 0) poisoned_.erase(found);
  any_poisoned_ = !poisoned_.empty();
  return true;
}

void chaos_monkey::poison(const lead_id& lead, std::uint64_t times) {
  const std::lock_guard guard(lock_);
  poisoned_[lead.value] = times;
  any_poisoned_ = true;
}

}  // namespace heed
