#include "tests/sim/subject.h"

#include <set>

namespace waypost::sim {
namespace {

using liveness::Evidence;
using liveness::Opinion;

class Gullible final : public Subject {
 public:
  void Observe(const std::string& vantage, const std::string& endpoint, Evidence evidence,
               Steady now) override {
    vantages_.insert(vantage);
    for (const std::string& name : vantages_) {
      evidence.sequence = ++sequence_;
      verdicts.Observe(name, endpoint, evidence, now);
    }
  }

 private:
  std::set<std::string> vantages_;
  uint64_t sequence_ = 0;
};

class Immortal final : public Subject {
 public:
  void Observe(const std::string& vantage, const std::string& endpoint, Evidence evidence,
               Steady now) override {
    evidence.sequence = ++sequence_;
    last_[{vantage, endpoint}] = evidence;
    verdicts.Observe(vantage, endpoint, std::move(evidence), now);
  }
  void Tick(Steady now) override {
    for (auto& [key, evidence] : last_) {
      evidence.observed = now;
      evidence.sequence = ++sequence_;
      verdicts.Observe(key.first, key.second, evidence, now);
    }
    verdicts.Tick(now);
  }

 private:
  std::map<std::pair<std::string, std::string>, Evidence> last_;
  uint64_t sequence_ = 0;
};

class Optimist final : public Subject {
 public:
  void Observe(const std::string& vantage, const std::string& endpoint, Evidence evidence,
               Steady now) override {
    evidence.opinion = Opinion::kUp;
    verdicts.Observe(vantage, endpoint, std::move(evidence), now);
  }
};

class Stubborn final : public Subject {
 public:
  void Observe(const std::string& vantage, const std::string& endpoint, Evidence evidence,
               Steady now) override {
    evidence.opinion = first_.try_emplace({vantage, endpoint}, evidence.opinion).first->second;
    verdicts.Observe(vantage, endpoint, std::move(evidence), now);
  }

 private:
  std::map<std::pair<std::string, std::string>, Opinion> first_;
};

class Forger final : public Subject {
 public:
  void Configure(liveness::Layout layout, std::shared_ptr<liveness::Board> board,
                 Steady now) override {
    board_ = board;
    verdicts.Configure(std::move(layout), std::move(board), now);
  }
  void Tick(Steady now) override {
    verdicts.Tick(now);
    board_->SetEndpoint(0, {liveness::Standing::kForcedDown, 255, 100, 0xFFFF});
  }

 private:
  std::shared_ptr<liveness::Board> board_;
};

}  // namespace

std::unique_ptr<Subject> MakeProduction() { return std::make_unique<Subject>(); }
std::unique_ptr<Subject> MakeGullible() { return std::make_unique<Gullible>(); }
std::unique_ptr<Subject> MakeImmortal() { return std::make_unique<Immortal>(); }
std::unique_ptr<Subject> MakeOptimist() { return std::make_unique<Optimist>(); }
std::unique_ptr<Subject> MakeStubborn() { return std::make_unique<Stubborn>(); }
std::unique_ptr<Subject> MakeForger() { return std::make_unique<Forger>(); }

}  // namespace waypost::sim
