// The kinds of resources, and how people name one of them: KIND/NAME.
//
// Thread safety: pure.
#pragma once

#include <string>
#include <vector>

#include "ctl/commands/exit_code.h"

namespace waypost::ctl {

/// region, monitor, pool, network, policy, record, zone, override, key, rrset, view, registration,
/// automation, signal, webhook.
const std::vector<std::string>& Kinds();

/// A kind from its singular or plural, in any case. Errors: kUsage.
Answer<std::string> ParseKind(const std::string& word);

/// KIND/NAME with the kind as above. Errors: kUsage.
Answer<std::string> ParseId(const std::string& word);

/// `drain region/eu-west` or `drain region eu-west`: one or two words to an Override's target; the
/// kind must be one of `kinds`. Errors: kUsage.
Answer<std::string> ParseTarget(const std::vector<std::string>& words,
                                const std::vector<std::string>& kinds);

}  // namespace waypost::ctl
