#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/api/api.hpp"
#include "adapters/api/problems.hpp"
#include "adapters/api/users.hpp"

namespace heed::api {

struct route;
class service;

/// Somebody who signed in to the console, known by the request's cookie.
struct caller_session {
  console_user user;
  user_session session;
};

/// One request on its way through the API: who asks, for what, and the one way to answer. Shared by the
/// callbacks that carry it between threads; only one of them works on it at a time.
class call : public std::enable_shared_from_this<call> {
 public:
  call(std::shared_ptr<service> s, http::request r, http::reply give)
      : svc(std::move(s)), request(std::move(r)), give_(std::move(give)) {}

  std::shared_ptr<service> svc;
  http::request request;
  const route* matched = nullptr;
  std::vector<std::pair<std::string_view, std::string>> params;  ///< of the path, decoded
  workspace_id workspace;          ///< of the path; for operators' routes the key's own
  std::optional<api_key_row> key;  ///< none on open routes and hooks
  std::optional<caller_session> session;  ///< none = whoever asks used a key, or nothing
  /// What is kept for a repeat of this request in place of the body, when the body holds a secret.
  std::optional<std::string> kept_body;
  /// Sees the answer before it is sent, once; it must send it itself.
  std::function<void(http::response)> intercept;

  [[nodiscard]] const std::string& param(std::string_view name) const;
  [[nodiscard]] engine& node() const;
  [[nodiscard]] const options& opts() const;
  /// The name under which this caller's commands and keys are kept apart from others'.
  [[nodiscard]] std::string caller() const;

  void answer(int status, const nlohmann::json& body,
              std::vector<std::pair<std::string, std::string>> headers = {});
  void answer(http::response r);
  void refuse(const http::problem& p);
  void refuse(const http::problem& p, unsigned retry_after);
  void refuse(const store_error& e);
  /// Past any interception: adds what every answer carries and sends.
  void send(http::response r);

 private:
  http::reply give_;
};
using call_ptr = std::shared_ptr<call>;

/// Runs `f` on a reader thread; whatever it throws is answered as an internal error.
void reading(const call_ptr& c, std::function<void(store_reader&)> f);
/// Runs `f` on the store's writer thread, guarded alike.
void writing(const call_ptr& c, std::function<void(store&)> f);
/// Hands stimuli to the engine; answers its refusals itself and calls `f` with the outcomes.
void submitting(const call_ptr& c, std::vector<engine::submission> items, engine::patience wait,
                std::function<void(std::vector<engine::outcome>)> f);

/// `Prefer: wait=N` (RFC 7240), at most 30 s; none when it is absent or not understood.
[[nodiscard]] std::optional<std::chrono::seconds> preferred_wait(const http::request& r);
/// `Prefer: return=minimal` (RFC 7240): what came of it in numbers is enough.
[[nodiscard]] bool prefers_minimal(const http::request& r);
/// `Preference-Applied`, for an answer that is the decision a caller asked to wait for.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> preference_applied(const http::request& r);

}  // namespace heed::api
