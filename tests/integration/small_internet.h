// A small internet of network namespaces that a test makes for itself, out of veth pairs:
//
//   head 10.90.1.2 ─┐
//   east 10.90.2.2 ─┼─ core 10.90.9.1 ── 10.90.9.2 site ── server 10.90.80.10, .11, .12
//   west 10.90.3.2 ─┘
//
// The same with fd90:1::, fd90:2:: and so on. Routers have the .1 towards hosts.
//
// Errors: is_possible() is false where privileges or programs are missing; why() says so, and holds
// the first command that failed later too.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/support/process.h"

namespace waypost::test {

class SmallInternet {
 public:
  SmallInternet();
  ~SmallInternet();
  SmallInternet(const SmallInternet&) = delete;
  SmallInternet& operator=(const SmallInternet&) = delete;

  bool is_possible() const { return is_possible_; }
  /// Empty: nothing has failed.
  const std::string& why() const { return why_; }
  const TempDir& dir() const { return dir_; }

  /// The command line that runs a command at `host`.
  std::vector<std::string> At(const std::string& host,
                              const std::vector<std::string>& command) const;
  /// True on success; the first failure stays in why().
  bool Run(const std::string& host, const std::vector<std::string>& command);
  /// Runs `work` on a thread that is at `host`, as are all threads and sockets that it makes.
  void Do(const std::string& host, const std::function<void()>& work) const;

 private:
  bool Execute(const std::vector<std::string>& command);
  void Build();
  bool Join(const std::string& router, const std::string& host, int net);
  bool SetUp(const std::string& host, const std::string& interface, int net, int number);

  TempDir dir_;
  std::vector<std::string> hosts_;
  std::string why_;
  bool is_possible_ = false;
  int commands_ = 0;
};

/// Rules of nftables for what `host` forwards, while it lives.
class Filter {
 public:
  /// `hook`: forward, input or output.
  Filter(SmallInternet& internet, std::string host, const std::string& rule,
         const std::string& hook = "forward");
  ~Filter();
  Filter(const Filter&) = delete;
  Filter& operator=(const Filter&) = delete;

 private:
  SmallInternet& internet_;
  const std::string host_;
};

/// Something done at a host, and what undoes it.
class Change {
 public:
  Change(SmallInternet& internet, std::string host, const std::vector<std::string>& done,
         std::vector<std::string> undone)
      : internet_(internet), host_(std::move(host)), undone_(std::move(undone)) {
    internet_.Run(host_, done);
  }
  ~Change() { internet_.Run(host_, undone_); }
  Change(const Change&) = delete;
  Change& operator=(const Change&) = delete;

 private:
  SmallInternet& internet_;
  const std::string host_;
  const std::vector<std::string> undone_;
};

}  // namespace waypost::test
