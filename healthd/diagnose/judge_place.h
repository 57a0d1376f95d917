// What is wrong as one place sees it: names and local limits, then its addresses compared.
//
// Thread safety: a pure function.
#pragma once

#include <optional>

#include "healthd/diagnose/suspicion.h"

namespace waypost::diagnose {

/// nullopt: it could not examine.
std::optional<Suspicion> JudgePlace(const v1::Findings& findings);

}  // namespace waypost::diagnose
