#include "adapters/llm/answers.hpp"
#include "adapters/llm/chat.hpp"
#include "adapters/llm/exchange.hpp"
#include "adapters/llm/prompt_book.hpp"
#include "adapters/llm/schema.hpp"
#include "tests/support/sending.hpp"

#define CAF_SUITE llm_answers
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::llm;
using draft::model_failure;
using heed::test::fixture_answer;
using nlohmann::json;
using namespace std::chrono_literals;

/// What a model or its server says, and what of it is taken for an answer.
namespace {

json evaluation(json confidence, bool safe = true, bool human = false) {
  return {{"reason", "because"},
          {"safe_to_send", safe},
          {"requires_human_review", human},
          {"confidence", std::move(confidence)}};
}

json refine(const char* kind, const char* evidence) {
  return {{"evidence", evidence},      {"class", kind},  {"confidence", 0.9}, {"resume_on", nullptr},
          {"referred_email", nullptr}, {"urgent", false}};
}

std::string fault(const nlohmann::ordered_json& s, const json& given) { return mismatch(s, given).value_or("none"); }

std::string where(const auto& a) { return a ? "none" : a.error().where; }

outbound::answer says(const json& content, const char* finish = "stop") {
  outbound::answer a;
  a.reached = outbound::answer::phase::answered;
  a.status = 200;
  a.body =
      json{{"choices", {{{"message", {{"content", content.dump()}}}, {"finish_reason", finish}}}}}.dump();
  return a;
}

chat_report read(const outbound::answer& a) {
  return read_chat(a, prompt_key::evaluate, answer_form::json_schema);
}

std::optional<model_failure> failure(const chat_report& r) {
  const auto* f = std::get_if<chat_failed>(&r.is);
  return f ? std::optional(f->why) : std::nullopt;
}

const std::vector<draft::learnt> offered{{"l1", draft::pack::insights, "short wins"},
                                         {"l2", draft::pack::message_performance, "ask once"}};

}  // namespace

CAF_TEST(an answer is held against its schema in every part) {
  const auto& s = schema_of(prompt_key::evaluate);
  CAF_CHECK(!mismatch(s, evaluation(0.5)));
  auto extra = evaluation(0.5);
  extra["note"] = "x";
  auto less = evaluation(0.5);
  less.erase("reason");
  CAF_CHECK_EQUAL(fault(s, extra), "/note");
  CAF_CHECK_EQUAL(fault(s, less), "/reason");
  CAF_CHECK_EQUAL(fault(s, evaluation("0.5")), "/confidence");
  CAF_CHECK_EQUAL(fault(s, json::array()), "/");
  CAF_CHECK_EQUAL(fault(schema_of(prompt_key::refine), refine("happy", "x")), "/class");
  CAF_CHECK_EQUAL(fault(schema_of(prompt_key::context_select), json{{"learnings", {"a", 1}}}),
                  "/learnings/1");
}

CAF_TEST(AS-35 a confidence that is none spoils the verdict) {
  for (const double c : {-0.1, 1.1, 90.0})
    CAF_CHECK_EQUAL(where(read_evaluation(evaluation(c), 1)), "/confidence");
}

CAF_TEST(AS-13 a verdict that asks for a human is not safe) {
  CAF_CHECK(read_evaluation(evaluation(1.0), 1)->safe);
  CAF_CHECK(!read_evaluation(evaluation(1.0, true, true), 1)->safe);
  CAF_CHECK(!read_evaluation(evaluation(1.0, false), 1)->safe);
}

CAF_TEST(AS-30 only what was offered can be chosen and only message performance and insights are offered) {
  const auto chosen = read_selection({{"learnings", {"l2"}}}, 2, offered);
  CAF_REQUIRE(chosen.has_value());
  CAF_CHECK_EQUAL(chosen->learnings.front(), "ask once");
  CAF_CHECK_EQUAL(where(read_selection({{"learnings", {"l3"}}}, 2, offered)), "/learnings");
  CAF_CHECK_EQUAL(where(read_selection({{"learnings", {"l1", "l1"}}}, 2, offered)), "/learnings");
  auto all = offered;
  all.push_back({"l3", draft::pack::persona, "cheerful"});
  all.push_back({"l4", draft::pack::company, "founded 1999"});
  const auto left = draft::offered_to_selector(all);
  CAF_REQUIRE_EQUAL(left.size(), 2u);
  CAF_CHECK_EQUAL(left[1].id, "l2");
}

CAF_TEST(AS-31 a revision with a hole in it is none) {
  const auto revision = [](const char* text) {
    return where(read_revision({{"changes", "x"}, {"draft", text}}, 3));
  };
  CAF_CHECK_EQUAL(revision("It costs 10 a month."), "none");
  CAF_CHECK_EQUAL(revision("See [our page](https://acme.example) [sic]."), "none");
  for (const char* text :
       {"", "  ", "Hi {firstName}", "Hi {{first}}", "Hi [Name]", "Hi [your name], x", "[Company Name]"})
    CAF_CHECK_EQUAL(revision(text), "/draft");
}

