#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>

#include "tests/unit/support/codec_samples.hpp"

#define CAF_SUITE codec_golden
#include <caf/test/dsl.hpp>

using namespace heed;

/// One folder per release that changed the encoding, one file per type, one line per sample: name and bytes
/// in hex. `HEED_GOLDEN=NEW_FOLDER unit_tests -s codec_golden` writes a new folder when fields were added;
/// old ones never change.
namespace {

namespace fs = std::filesystem;
const fs::path folder = fs::path(HEED_SOURCE_DIR) / "tests/fixtures/codec";

std::string to_hex(const bytes& data) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out;
  for (const char c : data) {
    out += digits[static_cast<unsigned char>(c) >> 4];
    out += digits[static_cast<unsigned char>(c) & 15];
  }
  return out;
}
bytes from_hex(const std::string& text) {
  bytes out;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2)
    out += static_cast<char>(std::stoi(text.substr(i, 2), nullptr, 16));
  return out;
}

std::map<std::string, bytes> read_golden(const fs::path& file) {
  std::map<std::string, bytes> all;
  std::ifstream in(file);
  for (std::string name, hex; in >> name >> hex;)
    all[name] = from_hex(hex);
  return all;
}

std::map<std::string, codec::samples> today() {
  return {{"stimulus", codec::stimulus_samples()},
          {"effect", codec::effect_samples()},
          {"lead_state", codec::state_samples()},
          {"journal_entry", codec::journal_samples()}};
}

bytes recoded(const std::string& type, const bytes& data) {
  const auto encode = [](const auto& x) { return codec::encode(x); };
  const auto back = type == "stimulus"     ? codec::decode_stimulus(data).map(encode)
                    : type == "effect"     ? codec::decode_effect(data).map(encode)
                    : type == "lead_state" ? codec::decode_lead_state(data).map(encode)
                                           : codec::decode_journal_entry(data).map(encode);
  return back ? *back : bytes(back.error().detail);
}

std::vector<fs::path> releases() {
  std::vector<fs::path> all;
  for (const auto& each : fs::directory_iterator(folder))
    if (each.is_directory()) all.push_back(each.path());
  std::sort(all.begin(), all.end(),
            [](const auto& a, const auto& b) { return std::stoi(a.filename()) < std::stoi(b.filename()); });
  return all;
}

void write_release(const fs::path& to) {
  fs::create_directories(to);
  for (const auto& [type, samples] : today()) {
    std::ofstream out(to / (type + ".hex"));
    for (const auto& [name, data] : samples)
      out << name << ' ' << to_hex(data) << '\n';
  }
}

}  // namespace

CAF_TEST(bytes of every release decode and encode to themselves) {
  if (const char* release = std::getenv("HEED_GOLDEN")) write_release(folder / release);
  std::size_t seen = 0;
  for (const auto& release : releases())
    for (const auto& [type, samples] : today())
      for (const auto& [name, data] : read_golden(release / (type + ".hex"))) {
        if (recoded(type, data) != data) CAF_ERROR(release << " " << type << " " << name);
        ++seen;
      }
  CAF_CHECK(seen >= 62);
}

CAF_TEST(what is encoded today equals the newest golden files) {
  CAF_REQUIRE(!releases().empty());
  for (const auto& [type, samples] : today()) {
    const auto golden = read_golden(releases().back() / (type + ".hex"));
    CAF_CHECK_EQUAL(golden.size(), samples.size());
    for (const auto& [name, data] : samples) {
      const auto found = golden.find(name);
      CAF_REQUIRE(found != golden.end());
      if (found->second != data) CAF_ERROR(type << " " << name << " is encoded differently");
    }
  }
}
