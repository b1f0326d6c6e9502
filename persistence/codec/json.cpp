#include "persistence/codec/codec.hpp"
#include "persistence/codec/decision_fields.hpp"
#include "persistence/codec/fact_fields.hpp"
#include "persistence/codec/json_printer.hpp"
#include "persistence/codec/state_fields.hpp"
#include "persistence/codec/stimulus_fields.hpp"

namespace heed::codec {

nlohmann::json to_json(const stimulus& s) { return json_printer::print(s); }
nlohmann::json to_json(const lead_state& s) { return json_printer::print(s); }
nlohmann::json to_json(const journal_entry& e) { return json_printer::print(e); }
nlohmann::json to_json(const fact& f) { return json_printer::print(f); }
nlohmann::json to_json(const run_verdicts& v) { return json_printer::print(v); }

}  // namespace heed::codec
