#pragma once

#include <boost/asio/ip/tcp.hpp>

#include "tests/support/stand_in.hpp"

namespace heed::test {

/// One SMTP conversation after another on that connection, until it ends. RCPT to `nobody@` is refused
/// 550 5.1.1, to `later@` 451 4.2.0, to `policy@` 550 5.7.1.
void serve_smtp(boost::asio::ip::tcp::socket socket, const stand_in_options& o, ledger& book);

}  // namespace heed::test
