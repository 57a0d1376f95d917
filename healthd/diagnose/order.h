// From what an operator asks to what places are to examine; and what a vantage makes sure of before
// it does.
//
// Thread safety: pure functions. Errors: kInvalid names the field and the fact.
#pragma once

#include <chrono>

#include "dnsd/base/result.h"
#include "waypost/v1/diagnose.pb.h"

namespace waypost::diagnose {

/// Of a request for HOST, HOST:PORT or [IPV6]:PORT; the monitor is made of protocol, path and name.
Result<v1::Examination> BuildExamination(const v1::DiagnoseRequest& request);

/// The same for an endpoint: `order` has host, monitor and members; the rest is taken over from the
/// request.
Status TakeOptions(const v1::DiagnoseRequest& request, v1::Examination& order);

/// Whether it can be examined, and within which bounds; a vantage trusts no director.
Status CheckExamination(const v1::Examination& order);

std::chrono::milliseconds DeadlineOf(const v1::Examination& order);

}  // namespace waypost::diagnose
