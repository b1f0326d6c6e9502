#pragma once

#include <iosfwd>

#include "actors/lead/reply/reply.hpp"
#include "actors/workspace/zone.hpp"

namespace heed::commands {

struct classify_options {
  reply::vote_use vote = reply::vote_use::asked;
  const zone_table* zones = nullptr;  ///< none = every lead lives in UTC
};

/// `heed classify --jsonl < FILE`: one reply a line,
///
///     {"id","channel","subject","text","headers","received_at"}       and, when known, "zone"
///
/// one verdict a line out, in order:
///
///     {"id","class","confidence","rule","evidence","resume_on","referred_email","referred_name","urgent_human"}
///
/// `text` may be HTML. `headers` is an object (a value may be a list) or a list of [name, value] pairs; only
/// `text` is needed. A line that cannot be read becomes {"line","field","error"} and costs no other line.
/// Lines that are there together are judged on all cores; they come out in their order.
/// Returns 0, or 1 when a line could not be read.
int run_classify(const classify_options& options, std::istream& in, std::ostream& out);

}  // namespace heed::commands
