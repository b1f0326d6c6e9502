#include "adapters/llm/prompt_book.hpp"

#include <fstream>
#include <iterator>

#include "actors/lead/check.hpp"

namespace heed::llm {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view suffix = ".prompt";
/// A longer one was not meant as a prompt.
constexpr std::uintmax_t longest = 64 * 1024;

std::vector<std::string> key_list() {
  std::vector<std::string> out;
  for (const auto k : prompt_keys)
    out.emplace_back(to_string(k));
  return out;
}

tl::expected<prompt, problems> read_file(const fs::path& file, const std::string& shown) {
  const auto name = file.stem().string();
  const auto key = parse_prompt_key(name);
  if (!key) return tl::unexpected(problems{{shown, "is no prompt's name" + did_you_mean(name, key_list())}});
  std::error_code error;
  if (fs::file_size(file, error) > longest || error)
    return tl::unexpected(problems{{shown, "cannot be read, or is longer than 64 kB"}});
  std::ifstream in(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (in.bad() || !in.is_open()) return tl::unexpected(problems{{shown, "cannot be read"}});
  auto p = parse_prompt(*key, text);
  if (!p)
    for (auto& problem : p.error())
      problem.field = shown + problem.field;
  return p;
}

template <class Take>
void read_directory(const fs::path& directory, const std::string& shown, problems& out, Take take) {
  std::error_code error;
  for (const auto& file : fs::directory_iterator(directory, error)) {
    if (!file.is_regular_file() || file.path().extension() != suffix) continue;
    auto p = read_file(file.path(), shown + file.path().filename().string());
    if (p)
      take(std::move(*p));
    else
      out.insert(out.end(), p.error().begin(), p.error().end());
  }
  if (error)
    out.push_back({shown.empty() ? directory.string() : shown, "cannot be listed: " + error.message()});
}

}  // namespace

prompt_book::prompt_book() {
  for (const auto& s : shipped_prompts()) {
    const auto key = parse_prompt_key(s.key);
    CHECK(key.has_value());
    auto p = parse_prompt(*key, s.text);
    CHECK(p.has_value());
    replace(std::move(*p));
  }
  CHECK(all_.size() == prompt_keys.size());
}

const prompt& prompt_book::find(const workspace_id& ws, prompt_key k) const {
  if (const auto own = own_.find({ws.value, k}); own != own_.end()) return own->second;
  return all_.at(k);
}

void prompt_book::replace(prompt p) {
  const auto k = p.key();
  all_.insert_or_assign(k, std::move(p));
}

void prompt_book::replace(const workspace_id& ws, prompt p) {
  const auto k = p.key();
  own_.insert_or_assign({ws.value, k}, std::move(p));
}

tl::expected<prompt_book, problems> load_prompts(const fs::path& directory) {
  prompt_book book;
  problems out;
  read_directory(directory, "", out, [&](prompt p) { book.replace(std::move(p)); });
  std::error_code error;
  for (const auto& folder : fs::directory_iterator(directory, error)) {
    if (!folder.is_directory()) continue;
    const auto name = folder.path().filename().string();
    read_directory(folder.path(), name + "/", out,
                   [&](prompt p) { book.replace(workspace_id(name), std::move(p)); });
  }
  if (!out.empty()) return tl::unexpected(std::move(out));
  return book;
}

}  // namespace heed::llm
