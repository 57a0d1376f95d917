// Reads a zone transfer as it comes from a primary, message by message: AXFR (RFC 5936), and IXFR
// (RFC 1995) in each of its three forms: one SOA, differences, or the whole zone all the same.
//
// Thread safety: one thread. Errors: a Trouble; then the reader is of no further use. Limits:
// kMaxTransferOctets of records.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dnsd/transfer/message.h"
#include "dnsd/transfer/soa.h"
#include "dnsd/transfer/trouble.h"
#include "dnsd/zone/records.h"

namespace waypost::transfer {

/// Owners and RDATA, and kRecordCost for each record: some gigabytes of memory at the worst.
inline constexpr size_t kMaxTransferOctets = size_t{1} << 30;
inline constexpr size_t kRecordCost = 64;

/// The way from one version to the next: what goes, then what comes, SOAs apart.
struct Delta {
  Rr from;
  Rr to;
  std::vector<Rr> removed;
  std::vector<Rr> added;
};

struct Transfer {
  enum class Kind : uint8_t { kUpToDate, kWhole, kDeltas };

  Kind kind = Kind::kUpToDate;
  uint32_t serial = 0;  // the primary's
  zone::Records whole;  // of kWhole: the SOA first, and once
  std::vector<Delta> deltas;
  uint64_t out_of_zone = 0;  // records that were left out because their names are
};

class TransferReader {
 public:
  /// `origin`: wire format, lowered. `known`: the serial that an IXFR starts from; absent: an AXFR.
  TransferReader(std::string origin, std::optional<uint32_t> known)
      : origin_(std::move(origin)), known_(known) {}

  /// The next message; true: it was the last.
  Tried<bool> Take(const Message& message);
  /// Precondition: Take said true.
  Transfer Finish() && { return std::move(result_); }

 private:
  enum class Stage : uint8_t { kFirst, kSecond, kWhole, kRemoving, kAdding, kDone };
  using Step = Tried<Stage>;

  Step TakeRecord(const Rr& rr);
  Step TakeSoa(const Rr& soa);
  Step TakeFirst(const Rr& soa);
  Step TakeSecond(const Rr& soa);
  Step EndRemoving(const Rr& soa);
  Step EndAdding(const Rr& soa);
  Step EndWhole(const Rr& soa);
  Step Keep(const Rr& rr);
  Step BeginDelta(const Rr& soa, uint32_t from);
  Stage BeginWhole();
  void AddToWhole(const Rr& rr);

  const std::string origin_;
  const std::optional<uint32_t> known_;
  Stage stage_ = Stage::kFirst;
  Rr soa_;  // the first, which tells the version to come
  size_t octets_ = 0;
  Transfer result_;
};

}  // namespace waypost::transfer
