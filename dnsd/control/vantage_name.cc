#include "dnsd/control/vantage_name.h"

#include <fmt/format.h>

#include "dnsd/control/peer_names.h"

namespace waypost::control {
namespace {

constexpr size_t kMaxName = 63;

bool MaySpeakFor(const grpc::AuthContext& peer, const std::string& vantage) {
  return !peer.IsPeerAuthenticated() || NamesOf(peer).contains(vantage);
}

}  // namespace

grpc::Status CheckHello(const grpc::AuthContext& peer, const v1::Hello* hello) {
  if (hello == nullptr)
    return {grpc::StatusCode::FAILED_PRECONDITION, "the first message must be Hello"};
  const std::string& vantage = hello->vantage();
  if (vantage.empty() || vantage.size() > kMaxName)
    return {grpc::StatusCode::INVALID_ARGUMENT, "a vantage's name has 1 to 63 letters"};
  if (MaySpeakFor(peer, vantage)) return grpc::Status::OK;
  return {grpc::StatusCode::PERMISSION_DENIED,
          fmt::format("the certificate does not name vantage \"{}\"", vantage)};
}

}  // namespace waypost::control
