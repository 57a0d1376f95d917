// What a hostile primary may send: the messages of a transfer, each after two octets of length, as
// on a TCP connection. The first octet chooses between AXFR and IXFR; what is read is applied to a
// zone, laid out, written as octets and read again.
#include <cstdlib>
#include <memory>
#include <optional>

#include "dnsd/transfer/delta.h"
#include "dnsd/transfer/record_bytes.h"
#include "dnsd/transfer/request.h"
#include "dnsd/transfer/transfer_reader.h"
#include "dnsd/zone/builder.h"
#include "dnsd/zone/master_file.h"

namespace waypost {
namespace {

constexpr uint16_t kId = 0x1234;

void Require(bool truth) {
  if (!truth) std::abort();
}

const wire::Name& Origin() {
  static const wire::Name origin = wire::Name::Parse("example.com").value();
  return origin;
}

const zone::Records& Base() {
  static const zone::Records records =
      std::move(zone::ParseMasterText("@ 60 SOA ns h 5 1 1 1 1\n@ 60 NS ns\nns 60 A 192.0.2.1\n"
                                      "www 60 A 192.0.2.2\n",
                                      Origin(), "")
                    .records);
  return records;
}

zone::Records Copied(const zone::Records& records) {
  zone::Records copy;
  const Status status = transfer::WriteRecords(
      records, [&](const std::string& piece) { return transfer::ReadRecords(piece, copy); });
  Require(status.has_value() && copy.size() == records.size());
  return copy;
}

void Use(transfer::Transfer transfer) {
  for (const transfer::Delta& delta : transfer.deltas) {
    const auto back = transfer::ReadDelta(transfer::WriteDelta(delta));
    Require(back && back->removed == delta.removed && back->added.size() == delta.added.size());
  }
  if (transfer.kind == transfer::Transfer::Kind::kWhole) {
    Require(transfer::SoaOf(transfer.whole).serial == transfer.serial);
    zone::BuildZone(Origin(), Copied(transfer.whole));
  } else if (transfer.kind == transfer::Transfer::Kind::kDeltas) {
    auto applied = transfer::ApplyDeltas(Base(), transfer.deltas);
    if (!applied) return;
    Require(transfer::SoaOf(*applied).serial == transfer.serial);
    zone::BuildZone(Origin(), Copied(*applied));
  }
}

void ReadAll(std::span<const uint8_t> stream, bool is_incremental) {
  const uint16_t type = is_incremental ? zone::kIxfr : zone::kAxfr;
  const std::string origin(Origin().wire());
  transfer::Request request(kId, {origin, type, 1}, "", nullptr);
  request.Write(Wall());
  transfer::TransferReader reader(origin,
                                  is_incremental ? std::optional<uint32_t>(5) : std::nullopt);
  while (stream.size() >= 2) {
    const size_t octets = std::min<size_t>(stream[0] << 8 | stream[1], stream.size() - 2);
    // A copy of its own length, so that reading past the end is seen.
    const std::vector<uint8_t> message(stream.begin() + 2, stream.begin() + 2 + octets);
    stream = stream.subspan(2 + octets);
    const auto read = request.Read(message, Wall());
    const auto last = read ? reader.Take(*read) : transfer::Tried<bool>(true);
    if (!read || !last) return;
    if (*last) return Use(std::move(reader).Finish());
  }
}

}  // namespace
}  // namespace waypost

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  waypost::ReadAll({data + 1, size - 1}, (data[0] & 1) != 0);
  return 0;
}
