// The dialogue that a spec asks for.
//
// Thread safety: one thread. Ownership: spec and workshop must outlive the dialogue. Errors: what
// this vantage cannot do, as the failure of the probe.
#pragma once

#include <memory>

#include "healthd/probe/dialogue.h"
#include "healthd/probe/spec.h"
#include "healthd/probe/workshop.h"

namespace waypost::probe {

/// Null: connecting is all.
tl::expected<std::unique_ptr<Dialogue>, Failure> MakeDialogue(const Spec& spec, Workshop& workshop);

}  // namespace waypost::probe
