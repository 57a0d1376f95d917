// Diagnoses under way: who may be asked to examine, who has been asked, and what came back.
//
// Each diagnosis has a thread, which examines from the director itself, waits for the vantages, and
// concludes. So a slow examination delays nobody.
//
// Thread safety: all members from any thread. A listener is called from several threads, never
// after `done`, and must not block. Ownership: everything given must outlive it. Limits: kMaxAtOnce
// diagnoses, kMaxAttendants vantages, kMaxFindings of what a vantage may say at a time. Errors:
// those of the Diagnose call (diagnose.proto); a vantage that does not answer stands in the
// conclusion.
#pragma once

#include <condition_variable>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "dnsd/base/result.h"
#include "dnsd/control/publisher.h"
#include "healthd/diagnose/examiner.h"
#include "waypost/v1/diagnose.pb.h"

namespace waypost::control {

class DiagnosisDesk {
 public:
  static constexpr size_t kMaxAtOnce = 4;
  static constexpr size_t kMaxAttendants = 256;
  /// Octets; the findings of eight addresses with two long paths have a tenth of it.
  static constexpr size_t kMaxFindings = 256 * 1024;
  /// The director among the places.
  static constexpr const char* kSelf = "dnsd";

  using AttendantId = uint64_t;
  /// Null: the stream is to end, for a newer one of the same vantage is there. Must not block.
  using SendOrder = std::function<void(std::shared_ptr<const v1::Examination>)>;
  struct Listener {
    std::function<void(const v1::DiagnoseEvent&)> tell;
    std::function<void()> done;
  };

  /// `region`: in which the director stands; may be empty.
  DiagnosisDesk(Publisher& publisher, std::string region);
  ~DiagnosisDesk() { Stop(); }

  /// False: too many vantages.
  bool Attend(AttendantId attendant, const v1::Hello& hello, SendOrder send);
  void Take(AttendantId attendant, const v1::AttendantMessage& message);
  void Leave(AttendantId attendant);

  /// Its id. `tell` and `done` may be called before this returns.
  Result<uint64_t> Start(const v1::DiagnoseRequest& request, Listener listener);
  /// Ends it soon.
  void Cancel(uint64_t id);

  /// Ends all, and waits for it. Idempotent; afterwards Start refuses.
  void Stop();

 private:
  struct Attendant {
    std::string vantage;
    std::string region;
    SendOrder send;
  };
  struct Diagnosis {
    v1::Examination order;
    Listener listener;
    bool from_self = false;
    std::map<std::string, AttendantId> vantages;  // that were asked
    std::set<std::string> missing;
    std::vector<v1::Findings> findings;
    bool cancelled = false;
    bool ended = false;
    std::thread thread;
  };

  Result<v1::Examination> OrderFor(const v1::DiagnoseRequest& request) const;
  Status Choose(const v1::DiagnoseRequest& request, Diagnosis& diagnosis) const;
  const Attendant* FindVantage(const std::string& name, AttendantId* id) const;
  void Conduct(Diagnosis& diagnosis);
  void TellParticipants(const Diagnosis& diagnosis) const;
  void ExamineHere(Diagnosis& diagnosis);
  void SendOrders(const Diagnosis& diagnosis, bool cancel);
  void AwaitFindings(Diagnosis& diagnosis);
  void TakeFindings(Diagnosis& diagnosis, v1::Findings findings);
  void JoinEnded();

  Publisher& publisher_;
  const std::string region_;
  diagnose::Examiner examiner_;
  mutable std::mutex mutex_;  // guards all below
  std::condition_variable news_;
  std::map<AttendantId, Attendant> attendants_;
  std::map<uint64_t, Diagnosis> diagnoses_;
  uint64_t last_id_ = 0;
  bool stopping_ = false;
};

}  // namespace waypost::control
