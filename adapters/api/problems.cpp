#include "adapters/api/problems.hpp"

namespace heed::api {

http::problem not_found() {
  return {404,         "not_found",
          "Not found", "There is nothing here that this key may see.",
          {},          "Check the path and the ids in it."};
}

http::problem workspace_not_found() {
  auto p = not_found();
  p.detail = "Workspace not found";
  p.fix = "Check the workspace's id in the path.";
  return p;
}

http::problem unauthorized() {
  return {401,
          "unauthorized",
          "Unauthorized",
          "Not authenticated",
          "Authorization",
          "Send `Authorization: Bearer KEY` with a key that was not revoked, or sign in."};
}

http::problem forbidden(role needed) {
  const std::string name(to_string(needed));
  return {403,
          "forbidden",
          "Forbidden",
          "This needs a key with role " + name + " or more.",
          "Authorization",
          "Use a key of role " + name + "."};
}

http::problem unprocessable(std::string field, std::string detail, std::string fix) {
  return {422, "unprocessable", "Unprocessable content", std::move(detail), std::move(field), std::move(fix)};
}

http::problem unprocessable(const std::vector<problem>& all) {
  auto p = unprocessable("", "The document is not valid.", "Correct it and send it again.");
  if (all.empty()) return p;
  p.field = all.front().field;
  p.detail = all.front().detail;
  p.fix = all.size() == 1 ? "Correct this field and send the document again."
                          : "Correct all fields listed in `problems` and send the document again.";
  auto list = nlohmann::json::array();
  for (const auto& each : all)
    list.push_back({{"field", each.field}, {"detail", each.detail}});
  p.more["problems"] = std::move(list);
  return p;
}

http::problem conflict(std::string slug, std::string detail, std::string fix) {
  return {409, std::move(slug), "Conflict", std::move(detail), {}, std::move(fix)};
}

http::problem internal() {
  return {500,
          "internal",
          "Internal error",
          "The request met an error of the server.",
          {},
          "Try again; report it if it stays."};
}

http::problem store_away() {
  return {503,
          "store_away",
          "Service unavailable",
          "The store cannot be reached just now; nothing was done.",
          {},
          "Try again after the time named."};
}

http::problem from_hook(const inbound::hook_problem& p) {
  http::problem out;
  out.status = p.status;
  out.detail = p.detail;
  out.field = p.field;
  switch (p.status) {
    case 401:
      out.slug = "bad_signature";
      out.fix = "Sign with the secret configured for this provider, and deliver within its time window.";
      break;
    case 413:
      out.slug = "body_too_large";
      out.fix = "Send it in smaller parts.";
      break;
    default:
      out.slug = "unprocessable";
      out.fix = "Correct the field named and send it again.";
  }
  out.title = p.title.empty() ? (p.status == 401 ? "Unauthorized" : "Unprocessable content") : p.title;
  return out;
}

store_refusal from_store(const store_error& e) {
  switch (e.code) {
    case errc::retry:
      return {{503,
               "overloaded",
               "Service unavailable",
               "The server is overloaded; nothing was accepted.",
               {},
               "Try again after the time named."},
              1};
    case errc::unknown:
      return {{503,
               "unknown_outcome",
               "Service unavailable",
               "It is not known whether this was done.",
               {},
               "Repeat it with the same Idempotency-Key or event id; what was done is not done twice."},
              1};
    case errc::not_found:
      return {not_found(), 0};
    case errc::conflict:
      return {conflict("conflict", "Somebody changed it meanwhile.", "Read it again and repeat the change."),
              0};
    case errc::refused:
      return {conflict("refused", "The store refused this.", "Check what is there already."), 0};
    case errc::fatal:
      break;
  }
  return {internal(), 0};
}

}  // namespace heed::api
