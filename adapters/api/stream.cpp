#include "adapters/api/change_feed.hpp"
#include "adapters/api/handlers.hpp"
#include "adapters/api/service.hpp"

namespace heed::api {

namespace {
/// Each holds a connection open.
constexpr std::size_t listeners_most = 256;
}  // namespace

void stream_changes(const call_ptr& c) {
  const auto& feed = c->opts().feed;
  if (!feed) return c->refuse(not_found());
  if (feed->listeners() >= listeners_most)
    return c->refuse({503,
                      "too_many_streams",
                      "Service unavailable",
                      "Too many pages look on at once.",
                      {},
                      "Close some, or read without the stream."},
                     5);
  http::response r;
  r.type = "text/event-stream";
  r.headers = {{"Cache-Control", "no-store"}, {"X-Accel-Buffering", "no"}};
  if (c->request.method != "HEAD") r.live = feed->listen(c->workspace, c->request.header("last-event-id"));
  c->answer(std::move(r));
}

}  // namespace heed::api
