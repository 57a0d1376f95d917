#include "dnsd/control/newest_version.h"

#include <fmt/format.h>

#include <utility>

#include "dnsd/transfer/delta.h"

namespace waypost::control {
namespace {

namespace asio = boost::asio;
using transfer::Failed;
using transfer::Layer;
using transfer::Transfer;
using transfer::Tried;
using Newest = Tried<std::optional<Version>>;

/// Of a zone that grows by differences; more than a zone of kMaxTransferOctets takes.
constexpr size_t kMaxFootprint = size_t{2} * transfer::kMaxTransferOctets;

std::string SoaRdata(const zone::Records& content) {
  return std::string(zone::AsText(content.entries().front().rdata_bytes()));
}

/// The primary, who has just told his serial, does not have, or cannot do, what an IXFR needs; an
/// AXFR may do. Silence behind one newer SOA says the same (RFC 1995 section 4).
bool IsWorthWhole(const transfer::Trouble& trouble) {
  return trouble.layer == Layer::kRcode || trouble.layer == Layer::kFormat ||
         trouble.layer == Layer::kConnect || trouble.layer == Layer::kTimeout;
}

/// True: newer than ours; false: the same.
Tried<bool> Compare(uint32_t theirs, uint32_t ours) {
  if (theirs == ours) return false;
  if (transfer::IsNewer(theirs, ours)) return true;
  return Failed(Layer::kSerial,
                fmt::format("the primary has serial {}, which is older than our {}", theirs, ours));
}

Newest WholeOf(Transfer transfer, const Wanted& wanted) {
  if (wanted.base != nullptr && !wanted.full) {
    const auto news = Compare(transfer.serial, transfer::SoaOf(*wanted.base).serial);
    if (!news) return tl::unexpected(news.error());
    if (!*news) return std::nullopt;
  }
  auto content = std::make_shared<const zone::Records>(std::move(transfer.whole));
  return Version{std::move(content), {}, transfer.out_of_zone};
}

asio::awaitable<Newest> FetchWhole(PrimaryClient& client, const Wanted& wanted) {
  Tried<Transfer> transfer = co_await client.Fetch(wanted.origin, "");
  if (!transfer) co_return tl::unexpected(transfer.error());
  co_return WholeOf(*std::move(transfer), wanted);
}

asio::awaitable<Newest> FetchDifferences(PrimaryClient& client, const Wanted& wanted) {
  Tried<Transfer> transfer = co_await client.Fetch(wanted.origin, SoaRdata(*wanted.base));
  if (!transfer) co_return tl::unexpected(transfer.error());
  if (transfer->kind == Transfer::Kind::kWhole) co_return WholeOf(*std::move(transfer), wanted);
  if (transfer->kind == Transfer::Kind::kUpToDate) {
    const auto news = Compare(transfer->serial, transfer::SoaOf(*wanted.base).serial);
    if (!news) co_return tl::unexpected(news.error());
    co_return std::nullopt;
  }
  auto applied = transfer::ApplyDeltas(*wanted.base, transfer->deltas);
  if (!applied) {
    co_return Failed(Layer::kFormat, "the differences do not fit: " + applied.error().message);
  }
  if (applied->footprint() > kMaxFootprint) {
    co_return Failed(Layer::kContent, "the zone has become too large");
  }
  auto content = std::make_shared<const zone::Records>(*std::move(applied));
  co_return Version{std::move(content), std::move(transfer->deltas), transfer->out_of_zone};
}

}  // namespace

asio::awaitable<Newest> FetchNewest(PrimaryClient& client, Wanted wanted,
                                    std::shared_ptr<Gate> transfers) {
  const bool is_incremental = wanted.base != nullptr && !wanted.full && !wanted.whole;
  if (is_incremental) {
    const Tried<uint32_t> serial = co_await client.AskSerial(wanted.origin);
    if (!serial) co_return tl::unexpected(serial.error());
    const Tried<bool> news = Compare(*serial, transfer::SoaOf(*wanted.base).serial);
    if (!news) co_return tl::unexpected(news.error());
    if (!*news) co_return std::nullopt;
  }
  const Gate::Pass pass = co_await transfers->Enter();
  if (is_incremental) {
    Newest newest = co_await FetchDifferences(client, wanted);
    if (newest || !IsWorthWhole(newest.error())) co_return newest;
  }
  Newest whole = co_await FetchWhole(client, wanted);
  co_return whole;
}

}  // namespace waypost::control
