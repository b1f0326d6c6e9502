// What a workspace's people teach of when people are there: looked at once a day, learned by a reader, in force with the next view.
#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "runtime/learned_priors.hpp"
#include "runtime/node.hpp"

namespace heed {
namespace {

constexpr auto look_every = std::chrono::hours(24);

}  // namespace

std::optional<std::uint32_t> node::queue_of(const workspace_id& ws, const account_id& id) const {
  if (!services_.dispatches(ws, id)) return std::nullopt;
  return latencies_.with(ws, id, [](const latency_tracker& t) { return t.depth(); });
}

api::engine::taught_priors node::priors_of(const workspace_id& ws) const {
  const auto view = registry_->view(ws);
  return view ? taught_priors{view->priors_version, view->priors} : taught_priors{};
}

void node::learn_from_people() {
  const auto at = now();
  for (const auto& ws : registry_->known()) {
    if (!services_.is_ours(ws)) continue;
    const auto [last, fresh] = looked_for_priors_.try_emplace(ws, at);
    if (!fresh && at - last->second < look_every) continue;
    last->second = at;
    learn_from(ws);
  }
}

void node::learn_from(const workspace_id& ws) {
  read([this, ws, at = now()](store_reader& r) {
    auto made = learn_anew(r, ws, at);
    if (!made) {
      spdlog::warn("timing.not_learned workspace={} why=\"{}\"", ws.value, made.error().detail);
      return;
    }
    if (!*made) return;
    write([this, ws, at, made = std::move(**made)](store& s) {
      const auto version = keep_priors(s, ws, made.known, made.engagements, at);
      if (!version) return spdlog::warn("timing.not_kept workspace={} why=\"{}\"", ws.value, version.error().detail);
      spdlog::info("timing.learned workspace={} version={} engagements={}", ws.value, *version, made.engagements);
      reload(ws, {});
    });
  });
}

}  // namespace heed
