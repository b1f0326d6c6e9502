#include "adapters/api/change_feed.hpp"

#include <algorithm>
#include <charconv>

namespace heed::api {

namespace {

/// Enough for a page that was out of reach for some seconds at fifty events a second.
constexpr std::size_t events_kept = 2'048;
/// Of one listener that does not read.
constexpr std::size_t most_unread = 256 * 1024;

}  // namespace

bool change_feed::wanted(const workspace_id& ws) const {
  const std::lock_guard lock(mutex_);
  return rooms_.contains(ws);
}

std::string change_feed::head(std::uint64_t number, std::string_view event) const {
  std::string out = "id: " + life_ + "." + std::to_string(number) + "\n";
  if (!event.empty()) out.append("event: ").append(event).append("\n");
  return out;
}

void change_feed::tell(listener& l, const room& r, std::string_view text) {
  if (l.missed) {
    const auto reset = head(r.next - 1, "reset") + "data: {}\n\n";
    if (!l.to->push(reset)) return;
    l.missed = false;
  }
  if (!l.to->push(text)) l.missed = true;
}

void change_feed::publish(const workspace_id& ws, std::string_view event, std::string_view data) {
  const std::lock_guard lock(mutex_);
  const auto found = rooms_.find(ws);
  if (found == rooms_.end()) return;
  auto& r = found->second;
  const auto number = r.next++;
  auto text = head(number, event).append("data: ").append(data).append("\n\n");
  for (auto& l : r.listeners)
    tell(l, r, text);
  r.kept.push_back({number, std::move(text)});
  if (r.kept.size() > events_kept) r.kept.pop_front();
}

std::shared_ptr<http::live_body> change_feed::listen(const workspace_id& ws, std::string_view last_seen) {
  const std::lock_guard lock(mutex_);
  auto& r = rooms_[ws];
  auto body = std::make_shared<http::live_body>(most_unread);
  std::string first = "retry: 1000\n\n";
  if (last_seen.empty()) {
    first += head(r.next - 1, "hello") + "data: {}\n\n";
  } else {
    const auto dot = last_seen.rfind('.');
    std::uint64_t seen = 0;
    const bool ours =
        dot != last_seen.npos && last_seen.substr(0, dot) == life_ &&
        std::from_chars(last_seen.data() + dot + 1, last_seen.data() + last_seen.size(), seen).ec ==
            std::errc{};
    const auto oldest = r.kept.empty() ? r.next : r.kept.front().number;
    if (!ours || seen + 1 < oldest || seen >= r.next) {
      first += head(r.next - 1, "reset") + "data: {}\n\n";
    } else {
      for (const auto& each : r.kept)
        if (each.number > seen) first += each.text;
    }
  }
  if (!body->push(first)) (void)body->push(head(r.next - 1, "reset") + "data: {}\n\n");
  r.listeners.push_back({body, false});
  return body;
}

void change_feed::beat() {
  const std::lock_guard lock(mutex_);
  for (auto& [ws, r] : rooms_) {
    std::erase_if(r.listeners, [](const listener& l) { return l.to->is_gone(); });
    for (auto& l : r.listeners)
      tell(l, r, ": beat\n\n");
  }
}

std::size_t change_feed::listeners() const {
  const std::lock_guard lock(mutex_);
  std::size_t all = 0;
  for (const auto& [ws, r] : rooms_)
    all += r.listeners.size();
  return all;
}

}  // namespace heed::api
