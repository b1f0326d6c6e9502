#include "adapters/api/idempotency.hpp"

#include <algorithm>
#include <atomic>

#include "adapters/api/crypto.hpp"
#include "adapters/api/service.hpp"

namespace heed::api {

namespace {

constexpr std::size_t key_max = 255;

bool is_usable(std::string_view key) {
  return key.size() <= key_max && std::ranges::all_of(key, [](char c) { return c > ' ' && c < 127; });
}

/// Deterministic answers are kept; what a correction or a later try may change is not.
bool is_final(int status) { return (status >= 200 && status < 300) || status == 409; }

std::string pack(const http::response& r, const std::optional<std::string>& kept_body) {
  nlohmann::json j{{"status", r.status}, {"type", r.type}, {"body", kept_body.value_or(r.body)}};
  j["headers"] = nlohmann::json::array();
  for (const auto& [name, value] : r.headers)
    j["headers"].push_back({name, value});
  return j.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

http::response unpack(const std::string& text) {
  const auto j = nlohmann::json::parse(text);
  http::response r;
  r.status = j.at("status").get<int>();
  r.type = j.at("type").get<std::string>();
  r.body = j.at("body").get<std::string>();
  for (const auto& h : j.at("headers"))
    r.headers.emplace_back(h.at(0).get<std::string>(), h.at(1).get<std::string>());
  r.headers.emplace_back("Idempotent-Replayed", "true");
  return r;
}

/// The name of a request under way, held as long as anything may still answer it.
class lease {
 public:
  lease(std::shared_ptr<service> s, std::string name) : svc_(std::move(s)), name_(std::move(name)) {}
  lease(const lease&) = delete;
  lease& operator=(const lease&) = delete;
  ~lease() { release(); }

  /// Before the answer leaves: a caller that repeats at once must find what is kept, not the name taken.
  void release() {
    if (!held_.exchange(false)) return;
    svc_->end(name_);
  }

 private:
  std::shared_ptr<service> svc_;
  std::string name_;
  std::atomic<bool> held_{true};
};

struct guarded {
  std::string key;      ///< in the store, per caller
  std::string request;  ///< hash of what was asked
  std::shared_ptr<lease> under_way;
};

void keep_answer(const call_ptr& c, const guarded& g) {
  c->intercept = [c = c.get(), g](http::response r) {
    const auto self = c->shared_from_this();
    if (!is_final(r.status)) {
      g.under_way->release();
      return self->send(std::move(r));
    }
    // Kept before it is sent: a caller that has its answer finds the same one again. When it cannot be kept,
    // the deed is done all the same and the caller must hear of it.
    self->node().write([self, g, r = std::move(r)](store& s) mutable {
      (void)s.put_idempotent_answer(self->workspace, g.key, g.request, pack(r, self->kept_body),
                                    self->node().now());
      g.under_way->release();
      self->send(std::move(r));
    });
  };
}

void replay(const call_ptr& c, const guarded& g, const std::pair<bytes, bytes>& kept) {
  if (!same_secret(kept.first, g.request))
    return c->refuse({422, "idempotency_key_reused", "Unprocessable content",
                      "This Idempotency-Key was used for another request.", "Idempotency-Key",
                      "Use a new key for a new request."});
  g.under_way->release();
  c->send(unpack(kept.second));
}

}  // namespace

void guard_repeats(const call_ptr& c, std::function<void(const call_ptr&)> next) {
  const std::string given(c->request.header("idempotency-key"));
  if (given.empty()) return next(c);
  if (!is_usable(given))
    return c->refuse(unprocessable("Idempotency-Key", "The key is not usable.",
                                   "Send at most 255 visible ASCII characters."));
  guarded g;
  g.key = c->caller() + ":" + given;
  g.request = sha256_hex(c->request.method + " " + c->request.target + "\n" + c->request.body);
  const auto name = c->workspace.value + "\n" + g.key;
  if (!c->svc->begin(name))
    return c->refuse({409, "request_under_way", "Conflict",
                      "The first request with this Idempotency-Key is still being answered.",
                      "Idempotency-Key", "Repeat it after the time named."},
                     1);
  g.under_way = std::make_shared<lease>(c->svc, name);
  c->node().read([c, g, next = std::move(next)](store_reader& r) {
    try {
      const auto kept = r.idempotent_answer(c->workspace, g.key);
      if (!kept) {
        return c->refuse(kept.error());
      }
      if (*kept) return replay(c, g, **kept);
      keep_answer(c, g);
      next(c);
    } catch (const std::exception&) {
      c->refuse(internal());
    }
  });
}

}  // namespace heed::api
