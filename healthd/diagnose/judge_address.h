// What is wrong with one address, as one place sees it: rules in the order of the layers, of which
// the first that applies decides.
//
// A rule speaks only where the layers below it are in order or explain less: a port that is open
// proves the path, whatever does not answer echoes; loss and delay explain answers that are late,
// and an expired certificate is none of their doing.
//
// Thread safety: a pure function.
#pragma once

#include "healthd/diagnose/suspicion.h"

namespace waypost::diagnose {

/// Of an address that was examined.
Suspicion JudgeAddress(const v1::AddressFindings& address);

}  // namespace waypost::diagnose
