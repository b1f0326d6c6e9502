#pragma once

#include "tests/support/chaos_people.hpp"
#include "tests/support/chaos_run.hpp"

/// What must hold after a chaos run, of one node or of several.
namespace heed::test {

/// One more check of that promise.
void hold(chaos_report& r, const std::string& promise, bool held, const std::string& example);

/// A sequence that goes on while things break.
[[nodiscard]] nlohmann::json three_short_steps();

/// What people received against what the journal says was sent, and who was stopped; `api` answers for all of them.
void check_people(chaos_report& r, world& w, client api, const chaos_people& people);

/// The store proves itself; nobody writes to it meanwhile.
void check_journal(chaos_report& r, world& w);

}  // namespace heed::test
