// Whether a primary has a newer version of a zone than we have, and that version: the serial first,
// then the differences (IXFR), and the whole zone where these do not lead on.
//
// Thread safety: the io_context's one thread. Errors: a Trouble.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "dnsd/control/gate.h"
#include "dnsd/control/primary_client.h"
#include "dnsd/control/secondary_zone.h"

namespace waypost::control {

struct Wanted {
  std::string origin;                         // wire format, lowered
  std::shared_ptr<const zone::Records> base;  // what we have; null: nothing
  bool full = false;                          // all of it, whatever its serial
  bool whole = false;                         // all of it, if it is newer
};

/// nullopt: the primary confirms what we have. Nobody fetches who did not pass the gate.
boost::asio::awaitable<transfer::Tried<std::optional<Version>>> FetchNewest(
    PrimaryClient& client, Wanted wanted, std::shared_ptr<Gate> transfers);

}  // namespace waypost::control
