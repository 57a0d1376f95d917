#include "dnsd/wire/reply_opt.h"

#include <algorithm>
#include <cstring>

#include "dnsd/wire/octets.h"

namespace waypost::wire {
namespace {

constexpr size_t kKeepaliveOctets = 2;
constexpr size_t kErrorOctets = 2;

bool SendsNsid(const Edns& edns, const ReplyOptions& options) noexcept {
  return edns.wants_nsid && !options.nsid.empty();
}

bool SendsKeepalive(const Edns& edns, const ReplyOptions& options) noexcept {
  return edns.has_keepalive && options.keepalive_100ms > 0;
}

/// Appends options to the record under construction.
class OptionWriter {
 public:
  OptionWriter(std::span<uint8_t> buffer, size_t at) noexcept : buffer_(buffer), at_(at) {}

  size_t at() const noexcept { return at_; }
  size_t left() const noexcept { return buffer_.size() - at_; }
  void AddSubnet(const ClientSubnet& subnet, uint8_t scope) noexcept {
    at_ += WriteClientSubnet(subnet, scope, here());
  }
  void Add(uint16_t code, std::span<const uint8_t> data) noexcept {
    WriteHeader(code, data.size());
    std::copy(data.begin(), data.end(), here());
    at_ += data.size();
  }
  void AddNumber(uint16_t code, uint16_t value) noexcept {
    WriteHeader(code, 2);
    WriteU16(here(), value);
    at_ += 2;
  }
  /// Up to the next whole block, or to the end of what the reply may fill.
  void AddPadding() noexcept {
    const size_t bare = at_ + kOptionHeaderOctets;
    if (bare > buffer_.size()) return;
    const size_t blocks = (bare + kPaddingBlockOctets - 1) / kPaddingBlockOctets;
    const size_t end = std::min(blocks * kPaddingBlockOctets, buffer_.size());
    WriteHeader(kOptionPadding, end - bare);
    std::memset(here(), 0, end - bare);
    at_ = end;
  }

 private:
  uint8_t* here() noexcept { return buffer_.data() + at_; }
  void WriteHeader(uint16_t code, size_t length) noexcept {
    WriteU16(here(), code);
    WriteU16(here() + 2, static_cast<uint16_t>(length));
    at_ += kOptionHeaderOctets;
  }

  std::span<uint8_t> buffer_;
  size_t at_;
};

void WriteFixedPart(const Edns& edns, const ReplyOptions& options, Rcode rcode,
                    uint8_t* opt) noexcept {
  const uint32_t upper_rcode = static_cast<uint32_t>(rcode) >> 4;
  opt[0] = 0;
  WriteU16(opt + 1, kTypeOpt);
  WriteU16(opt + 3, options.payload);
  WriteU32(opt + 5, upper_rcode << 24 | (edns.dnssec_ok ? kDnssecOk : 0));
}

}  // namespace

size_t OptOctets(const Edns& edns, const ReplyOptions& options) noexcept {
  size_t octets = kBareOptOctets;
  if (edns.subnet.present) {
    octets += kOptionHeaderOctets + kSubnetFixedOctets + edns.subnet.address_octets();
  }
  if (SendsNsid(edns, options)) octets += kOptionHeaderOctets + options.nsid.size();
  if (!options.cookie.empty()) octets += kOptionHeaderOctets + options.cookie.size();
  if (SendsKeepalive(edns, options)) octets += kOptionHeaderOctets + kKeepaliveOctets;
  return octets;
}

size_t WriteOpt(const Edns& edns, const ReplyOptions& options, const ReplyOutcome& outcome,
                std::span<uint8_t> buffer, size_t at) noexcept {
  uint8_t* const opt = buffer.data() + at;
  WriteFixedPart(edns, options, outcome.rcode, opt);
  OptionWriter writer(buffer, at + kBareOptOctets);
  if (edns.subnet.present) writer.AddSubnet(edns.subnet, outcome.scope);
  if (SendsNsid(edns, options)) writer.Add(kOptionNsid, options.nsid);
  if (!options.cookie.empty()) writer.Add(kOptionCookie, options.cookie);
  if (SendsKeepalive(edns, options)) writer.AddNumber(kOptionKeepalive, options.keepalive_100ms);
  if (outcome.error && writer.left() >= kOptionHeaderOctets + kErrorOctets) {
    writer.AddNumber(kOptionExtendedError, static_cast<uint16_t>(*outcome.error));
  }
  if (edns.has_padding && options.may_pad) writer.AddPadding();
  WriteU16(opt + 9, static_cast<uint16_t>(writer.at() - at - kBareOptOctets));
  return writer.at() - at;
}

}  // namespace waypost::wire
