#include "dnsd/control/diagnosis_desk.h"

#include <fmt/format.h>

#include <algorithm>

#include "dnsd/control/endpoint_order.h"
#include "healthd/diagnose/conclude.h"
#include "healthd/diagnose/order.h"

namespace waypost::control {
namespace {

/// What a vantage takes to end an examination whose time is up, and for its findings to arrive.
constexpr std::chrono::seconds kGrace{3};

v1::Findings NoAnswer(const v1::Examination& order, const std::string& place, std::string why) {
  v1::Findings findings;
  findings.set_id(order.id());
  findings.set_place(place);
  findings.set_trouble(std::move(why));
  return findings;
}

}  // namespace

DiagnosisDesk::DiagnosisDesk(Publisher& publisher, std::string region)
    : publisher_(publisher), region_(std::move(region)) {}

bool DiagnosisDesk::Attend(AttendantId attendant, const v1::Hello& hello, SendOrder send) {
  const std::lock_guard lock(mutex_);
  AttendantId older = 0;
  if (const Attendant* found = FindVantage(hello.vantage(), &older)) {
    found->send(nullptr);
    attendants_.erase(older);
  }
  if (attendants_.size() >= kMaxAttendants) return false;
  attendants_[attendant] = {hello.vantage(), hello.region(), std::move(send)};
  return true;
}

const DiagnosisDesk::Attendant* DiagnosisDesk::FindVantage(const std::string& name,
                                                           AttendantId* id) const {
  for (const auto& [key, attendant] : attendants_) {
    if (attendant.vantage != name) continue;
    *id = key;
    return &attendant;
  }
  return nullptr;
}

void DiagnosisDesk::Take(AttendantId attendant, const v1::AttendantMessage& message) {
  if (message.ByteSizeLong() > kMaxFindings) return;
  const uint64_t id = message.has_findings() ? message.findings().id() : message.progress().id();
  const std::lock_guard lock(mutex_);
  const auto who = attendants_.find(attendant);
  const auto diagnosis = diagnoses_.find(id);
  if (who == attendants_.end() || diagnosis == diagnoses_.end()) return;
  const std::string& vantage = who->second.vantage;
  if (!diagnosis->second.missing.contains(vantage)) return;
  if (message.has_findings()) {
    v1::Findings findings = message.findings();
    findings.set_place(vantage);
    findings.set_region(who->second.region);
    return TakeFindings(diagnosis->second, std::move(findings));
  }
  v1::DiagnoseEvent event;
  *event.mutable_progress() = message.progress();
  event.mutable_progress()->set_place(vantage);
  diagnosis->second.listener.tell(event);
}

void DiagnosisDesk::Leave(AttendantId attendant) {
  const std::lock_guard lock(mutex_);
  const auto who = attendants_.find(attendant);
  if (who == attendants_.end()) return;
  const std::string vantage = who->second.vantage;
  attendants_.erase(who);
  for (auto& [id, diagnosis] : diagnoses_) {
    const auto asked = diagnosis.vantages.find(vantage);
    const bool is_lost = asked != diagnosis.vantages.end() && asked->second == attendant &&
                         diagnosis.missing.contains(vantage);
    if (is_lost) TakeFindings(diagnosis, NoAnswer(diagnosis.order, vantage, "it disconnected"));
  }
}

/// Under the lock.
void DiagnosisDesk::TakeFindings(Diagnosis& diagnosis, v1::Findings findings) {
  diagnosis.missing.erase(findings.place());
  v1::DiagnoseEvent event;
  *event.mutable_findings() = findings;
  diagnosis.listener.tell(event);
  diagnosis.findings.push_back(std::move(findings));
  news_.notify_all();
}

Result<v1::Examination> DiagnosisDesk::OrderFor(const v1::DiagnoseRequest& request) const {
  const auto serving = publisher_.serving();
  auto order = serving ? BuildEndpointOrder(request, *serving->built) : std::nullopt;
  if (order) return *std::move(order);
  if (request.target().find('/') != std::string::npos)
    return Fail(ErrorCode::kNotFound, fmt::format("there is no endpoint \"{}\"", request.target()));
  return diagnose::BuildExamination(request);
}

Status DiagnosisDesk::Choose(const v1::DiagnoseRequest& request, Diagnosis& diagnosis) const {
  diagnosis.from_self = request.from().empty();
  for (const std::string& name : request.from()) {
    AttendantId id = 0;
    if (name == kSelf) {
      diagnosis.from_self = true;
    } else if (FindVantage(name, &id) != nullptr) {
      diagnosis.vantages[name] = id;
    } else {
      return Fail(ErrorCode::kNotFound,
                  fmt::format("vantage \"{}\" cannot be asked: it is not connected, or its "
                              "settings say `diagnose: off`",
                              name));
    }
  }
  if (request.from().empty())
    for (const auto& [id, attendant] : attendants_) diagnosis.vantages[attendant.vantage] = id;
  return {};
}

Result<uint64_t> DiagnosisDesk::Start(const v1::DiagnoseRequest& request, Listener listener) {
  auto order = OrderFor(request);
  if (!order) return tl::unexpected(order.error());
  if (Status taken = diagnose::TakeOptions(request, *order); !taken)
    return tl::unexpected(taken.error());
  const std::lock_guard lock(mutex_);
  JoinEnded();
  if (stopping_ || diagnoses_.size() >= kMaxAtOnce)
    return Fail(ErrorCode::kUnavailable,
                fmt::format("{} diagnoses are under way; try again later", diagnoses_.size()));
  Diagnosis chosen;
  if (Status status = Choose(request, chosen); !status) return tl::unexpected(status.error());
  const uint64_t id = ++last_id_;
  Diagnosis& diagnosis = diagnoses_[id] = std::move(chosen);
  diagnosis.order = *std::move(order);
  diagnosis.order.set_id(id);
  diagnosis.listener = std::move(listener);
  for (const auto& [vantage, attendant] : diagnosis.vantages) diagnosis.missing.insert(vantage);
  if (diagnosis.from_self) diagnosis.missing.insert(kSelf);
  TellParticipants(diagnosis);
  SendOrders(diagnosis, false);
  diagnosis.thread = std::thread([this, &diagnosis] { Conduct(diagnosis); });
  return id;
}

void DiagnosisDesk::TellParticipants(const Diagnosis& diagnosis) const {
  v1::DiagnoseEvent event;
  if (diagnosis.from_self) event.mutable_participants()->add_places(kSelf);
  for (const auto& [vantage, attendant] : diagnosis.vantages)
    event.mutable_participants()->add_places(vantage);
  diagnosis.listener.tell(event);
}

/// Under the lock. Where `cancel`: to those that have not answered yet.
void DiagnosisDesk::SendOrders(const Diagnosis& diagnosis, bool cancel) {
  const auto order = std::make_shared<v1::Examination>(diagnosis.order);
  order->set_cancel(cancel);
  for (const auto& [vantage, id] : diagnosis.vantages) {
    const auto attendant = attendants_.find(id);
    if (attendant != attendants_.end() && diagnosis.missing.contains(vantage))
      attendant->second.send(order);
  }
}

void DiagnosisDesk::Conduct(Diagnosis& diagnosis) {
  if (diagnosis.from_self) ExamineHere(diagnosis);
  AwaitFindings(diagnosis);
  std::unique_lock lock(mutex_);
  v1::DiagnoseEvent event;
  *event.mutable_conclusion() = diagnose::Conclude(diagnosis.findings);
  diagnosis.listener.tell(event);
  diagnosis.listener.done();
  diagnosis.ended = true;
}

/// The director's own share goes on beside the waiting.
void DiagnosisDesk::ExamineHere(Diagnosis& diagnosis) {
  diagnose::Surroundings surroundings;
  surroundings.place = kSelf;
  surroundings.region = region_;
  surroundings.objection = [](const IpAddress&) { return std::string(); };
  const auto tell = [this, &diagnosis](const v1::Progress& progress) {
    v1::DiagnoseEvent event;
    *event.mutable_progress() = progress;
    const std::lock_guard lock(mutex_);
    diagnosis.listener.tell(event);
  };
  const auto done = [this, &diagnosis](const v1::Findings& findings) {
    const std::lock_guard lock(mutex_);
    TakeFindings(diagnosis, findings);
  };
  examiner_.Start(kSelf, diagnosis.order, surroundings, tell, done);
}

void DiagnosisDesk::AwaitFindings(Diagnosis& diagnosis) {
  const Steady until =
      std::chrono::steady_clock::now() + diagnose::DeadlineOf(diagnosis.order) + kGrace;
  std::unique_lock lock(mutex_);
  const auto is_over = [&] {
    return diagnosis.missing.empty() || diagnosis.cancelled || stopping_;
  };
  news_.wait_until(lock, until, is_over);
  SendOrders(diagnosis, true);
  const bool waits_for_self = diagnosis.missing.contains(kSelf);
  if (waits_for_self) examiner_.Cancel(kSelf, diagnosis.order.id());
  // What runs here refers to the diagnosis; it ends soon.
  news_.wait(lock, [&] { return !diagnosis.missing.contains(kSelf); });
  const std::set<std::string> missing = diagnosis.missing;
  for (const std::string& place : missing)
    TakeFindings(diagnosis, NoAnswer(diagnosis.order, place, "no answer in time"));
}

void DiagnosisDesk::Cancel(uint64_t id) {
  const std::lock_guard lock(mutex_);
  const auto diagnosis = diagnoses_.find(id);
  if (diagnosis == diagnoses_.end()) return;
  diagnosis->second.cancelled = true;
  news_.notify_all();
}

/// Under the lock, which a thread that has ended does not take any more.
void DiagnosisDesk::JoinEnded() {
  for (auto it = diagnoses_.begin(); it != diagnoses_.end();) {
    if (!it->second.ended) {
      ++it;
      continue;
    }
    it->second.thread.join();
    it = diagnoses_.erase(it);
  }
}

void DiagnosisDesk::Stop() {
  std::unique_lock lock(mutex_);
  stopping_ = true;
  news_.notify_all();
  for (auto& [id, diagnosis] : diagnoses_) {
    std::thread ending = std::move(diagnosis.thread);
    lock.unlock();
    if (ending.joinable()) ending.join();
    lock.lock();
  }
  diagnoses_.clear();
}

}  // namespace waypost::control
