// The journal of each zone that others may copy: the differences between the versions that were
// served, one after the other up to the one that is, so that a secondary is told only what changed
// (IXFR, RFC 1995). Kept in the store, so that a restart loses none.
//
// A difference is never wrong: each step of a journal names the digests of both its versions, and
// steps that do not follow one another, or do not end at what is served, are thrown away. After a
// crash between a commit and its step, the step is made from both revisions.
//
// Thread safety: Follow and Since on one thread; DepthOf on any. Ownership: store and events must
// outlive it. Errors: what cannot be kept is told as an event, and its zone begins anew; peers then
// get whole zones. Costs: a difference follows the size of the change where the configuration says
// what changed, else it is a linear pass; so is the digest, once per zone after a start.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "dnsd/config/build.h"
#include "dnsd/control/event_bus.h"
#include "dnsd/control/journal_chain.h"
#include "dnsd/control/zone_images.h"
#include "dnsd/store/store.h"

namespace waypost::control {

struct JournalDepth {
  uint32_t oldest_serial = 0;
  size_t versions = 0;
  size_t octets = 0;
};

class Journal {
 public:
  Journal(store::Store& store, EventBus& events, const JournalLimits& limits)
      : store_(store), events_(events), limits_(limits) {}

  /// This is served from now on.
  void Follow(std::shared_ptr<const config::Built> built, uint64_t revision);

  struct Steps {
    std::shared_ptr<const transfer::ZoneImage> current;
    transfer::Differences differences;
    uint64_t records = 0;  // in all of them
  };
  /// What leads from the version with this serial to the current one; nullopt: it is not known.
  std::optional<Steps> Since(const std::string& name, uint32_t serial);

  /// nullopt: there is no step.
  std::optional<JournalDepth> DepthOf(const std::string& name) const;

 private:
  struct Log {
    JournalChain chain;
    std::shared_ptr<const transfer::ZoneImage> image;  // at the end; null: not yet known
    std::optional<uint64_t> digest;                    // of the image
  };
  class Past;

  Log& LogOf(const std::string& name);
  void LoadAll();
  void ForgetOthers(const config::Built& built);
  void Forget(const std::string& name);
  void Follow(const std::string& name, const ZoneVersion& now, uint64_t revision, Past& past);
  /// The first version since the start: what was loaded must end there.
  void Begin(Log& log, const std::string& name, const ZoneVersion& now, uint64_t revision,
             Past& past);
  void Advance(Log& log, const std::string& name, const ZoneVersion& before, const ZoneVersion& now,
               uint64_t revision);
  void Append(Log& log, const std::string& name, const transfer::Difference& step,
              uint64_t revision);
  void BeginAnew(Log& log, const std::string& name, const std::string& why);
  void TellDepth(const std::string& name, const JournalChain& chain);

  store::Store& store_;
  EventBus& events_;
  const JournalLimits limits_;
  std::shared_ptr<const config::Built> built_;
  std::map<std::string, Log> logs_;  // by name in Built::zones
  mutable std::mutex mutex_;         // guards depths_
  std::map<std::string, JournalDepth> depths_;
};

}  // namespace waypost::control
