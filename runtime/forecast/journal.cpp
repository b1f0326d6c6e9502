#include "runtime/forecast/journal.hpp"

#include "persistence/commit_builder.hpp"

namespace heed::forecast {
namespace {

constexpr std::size_t page_size = 500;

}  // namespace

result<std::vector<codec::journal_entry>> read_journal(store_reader& reader, const lead_row& row) {
  std::vector<codec::journal_entry> out;
  for (std::uint64_t seq = 0; seq < row.version;) {
    auto page = reader.journal(row.lead, seq, page_size);
    if (!page) return tl::unexpected<store_error>(page.error());
    if (page->items.empty())
      return fail(errc::fatal, "the journal of " + row.lead.value + " ends before its snapshot; see `heed verify`");
    for (const auto& j : page->items) {
      seq = j.seq;
      auto clear = codec::unseal(row.secret, journal_context(row.lead, j.seq), j.body);
      if (!clear) return tl::unexpected<store_error>(clear.error());
      auto entry = codec::decode_journal_entry(*clear);
      if (!entry) return tl::unexpected<store_error>(entry.error());
      out.push_back(std::move(*entry));
    }
  }
  return out;
}

}  // namespace heed::forecast
