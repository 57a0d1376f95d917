// Why a probe failed: the layer, the fault, and both in words; and how errors of sockets become
// that.
//
// Thread safety: values and functions of their arguments.
#pragma once

#include <boost/system/error_code.hpp>
#include <chrono>
#include <string>
#include <string_view>

#include "waypost/v1/evidence.pb.h"

namespace waypost::probe {

struct Failure {
  /// LAYER_NONE: there is none.
  v1::Layer layer = v1::LAYER_NONE;
  v1::Fault fault = v1::FAULT_NONE;
  /// UTF-8, one line.
  std::string detail;

  explicit operator bool() const { return layer != v1::LAYER_NONE; }
};

/// `at_end`: what it means that the other side ended the connection here.
Failure FailureOf(v1::Layer layer, const boost::system::error_code& error,
                  std::string_view at_end = "connection closed");

Failure TimedOut(v1::Layer layer, std::chrono::microseconds limit);
/// What came makes no sense.
Failure Malformed(std::string detail);

/// What the last system call failed with.
boost::system::error_code LastError();

/// The other side ended the connection in an orderly way.
bool IsEnd(const boost::system::error_code& error);

/// What this machine lacks, not the target.
bool IsLocal(const boost::system::error_code& error);

/// `text` as it can stand in one line of a log: legible, control characters blanked, cut at 64
/// bytes.
std::string Quoted(std::string_view text);

/// "120 ms", or "0.4 ms" below ten.
std::string InMilliseconds(std::chrono::microseconds time);

}  // namespace waypost::probe
