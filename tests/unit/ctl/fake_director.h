// A director in this process, on a unix socket in a folder of its own: keeps what it was asked, as
// protobuf text, and answers what the test gave it.
//
// Thread safety: the test's thread and gRPC's own; what they share is behind a mutex.
#pragma once

#include <google/protobuf/message.h>

#include <memory>
#include <string>
#include <vector>

#include "ctl/commands/program.h"
#include "waypost/v1/control.pb.h"

namespace waypost::ctl {

class FakeDirector {
 public:
  FakeDirector();
  ~FakeDirector();

  /// The next call of `method` (such as "Apply") gets this, later ones what is given after it; the
  /// last one stays. Without any, an empty reply. For "Watch": all of them as events.
  void Reply(const std::string& method, const google::protobuf::Message& reply);
  /// The next call of `method` fails with this gRPC status code.
  void Refuse(const std::string& method, int status_code, const std::string& message);
  /// Calls of `method` are left without an answer for this long.
  void Delay(const std::string& method, int milliseconds);

  /// `METHOD { fields }` of each call, in order.
  std::vector<std::string> asked() const;
  /// unix:PATH
  const std::string& address() const;
  /// The folder of the socket, for the test's own files too.
  const std::string& folder() const;

  /// What the service implementations call: keeps the request, fills in the reply.
  struct Answered {
    int status_code = 0;
    std::string message;
  };
  Answered Take(const std::string& method, const google::protobuf::Message& request,
                google::protobuf::Message* reply);
  std::vector<std::string> TakeAll(const std::string& method,
                                   const google::protobuf::Message& request, Answered& end);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// What came of one run of the program.
struct Outcome {
  int code = 0;
  std::string out;
  std::string err;
};

/// The world around a run, as tests want it.
struct Desk {
  std::string input;
  bool terminal = false;
  std::vector<std::pair<std::string, std::string>> variables;
};

/// Runs the program; the clock stands at 2020-01-01 00:00:00Z, the author is ann@desk.
Outcome RunWith(const Desk& desk, const std::vector<std::string>& arguments);
/// With --server of `director`.
Outcome RunOn(const FakeDirector& director, std::vector<std::string> arguments,
              const Desk& desk = {});

/// Reads protobuf text; a failure to do so fails the test.
template <typename Message>
Message Text(const std::string& text);
void ParseText(const std::string& text, google::protobuf::Message& message);

template <typename Message>
Message Text(const std::string& text) {
  Message message;
  ParseText(text, message);
  return message;
}

/// Writes a file of the test and returns its path.
std::string WriteFile(const std::string& folder, const std::string& name, const std::string& text);

}  // namespace waypost::ctl
