#include "dnsd/transfer/transfer_reader.h"

#include <fmt/format.h>

#include <utility>

#include "dnsd/wire/header.h"
#include "dnsd/zone/record_head.h"
#include "dnsd/zone/zone.h"

namespace waypost::transfer {
namespace {

/// RFC 6895 section 3.1: 128 to 255 are of questions and messages, and so is OPT.
bool IsData(uint16_t type) { return type != 0 && type != zone::kOpt && (type < 128 || type > 255); }

/// RFC 2181 section 8: with its highest bit set, a TTL is zero.
uint32_t TtlOf(const Rr& rr) { return rr.ttl > zone::kMaxTtl ? 0 : rr.ttl; }

}  // namespace

Tried<bool> TransferReader::Take(const Message& message) {
  const bool is_first = stage_ == Stage::kFirst;
  if (is_first && message.answer.empty()) {
    return Failed(Layer::kFormat, "the first message of the transfer is empty");
  }
  for (const Rr& rr : message.answer) {
    const Step step = TakeRecord(rr);
    if (!step) return tl::unexpected(step.error());
    stage_ = *step;
  }
  const bool is_one_soa = is_first && stage_ == Stage::kSecond && message.answer.size() == 1;
  if (is_one_soa && known_ && !IsNewer(result_.serial, *known_)) stage_ = Stage::kDone;
  return stage_ == Stage::kDone;
}

TransferReader::Step TransferReader::TakeRecord(const Rr& rr) {
  if (stage_ == Stage::kDone) return Failed(Layer::kFormat, "records follow the last SOA");
  if (rr.record_class != wire::kClassIn) {
    return Failed(Layer::kFormat, fmt::format("a record of class {}", rr.record_class));
  }
  octets_ += kRecordCost + rr.owner.size() + rr.rdata.size();
  if (octets_ > kMaxTransferOctets) return Failed(Layer::kContent, "the zone is too large");
  if (rr.type == zone::kSoa) return TakeSoa(rr);
  if (stage_ == Stage::kFirst) return Failed(Layer::kFormat, "it does not begin with a SOA");
  if (!IsData(rr.type)) {
    return Failed(Layer::kFormat, fmt::format("type {} cannot stand in a zone", rr.type));
  }
  return Keep(rr);
}

TransferReader::Step TransferReader::TakeSoa(const Rr& soa) {
  if (LoweredName(soa.owner) != origin_) {
    return Failed(Layer::kFormat, "the SOA of " + NameText(soa.owner) + " stands in it");
  }
  switch (stage_) {
    case Stage::kFirst:
      return TakeFirst(soa);
    case Stage::kSecond:
      return known_ ? TakeSecond(soa) : EndWhole(soa);
    case Stage::kRemoving:
      return EndRemoving(soa);
    case Stage::kAdding:
      return EndAdding(soa);
    default:
      return EndWhole(soa);
  }
}

TransferReader::Step TransferReader::TakeFirst(const Rr& soa) {
  soa_ = soa;
  soa_.ttl = TtlOf(soa);
  result_.serial = ReadSoa(soa.rdata).serial;
  return Stage::kSecond;
}

/// RFC 1995 section 4: a second SOA with our own serial begins the differences.
TransferReader::Step TransferReader::TakeSecond(const Rr& soa) {
  if (ReadSoa(soa.rdata).serial == result_.serial) return EndWhole(soa);
  result_.kind = Transfer::Kind::kDeltas;
  return BeginDelta(soa, *known_);
}

TransferReader::Step TransferReader::BeginDelta(const Rr& soa, uint32_t from) {
  const uint32_t serial = ReadSoa(soa.rdata).serial;
  if (serial != from) {
    return Failed(Layer::kFormat,
                  fmt::format("differences from serial {} where {} was due", serial, from));
  }
  result_.deltas.emplace_back().from = soa;
  return Stage::kRemoving;
}

TransferReader::Step TransferReader::EndRemoving(const Rr& soa) {
  result_.deltas.back().to = soa;
  result_.deltas.back().to.ttl = TtlOf(soa);
  return Stage::kAdding;
}

TransferReader::Step TransferReader::EndAdding(const Rr& soa) {
  const uint32_t reached = ReadSoa(result_.deltas.back().to.rdata).serial;
  if (reached != result_.serial) return BeginDelta(soa, reached);
  if (ReadSoa(soa.rdata) != ReadSoa(soa_.rdata)) {
    return Failed(Layer::kFormat, "it ends with another SOA than it began with");
  }
  return Stage::kDone;
}

TransferReader::Step TransferReader::EndWhole(const Rr& soa) {
  if (ReadSoa(soa.rdata) != ReadSoa(soa_.rdata)) {
    return Failed(Layer::kFormat, "it ends with another SOA than it began with");
  }
  if (stage_ == Stage::kSecond) BeginWhole();
  return Stage::kDone;
}

TransferReader::Stage TransferReader::BeginWhole() {
  result_.kind = Transfer::Kind::kWhole;
  AddToWhole(soa_);
  return Stage::kWhole;
}

TransferReader::Step TransferReader::Keep(const Rr& rr) {
  if (stage_ == Stage::kSecond) stage_ = BeginWhole();
  const std::string owner = LoweredName(rr.owner);
  if (!zone::IsAtOrBelow(zone::AsView(owner), zone::AsView(origin_))) {
    ++result_.out_of_zone;
    return stage_;
  }
  if (stage_ == Stage::kWhole) {
    AddToWhole(rr);
  } else {
    Delta& delta = result_.deltas.back();
    auto& records = stage_ == Stage::kRemoving ? delta.removed : delta.added;
    records.push_back(rr);
    records.back().ttl = TtlOf(rr);
  }
  return stage_;
}

void TransferReader::AddToWhole(const Rr& rr) {
  result_.whole.Add(zone::AsView(rr.owner), rr.type, TtlOf(rr), zone::AsView(rr.rdata));
}

}  // namespace waypost::transfer