CAF_TEST(a plan without points and words without text are none) {
  json plan{{"goal", "meet"},
            {"points", {"price"}},
            {"tone", "warm"},
            {"call_to_action", ""},
            {"offer_times", false}};
  CAF_CHECK_EQUAL(where(read_strategy(plan)), "none");
  plan["points"] = json::array();
  CAF_CHECK_EQUAL(where(read_strategy(plan)), "/points");
  CAF_CHECK_EQUAL(where(read_generated({{"subject", nullptr}, {"body", "\n"}})), "/body");
}

CAF_TEST(a refined class must show words that stand in the reply) {
  constexpr auto text = "Please write to me\nagain in MARCH.";
  CAF_CHECK_EQUAL(where(read_refinement(refine("follow_up_later", "me again in march"), "Re: hi", text)),
                  "none");
  CAF_CHECK_EQUAL(where(read_refinement(refine("interested", "sounds great"), "Re: hi", text)), "/evidence");
  CAF_CHECK_EQUAL(where(read_refinement(refine("interested", " "), "Re: hi", text)), "/evidence");
  auto far = refine("follow_up_later", "march");
  far["resume_on"] = "2027-02-30";
  CAF_CHECK_EQUAL(where(read_refinement(far, "", text)), "/resume_on");
  far["resume_on"] = "2027-03-01";
  CAF_CHECK(read_refinement(far, "", text)->resume_on.has_value());
  auto who = refine("referral", "march");
  who["referred_email"] = "boss@evil.example";
  CAF_CHECK_EQUAL(where(read_refinement(who, "", text)), "/referred_email");
}

CAF_TEST(a good choice is an answer and a refusal or half of one is none) {
  CAF_CHECK(std::holds_alternative<chat_answer>(read(says(evaluation(0.9))).is));
  CAF_CHECK(failure(read(fixture_answer(HEED_SOURCE_DIR, "openai/chat.response-200-refusal", 200))) ==
            model_failure::refused);
  CAF_CHECK(failure(read(fixture_answer(HEED_SOURCE_DIR, "openai/chat.response-200-truncated", 200))) ==
            model_failure::invalid);
  CAF_CHECK(failure(read(says(evaluation(0.9), "tool_calls"))) == model_failure::invalid);
  CAF_CHECK(failure(read(says(evaluation(0.9), "content_filter"))) == model_failure::refused);
}

CAF_TEST(a rate limit heals and a quota that is used up does not) {
  const auto limited = read(fixture_answer(HEED_SOURCE_DIR, "openai/error.response-429", 429));
  CAF_REQUIRE(std::holds_alternative<chat_again>(limited.is));
  CAF_CHECK(std::get<chat_again>(limited.is).after == 2s);
  const auto used_up = read(fixture_answer(HEED_SOURCE_DIR, "openai/error.response-429-quota", 429));
  CAF_CHECK(failure(used_up) == model_failure::error);
  CAF_CHECK(used_up.wire.stop_account);
}

CAF_TEST(the word of a server on repeats counts and its prose gets nowhere) {
  outbound::answer a;
  a.reached = outbound::answer::phase::answered;
  a.status = 500;
  a.headers = {{"x-should-retry", "false"}};
  a.body = R"({"error":{"message":"ana@example.com said","code":"Ana said"}})";
  const auto r = read(a);
  CAF_CHECK(failure(r) == model_failure::error);
  CAF_CHECK_EQUAL(r.wire.detail, "http_500");
}

CAF_TEST(AS-43 pauses count in the budget and no call begins without time for it) {
  outbound::sending_account a;
  a.secrets["api_key"] = "k";
  a.options = {{"model", "m"}};
  const auto p = *render(prompt_book().find(workspace_id("acme"), prompt_key::refine),
                         {{"channel", "x"}, {"received_on", "x"}, {"subject", "x"}, {"text", "x"}});
  exchange q(a, p, "e", 5s);
  const auto first = q.begin();
  CAF_REQUIRE(std::holds_alternative<exchange::make_call>(first));
  CAF_CHECK(std::get<exchange::make_call>(first).what.timeout == 5s);
  outbound::answer busy;
  busy.reached = outbound::answer::phase::answered;
  busy.status = 503;
  const auto wait = q.on_answer(busy, 2s);
  CAF_REQUIRE(std::holds_alternative<exchange::pause>(wait));
  const auto second = q.on_paused(3s);
  CAF_REQUIRE(std::holds_alternative<exchange::make_call>(second));
  CAF_CHECK(std::get<exchange::make_call>(second).what.timeout == 2s);
  const auto late = q.on_answer(says(evaluation(1.0)), 6s);
  CAF_REQUIRE(std::holds_alternative<exchange::given_up>(late));
  CAF_CHECK(std::get<exchange::given_up>(late).why == model_failure::timed_out);
}

CAF_TEST(ZRG-84 the time of a draft is split with three seconds for each part) {
  CAF_CHECK(split(20s).strategy == 8s && split(20s).generation == 12s);
  CAF_CHECK(split(2s).strategy == 3s && split(2s).generation == 3s);
}
