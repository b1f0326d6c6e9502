#include "adapters/http/problem.hpp"

namespace heed::http {

response to_response(const problem& p) {
  auto body = p.more.is_object() ? p.more : nlohmann::json::object();
  body["type"] = "urn:heed:problem:" + p.slug;
  body["title"] = p.title;
  body["status"] = p.status;
  body["detail"] = p.detail;
  if (!p.field.empty()) body["field"] = p.field;
  if (!p.fix.empty()) body["fix"] = p.fix;
  response r;
  r.status = p.status;
  r.type = "application/problem+json";
  // Texts of a caller may hold broken UTF-8; an answer must not fail for it.
  r.body = body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return r;
}

response to_response(const problem& p, unsigned retry_after_seconds) {
  auto r = to_response(p);
  r.headers.emplace_back("Retry-After", std::to_string(retry_after_seconds));
  return r;
}

}  // namespace heed::http
