// Which view a client has: by the key that signed its query, the address of ours that it asked, and
// its own address. The most specific rule wins: one with a key before one without, then one with an
// address of ours, then the longest network. So rules of two views can only be alike in all three,
// and then they are an error that the maker of the map has found (config/validate.h).
//
// Thread safety: immutable. Find allocates nothing and takes O(log n) for each address of ours (and
// each key, where there is one).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dnsd/base/ip.h"

namespace waypost {

/// Who asks, as far as views care.
struct ViewClient {
  IpAddress address;
  IpAddress asked;       // of ours
  std::string_view key;  // its name in one spelling; empty: not signed
};

struct ViewRule {
  uint32_t view = 0;
  std::string key;                  // empty: any, or none
  std::optional<IpAddress> asked;   // unset: any
  std::optional<IpPrefix> network;  // unset: any

  bool IsAlike(const ViewRule& other) const {
    return key == other.key && asked == other.asked && network == other.network;
  }
};

/// The most specific ones first, then in an order that keeps like ones together and a network
/// behind those around it.
bool ComesBefore(const ViewRule& a, const ViewRule& b);

class ViewMap {
 public:
  static constexpr uint32_t kNone = ~uint32_t{0};

  ViewMap() = default;
  /// Those that are alike are of one view.
  explicit ViewMap(std::vector<ViewRule> rules);

  uint32_t Find(const ViewClient& client) const noexcept;
  /// By rules that have a key alone.
  uint32_t FindByKey(const ViewClient& client) const noexcept;

 private:
  /// A network, and the nearest one around it: its place in the list.
  struct Network {
    IpPrefix prefix;
    uint32_t view;
    uint32_t around;
  };
  /// The rules that have the same key and address of ours.
  struct Group {
    std::string key;
    std::optional<IpAddress> asked;
    uint32_t view = kNone;          // of the rule without a network
    std::vector<Network> networks;  // sorted: what is around comes first

    uint32_t Find(const IpAddress& address) const noexcept;
    bool Covers(const ViewClient& client) const noexcept {
      return (key.empty() || key == client.key) && (!asked || *asked == client.asked);
    }
  };

  void Add(const ViewRule& rule);

  std::vector<Group> groups_;  // the most specific first
};

}  // namespace waypost
