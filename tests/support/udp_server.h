// A small UDP server on loopback that answers each datagram as told.
//
// Thread safety: all members from any thread; it serves from a thread of its own. Ownership: the
// destructor closes everything. Errors: what cannot be set up aborts the test program.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace waypost::test {

class UdpServer {
 public:
  /// The datagrams that go back for one that came.
  using Reply = std::function<std::vector<std::string>(const std::string&)>;

  explicit UdpServer(Reply reply, const std::string& address = "127.0.0.1");
  ~UdpServer();
  UdpServer(const UdpServer&) = delete;
  UdpServer& operator=(const UdpServer&) = delete;

  uint16_t port() const;
  void Answer(Reply reply);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace waypost::test
