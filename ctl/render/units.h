// Times, shares and counts as people read them.
//
// Thread safety: pure.
#pragma once

#include <google/protobuf/timestamp.pb.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace waypost::render {

/// The two largest units: "250ms", "12s", "3m12s", "2h05m", "3d04h".
std::string FormatAge(std::chrono::milliseconds age);
/// "850us", "23.1ms", "1.50s".
std::string FormatMicroseconds(uint64_t us);
/// 0 to 1 as "0%", "<0.1%", "12.3%", "100%".
std::string FormatShare(double share);
/// UTC: "2026-02-03 04:05:06Z".
std::string FormatTime(const google::protobuf::Timestamp& time);
/// "2026-02-03 04:05:06.789Z".
std::string FormatPreciseTime(const google::protobuf::Timestamp& time);
/// "3 pools", "1 pool".
std::string FormatCount(uint64_t count, std::string_view noun);

std::chrono::system_clock::time_point ToWall(const google::protobuf::Timestamp& time);
google::protobuf::Timestamp ToTimestamp(std::chrono::system_clock::time_point time);

}  // namespace waypost::render
