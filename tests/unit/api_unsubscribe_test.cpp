#include <fstream>
#include <iterator>

#include "actors/lead/links.hpp"
#include "actors/lead/sender_identity.hpp"
#include "adapters/api/one_click.hpp"
#include "adapters/inbound/request_file.hpp"
#include "tests/unit/support/api_world.hpp"
#include "tests/unit/support/inbound_support.hpp"

#define CAF_SUITE api_unsubscribe
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::tests;

namespace {

const header_list form_type{{"content-type", "application/x-www-form-urlencoded"}};
constexpr const char* one_click = "List-Unsubscribe=One-Click";

std::string link_of(api_world& w, const std::string& lead) {
  return "/u/" + link_token(w.first_effect(lead).id, w.link_key());
}

json suppressed(api_world& w, const std::string& lead) {
  return w.get(w.ws + "/leads/" + lead).at("/suppression/person");
}

answer click(api_world& w, const std::string& target, header_list headers = form_type) {
  return w.ask_raw("POST", target, one_click, std::move(headers), "");
}

/// A fixture as a mailbox provider sends it, with a real token in place of the example's.
struct recorded {
  std::string method, target, body;
  header_list headers;
};
recorded read_fixture(const std::string& name, const std::string& token) {
  const auto base = std::string(HEED_SOURCE_DIR) + "/tests/fixtures/email/" + name;
  std::ifstream head(base + ".headers"), body(base + ".txt", std::ios::binary);
  CAF_REQUIRE(head && body);
  inbound::hook_request r;
  CAF_REQUIRE(!inbound::read_header_file(head, r));
  recorded out{r.method, r.url.substr(r.url.find("/u/")), {}, r.headers};
  out.body.assign(std::istreambuf_iterator<char>(body), {});
  if (const auto at = out.target.find("tok_example"); at != std::string::npos)
    out.target.replace(at, std::string("tok_example").size(), token);
  return out;
}

}  // namespace

CAF_TEST(4R-67 RULES the page of a link asks and changes nothing) {
  api_world w;
  const auto lead = w.enrol("ana");
  const auto before = w.get(w.ws + "/leads/" + lead).at("/seq");
  const auto a = w.get(link_of(w, lead), "");
  CAF_CHECK_EQUAL(a.status(), 200);
  CAF_CHECK_EQUAL(a.raw.type, "text/html; charset=utf-8");
  CAF_CHECK_EQUAL(a.header("Content-Security-Policy"),
                  "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'");
  CAF_CHECK_EQUAL(a.header("Referrer-Policy"), "no-referrer");
  CAF_CHECK_EQUAL(a.header("Cache-Control"), "no-store");
  CAF_CHECK_EQUAL(a.header("X-Content-Type-Options"), "nosniff");
  CAF_CHECK_NOT_EQUAL(a.raw.body.find("<form method=\"post\">"), std::string::npos);
  CAF_CHECK_NOT_EQUAL(a.raw.body.find("name=\"List-Unsubscribe\" value=\"One-Click\""), std::string::npos);
  CAF_CHECK_EQUAL(w.ask("HEAD", link_of(w, lead), nullptr, {}, "").status(), 200);
  CAF_CHECK_EQUAL(w.get(w.ws + "/leads/" + lead).at("/seq"), before);
  CAF_CHECK(suppressed(w, lead).is_null());
}

CAF_TEST(4R-67 the page speaks the language of the workspace) {
  api_world w;
  const auto lead = w.enrol("ana");
  CAF_REQUIRE_EQUAL(w.ask("PUT", w.ws + "/settings", {{"language", "de"}}).status(), 200);
  const auto a = w.get(link_of(w, lead), "");
  CAF_CHECK_NOT_EQUAL(a.raw.body.find("<html lang=\"de\">"), std::string::npos);
  CAF_CHECK_NOT_EQUAL(a.raw.body.find(unsubscribe_page_words("de").button), std::string::npos);
}

CAF_TEST(4R-67 RULES one click suppresses the person and a second one is as good as the first) {
  api_world w;
  const auto lead = w.enrol("ana");
  const auto link = link_of(w, lead);
  const auto a = click(w, link);
  CAF_CHECK_EQUAL(a.status(), 200);
  CAF_CHECK_EQUAL(a.raw.type, "text/html; charset=utf-8");
  CAF_CHECK_EQUAL(suppressed(w, lead), "opt_out");
  CAF_CHECK_EQUAL(w.get(w.ws + "/runs/spring__" + lead).at("/status"), "suppressed");
  const auto seq = w.get(w.ws + "/leads/" + lead).at("/seq");
  CAF_CHECK_EQUAL(click(w, link).status(), 200);
  CAF_CHECK_EQUAL(w.get(w.ws + "/leads/" + lead).at("/seq"), seq);
  const auto& s = w.seen.back();
  CAF_CHECK_EQUAL(s.lead.value_or(lead_id{}).value, lead);
  CAF_CHECK_EQUAL(s.what.source, "unsubscribe");
  CAF_CHECK_EQUAL(s.what.key, "unsubscribe:" + w.first_effect(lead).id.value);
  CAF_CHECK_EQUAL(std::get<unsubscribed>(s.what.body).via, "one_click");
}

