#include "ctl/render/units.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace waypost::render {

using std::chrono::milliseconds;

std::string FormatAge(milliseconds age) {
  const int64_t ms = age.count();
  const int64_t s = ms / 1000;
  if (ms < 1000) return fmt::format("{}ms", ms);
  if (s < 60) return fmt::format("{}s", s);
  if (s < 3600) return fmt::format("{}m{:02}s", s / 60, s % 60);
  if (s < 86400) return fmt::format("{}h{:02}m", s / 3600, s / 60 % 60);
  return fmt::format("{}d{:02}h", s / 86400, s / 3600 % 24);
}

std::string FormatMicroseconds(uint64_t us) {
  if (us < 1000) return fmt::format("{}us", us);
  if (us < 1000000) return fmt::format("{:.1f}ms", static_cast<double>(us) / 1e3);
  return fmt::format("{:.2f}s", static_cast<double>(us) / 1e6);
}

std::string FormatShare(double share) {
  if (share <= 0) return "0%";
  if (share < 0.001) return "<0.1%";
  if (share > 0.999 && share < 1) return ">99.9%";
  return share >= 1 ? "100%" : fmt::format("{:.1f}%", share * 100);
}

std::string FormatTime(const google::protobuf::Timestamp& time) {
  return fmt::format("{:%Y-%m-%d %H:%M:%S}Z", fmt::gmtime(static_cast<time_t>(time.seconds())));
}

std::string FormatPreciseTime(const google::protobuf::Timestamp& time) {
  std::string text = FormatTime(time);
  return text.insert(text.size() - 1, fmt::format(".{:03}", time.nanos() / 1'000'000));
}

std::string FormatCount(uint64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::chrono::system_clock::time_point ToWall(const google::protobuf::Timestamp& time) {
  return std::chrono::system_clock::time_point(
      std::chrono::seconds(time.seconds()) +
      std::chrono::duration_cast<std::chrono::system_clock::duration>(
          std::chrono::nanoseconds(time.nanos())));
}

google::protobuf::Timestamp ToTimestamp(std::chrono::system_clock::time_point time) {
  const auto since = time.time_since_epoch();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
  google::protobuf::Timestamp timestamp;
  timestamp.set_seconds(seconds.count());
  timestamp.set_nanos(static_cast<int32_t>(std::chrono::nanoseconds(since - seconds).count()));
  return timestamp;
}

}  // namespace waypost::render
