// Other name servers as zones name them: addresses with or without a port, networks, keys.
//
// Thread safety: pure. Errors: text that is none gives nullopt.
#pragma once

#include <optional>
#include <string>

#include "dnsd/base/ip.h"
#include "dnsd/wire/name.h"
#include "waypost/v1/resource.pb.h"

namespace waypost::config {

inline constexpr uint16_t kDnsPort = 53;

/// ADDRESS, ADDRESS:PORT or [ADDRESS]:PORT.
std::optional<SocketAddress> ParsePeerAddress(const std::string& text);

/// Whether a rule names who asks. `key`: the name of the key that the request was rightly signed
/// with, in one spelling; empty: it was not signed.
bool Allows(const v1::PeerRule& rule, const IpAddress& from, const std::string& key);

/// Whether who says so may say that a zone has changed: one of its primaries, with the key that we
/// share with it if there is one, or whom one of the rules names.
bool MayNotify(const v1::Zone& zone, const IpAddress& from, const std::string& key);

/// Whether a rule names who sends an update, and lets him change this RRset of the zone.
bool AllowsSender(const v1::UpdateRule& rule, const IpAddress& from, const std::string& key);
/// `owner`, `origin`: lowered.
bool AllowsChange(const v1::UpdateRule& rule, const wire::Name& owner, uint16_t type,
                  const wire::Name& origin);

}  // namespace waypost::config
