#include "adapters/http/message.hpp"
#include "adapters/http/problem.hpp"

#define CAF_SUITE http_message
#include <caf/test/dsl.hpp>

using namespace heed::http;

namespace {

request with_target(const std::string& target) {
  request r;
  r.method = "GET";
  r.target = target;
  CAF_CHECK(split_target(r));
  return r;
}

}  // namespace

CAF_TEST(targets are split and decoded) {
  const auto r = with_target("/a%20b/c?x=1&y=a+b%26c&empty=&flag#part");
  CAF_CHECK_EQUAL(r.path, "/a b/c");
  CAF_CHECK_EQUAL(r.query_value("x"), "1");
  CAF_CHECK_EQUAL(r.query_value("y"), "a b&c");
  CAF_CHECK_EQUAL(r.query.size(), 4u);
  CAF_CHECK_EQUAL(with_target("http://host:80/x?y=1").path, "/x");
  CAF_CHECK_EQUAL(with_target("http://host").path, "/");
}

CAF_TEST(broken targets are refused) {
  for (const auto* bad : {"", "x", "/%", "/%4", "/%gg", "/a?b=%00", "*"}) {
    request r;
    r.method = "GET";
    r.target = bad;
    if (split_target(r) && !r.target.empty()) CAF_ERROR(bad);
  }
  request options;
  options.method = "OPTIONS";
  options.target = "*";
  CAF_CHECK(split_target(options));
}

CAF_TEST(headers that would split the answer are left out) {
  const response r{200, "text/plain", "body", {{"X-Good", "1"}, {"X-Bad", "1\r\nSet-Cookie: a=b"}}};
  const auto bytes = to_bytes(r, false, false, after_answer::keep);
  CAF_CHECK_NOT_EQUAL(bytes.find("X-Good: 1\r\n"), std::string::npos);
  CAF_CHECK_EQUAL(bytes.find("Set-Cookie"), std::string::npos);
  CAF_CHECK(bytes.starts_with("HTTP/1.1 200 OK\r\n"));
  CAF_CHECK(bytes.ends_with("\r\n\r\nbody"));
}

CAF_TEST(answers without a body carry neither length nor type) {
  const auto bytes = to_bytes({204, "text/plain", "ignored", {}}, false, false, after_answer::keep);
  CAF_CHECK_EQUAL(bytes, "HTTP/1.1 204 No Content\r\n\r\n");
}

CAF_TEST(a problem holds what RFC 9457 asks for and survives broken text) {
  problem p{422, "unprocessable", "Unprocessable content", "bad \xff text", "/email", "Fix it."};
  p.more["reason"] = "why";
  const auto r = to_response(p, 3);
  CAF_CHECK_EQUAL(r.type, "application/problem+json");
  const auto body = nlohmann::json::parse(r.body);
  CAF_CHECK_EQUAL(body["type"], "urn:heed:problem:unprocessable");
  CAF_CHECK_EQUAL(body["status"], 422);
  CAF_CHECK_EQUAL(body["field"], "/email");
  CAF_CHECK_EQUAL(body["fix"], "Fix it.");
  CAF_CHECK_EQUAL(body["reason"], "why");
  CAF_CHECK_EQUAL(r.headers.at(0).second, "3");
}
