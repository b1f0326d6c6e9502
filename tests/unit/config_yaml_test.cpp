#include "config/yaml.hpp"
#include "tests/unit/support/documents.hpp"

#define CAF_SUITE config_yaml
#include <caf/test/dsl.hpp>

using namespace heed;

namespace {

std::string as_json(const std::string& yaml) {
  const auto document = config::parse_yaml(yaml);
  return document ? document->dump() : "refused " + tests::listing(document.error());
}

}  // namespace

CAF_TEST(DESIGN 11 plain scalars are typed as JSON writes them) {
  CAF_CHECK_EQUAL(as_json("[1, -2, 1.5, true, false, null, ~, word]"),
                  R"([1,-2,1.5,true,false,null,null,"word"])");
}

CAF_TEST(DESIGN 11 what only looks like a value stays text) {
  CAF_CHECK_EQUAL(as_json("[+15550100, 09:00, 007, yes, 2026-12-25, 0x10, '1', \"true\", 'null', '']"),
                  R"(["+15550100","09:00","007","yes","2026-12-25","0x10","1","true","null",""])");
}

CAF_TEST(DESIGN 11 objects lists and block texts keep their form) {
  CAF_CHECK_EQUAL(as_json("a: {b: [1]}\nc: |\n  x\n  y\n"), R"({"a":{"b":[1]},"c":"x\ny\n"})");
  CAF_CHECK_EQUAL(as_json(R"({"json": [{"is": "yaml"}]})"), R"({"json":[{"is":"yaml"}]})");
}

CAF_TEST(DESIGN 11 a name twice is refused with its line) {
  CAF_CHECK_EQUAL(as_json("a: 1\nb:\n  c: 1\n  c: 2\n"), "refused /b/c line 4: is there twice\n");
}

CAF_TEST(DESIGN 11 broken YAML and wrong bytes and endless nesting are refused) {
  CAF_CHECK(as_json("a: [1,\nb: 2").starts_with("refused  line 2:"));
  CAF_CHECK(as_json("a: \xff\xfe").starts_with("refused"));
  CAF_CHECK(as_json(std::string(70, '[') + std::string(70, ']')).find("nested too deeply") !=
            std::string::npos);
}