CAF_TEST(RULES a link works again after its suppression was lifted) {
  api_world w;
  const auto lead = w.enrol("ana");
  const auto link = link_of(w, lead);
  click(w, link);
  CAF_REQUIRE_EQUAL(w.post(w.ws + "/leads/" + lead + "/lift-suppression", {{"source", "letter"}}).status(),
                    200);
  CAF_REQUIRE(suppressed(w, lead).is_null());
  CAF_CHECK_EQUAL(click(w, link).status(), 200);
  CAF_CHECK_EQUAL(suppressed(w, lead), "opt_out");
}

CAF_TEST(4R-67 a one click needs no key and is not held up by what else a client sends) {
  api_world w;
  const auto lead = w.enrol("ana");
  w.post(w.ws + "/leads", w.person("ben"));
  auto headers = form_type;
  headers.emplace_back("idempotency-key", "same");
  headers.emplace_back("cookie", "session=1");
  CAF_CHECK_EQUAL(click(w, link_of(w, lead), headers).status(), 200);
  CAF_CHECK_EQUAL(click(w, link_of(w, "lead_2"), headers).status(), 200);
  CAF_CHECK_EQUAL(suppressed(w, lead), "opt_out");
  CAF_CHECK_EQUAL(suppressed(w, "lead_2"), "opt_out");
}

CAF_TEST(4R-67 a forged link tells nothing and does nothing) {
  api_world w;
  const auto lead = w.enrol("ana");
  const auto effect = w.first_effect(lead).id;
  const auto foreign = "/u/" + link_token(effect, "another key");
  const auto gone = "/u/" + link_token(effect_id{"lead_999-1-0"}, w.link_key());
  const auto no_effect = "/u/" + link_token(effect_id{"something"}, w.link_key());
  const auto page = w.get("/u/nonsense", "");
  CAF_CHECK_EQUAL(page.status(), 404);
  CAF_CHECK_EQUAL(page.raw.type, "text/html; charset=utf-8");
  for (const auto& target : {foreign, gone, no_effect, "/u/" + effect.value}) {
    CAF_CHECK_EQUAL(w.get(target, "").raw.body, page.raw.body);
    CAF_CHECK_EQUAL(click(w, target).status(), 404);
    CAF_CHECK_EQUAL(click(w, target).raw.body, page.raw.body);
  }
  CAF_CHECK(suppressed(w, lead).is_null());
}

CAF_TEST(4R-67 another body is refused with the field and the fix) {
  api_world w;
  const auto lead = w.enrol("ana");
  const auto link = link_of(w, lead);
  for (const auto* body :
       {"", "List-Unsubscribe=Two-Clicks", "x=One-Click", "{\"List-Unsubscribe\":\"One-Click\"}"}) {
    const auto a = w.ask_raw("POST", link, body, form_type, "");
    CAF_CHECK_EQUAL(a.status(), 422);
    CAF_CHECK_EQUAL(a.at("/field"), "List-Unsubscribe");
    CAF_CHECK(a.at("/fix").is_string());
  }
  CAF_CHECK(suppressed(w, lead).is_null());
}

CAF_TEST(4R-67 an overloaded node says when to click again) {
  api_world w;
  const auto lead = w.enrol("ana");
  const auto link = link_of(w, lead);
  w.refuse_submit = errc::retry;
  const auto a = click(w, link);
  CAF_CHECK_EQUAL(a.status(), 503);
  CAF_CHECK_EQUAL(a.header("Retry-After"), "1");
}

CAF_TEST(4R-67 what mailbox providers send is understood) {
  for (const auto* name : {"one-click-unsubscribe", "one-click-unsubscribe-multipart"}) {
    api_world w;
    const auto lead = w.enrol("ana");
    const auto r = read_fixture(name, link_of(w, lead).substr(3));
    CAF_CHECK_EQUAL(w.ask_raw(r.method, r.target, r.body, r.headers, "").status(), 200);
    CAF_CHECK_EQUAL(suppressed(w, lead), "opt_out");
  }
  for (const auto& [name, status] :
       {std::pair{"one-click-unsubscribe.bad-get", 200}, std::pair{"one-click-unsubscribe.bad-token", 404}}) {
    api_world w;
    const auto lead = w.enrol("ana");
    const auto r = read_fixture(name, link_of(w, lead).substr(3));
    CAF_CHECK_EQUAL(w.ask_raw(r.method, r.target, r.body, r.headers, "").status(), status);
    CAF_CHECK(suppressed(w, lead).is_null());
  }
}

CAF_TEST(RFC 8058 the field is found however its form is written) {
  const auto says = [](const std::string& type, const std::string& body) {
    http::request r;
    r.headers = {{"content-type", type}};
    r.body = body;
    return api::is_one_click(r);
  };
  const std::string part = "Content-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n";
  CAF_CHECK(says("multipart/form-data; boundary=\"a b\"", "--a b\r\n" + part + "--a b--\r\n"));
  CAF_CHECK(says("Multipart/Form-Data; charset=utf-8; boundary=x",
                 "--x\r\nContent-Disposition: form-data; name=\"y\"\r\n\r\n1\r\n--x\r\n" + part + "--x--"));
  CAF_CHECK(says("application/x-www-form-urlencoded; charset=UTF-8", "a=b&List-Unsubscribe=One%2DClick\r\n"));
  CAF_CHECK(!says("multipart/form-data", "--x\r\n" + part + "--x--"));
  CAF_CHECK(!says("multipart/form-data; boundary=x", "--x\r\n" + part));
  CAF_CHECK(!says("multipart/form-data; boundary=x", "--y\r\n" + part + "--y--"));
  CAF_CHECK(!says("text/plain", one_click));
}
