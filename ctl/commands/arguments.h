// Arguments that several verbs share. An argument's type name in the help (FILE, POOL, KIND, a list
// of words with '|') is also what shell completion offers for it.
//
// Thread safety: one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ctl/commands/session.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace waypost::ctl {

/// What every change says of itself.
struct ChangeOptions {
  std::string reason;
  std::string author;  // empty: the session's
  std::optional<uint64_t> expected_revision;
  bool yes = false;  // where the verb asks: do not

  v1::Intent IntentFor(const Session& session) const;
};

/// --reason and --author.
void AddIntentOptions(CLI::App& verb, ChangeOptions& options);
/// Those, and --expect.
void AddChangeOptions(CLI::App& verb, ChangeOptions& options);
/// --yes, for verbs that ask.
void AddYes(CLI::App& verb, ChangeOptions& options);
/// --for DURATION.
void AddFor(CLI::App& verb, std::optional<std::chrono::milliseconds>& length);
/// A duration in the words of resource files (5s, 2m, 1d), above 0, at most ten years.
CLI::Option* AddDuration(CLI::App& verb, const std::string& name,
                         std::optional<std::chrono::milliseconds>& value,
                         const std::string& description);
/// One of a few words, in any case; `value` holds it as it stands in `words`.
CLI::Option* AddChoice(CLI::App& verb, const std::string& name, std::string& value,
                       const std::vector<std::string>& words, const std::string& description);
/// A whole number from `min` to `max`.
CLI::Option* AddNumber(CLI::App& verb, const std::string& name, uint32_t& value, uint32_t min,
                       uint32_t max, const std::string& description);
/// -f FILE|DIR, several times.
CLI::Option* AddFiles(CLI::App& verb, std::vector<std::string>& paths);

}  // namespace waypost::ctl
