// Where an HTTP redirect leads, as a probe of the same endpoint. Pure.
//
// Thread safety: a function of its arguments. Errors: a Failure that names the place, for one that
// leaves the endpoint or makes no sense: a server must not be able to send vantages elsewhere.
#pragma once

#include <string_view>

#include "healthd/probe/failure.h"
#include "healthd/probe/spec.h"

namespace waypost::probe {

/// `location` as a URI reference (RFC 9110 section 10.2.2): absolute, or a path of the same origin.
tl::expected<Spec, Failure> Follow(const Spec& spec, std::string_view location);

}  // namespace waypost::probe
