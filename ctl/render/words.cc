#include "ctl/render/words.h"

#include <fmt/format.h>

#include "dnsd/config/scalar.h"

namespace waypost::render {
namespace {

/// `unset` for the zero value.
template <typename Enum>
std::string Word(Enum value, const char* unset) {
  if (static_cast<int>(value) == 0) return unset;
  const auto* descriptor =
      google::protobuf::GetEnumDescriptor<Enum>()->FindValueByNumber(static_cast<int>(value));
  return descriptor == nullptr ? std::to_string(static_cast<int>(value))
                               : config::EnumWord(*descriptor);
}

}  // namespace

std::string WordOf(v1::RecordType type) { return Word(type, "-"); }
std::string WordOf(v1::Quorum quorum) { return Word(quorum, "majority"); }
std::string WordOf(v1::OnAllDown choice) { return Word(choice, "all"); }
std::string WordOf(v1::OnNoDataYet choice) { return Word(choice, "last_known"); }
std::string WordOf(v1::OnStale choice) { return Word(choice, "freeze"); }
std::string WordOf(v1::KeyAlgorithm algorithm) { return Word(algorithm, "hmac_sha256"); }
std::string WordOf(v1::Opinion opinion) { return Word(opinion, "-"); }
std::string WordOf(v1::Layer layer) { return Word(layer, "none"); }
std::string WordOf(v1::Fault fault) { return fault == v1::FAULT_OTHER ? "" : Word(fault, ""); }

std::string WordOf(const v1::Step& step) {
  if (step.step_case() == v1::Step::kPolicy) return "policy \"" + step.policy() + "\"";
  const auto* field = v1::Step::descriptor()->FindFieldByNumber(step.step_case());
  return field == nullptr ? "" : field->name();
}

std::string WordsOf(const v1::Override& override) {
  switch (override.action_case()) {
    case v1::Override::kDrain:
      return "drained";
    case v1::Override::kForce:
      return override.force() == v1::FORCED_STATE_UP ? "forced up" : "forced down";
    case v1::Override::kFailoverTo:
      return "fails over to " + override.failover_to();
    case v1::Override::kAutomation:
      return override.automation() == v1::AUTOMATION_MODE_PAUSED ? "paused" : "lifted";
    case v1::Override::ACTION_NOT_SET:
      break;
  }
  return "";
}

std::string LoadWords(const v1::Load& load) {
  return fmt::format("{:g} of {:g} ({:.0f}%)", load.used(), load.capacity(),
                     100 * load.used() / load.capacity());
}

std::string Join(const std::vector<std::string>& words, const std::string& separator) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : separator) + word;
  return text;
}

std::string Join(const google::protobuf::RepeatedPtrField<std::string>& words,
                 const std::string& separator) {
  return Join(std::vector<std::string>(words.begin(), words.end()), separator);
}

}  // namespace waypost::render
