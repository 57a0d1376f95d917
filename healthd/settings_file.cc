#include <yaml-cpp/yaml.h>

#include <functional>
#include <map>

#include "healthd/settings.h"

namespace waypost {
namespace {

using Setter = std::function<void(const YAML::Node&)>;

std::vector<std::string> SplitAtCommas(const std::string& text) {
  std::vector<std::string> parts;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(',', begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

template <typename T>
Setter Into(T& field) {
  return [&field](const YAML::Node& value) { field = value.as<T>(); };
}

Setter IntoList(std::vector<std::string>& field) {
  return [&field](const YAML::Node& value) {
    field = value.IsSequence() ? value.as<std::vector<std::string>>()
                               : SplitAtCommas(value.as<std::string>());
  };
}

/// The fields of one thing that has a name; others are errors.
void SetFields(const YAML::Node& fields, const std::map<std::string, Setter>& setters) {
  for (const auto& field : fields) {
    const auto setter = setters.find(field.first.as<std::string>());
    if (setter == setters.end())
      throw YAML::Exception(field.first.Mark(),
                            "\"" + field.first.as<std::string>() + "\" is not a setting");
    setter->second(field.second);
  }
}

Setter IntoIdentities(probe::Identities& identities) {
  return [&identities](const YAML::Node& value) {
    identities.clear();
    for (const auto& entry : value) {
      probe::Identity& identity = identities[entry.first.as<std::string>()];
      SetFields(entry.second, {{"cert", Into(identity.cert)}, {"key", Into(identity.key)}});
      if (identity.cert.empty() || identity.key.empty())
        throw YAML::Exception(entry.first.Mark(), "an identity needs cert and key");
    }
  };
}

Setter IntoCommands(probe::Commands& commands) {
  return [&commands](const YAML::Node& value) {
    commands.clear();
    for (const auto& entry : value) {
      probe::Command& command = commands[entry.first.as<std::string>()];
      SetFields(entry.second, {{"run", Into(command.run)}});
      if (command.run.empty() || !command.run[0].starts_with('/'))
        throw YAML::Exception(entry.first.Mark(), "run must start with an absolute path");
    }
  };
}

std::map<std::string, Setter> SettersOf(Settings& settings) {
  return {{"vantage", Into(settings.vantage)},
          {"region", Into(settings.region)},
          {"director", IntoList(settings.director)},
          {"ca", Into(settings.ca)},
          {"cert", Into(settings.cert)},
          {"key", Into(settings.key)},
          {"insecure_control", Into(settings.insecure_control)},
          {"log_level", Into(settings.log_level)},
          {"max_concurrent", Into(settings.max_concurrent)},
          {"asn", Into(settings.asn)},
          {"diagnose", Into(settings.diagnose)},
          {"reference", IntoList(settings.reference)},
          {"commands", IntoCommands(settings.permissions.commands)},
          {"identities", IntoIdentities(settings.permissions.identities)}};
}

tl::unexpected<Error> InvalidAt(const std::string& file, const YAML::Mark& mark,
                                const std::string& fact) {
  return Fail(ErrorCode::kInvalid, file + ":" + std::to_string(mark.line + 1) + ": " + fact);
}

Status SetAll(const YAML::Node& document, const std::string& file, Settings& settings) {
  if (document.IsNull()) return {};
  if (!document.IsMap()) return InvalidAt(file, document.Mark(), "is no map of settings");
  const auto setters = SettersOf(settings);
  for (const auto& entry : document) {
    const auto name = entry.first.as<std::string>();
    const auto setter = setters.find(name);
    if (setter == setters.end())
      return InvalidAt(file, entry.first.Mark(), "\"" + name + "\" is not a setting");
    setter->second(entry.second);
  }
  return {};
}

}  // namespace

Status ParseSettings(const std::string& yaml, const std::string& file, Settings& settings) {
  try {
    return SetAll(YAML::Load(yaml), file, settings);
  } catch (const YAML::Exception& exception) {
    return InvalidAt(file, exception.mark, exception.msg);
  }
}

}  // namespace waypost
