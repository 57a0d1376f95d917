#include "ctl/commands/arguments.h"

#include <CLI/CLI.hpp>

#include "ctl/render/words.h"
#include "dnsd/config/scalar.h"

namespace waypost::ctl {
namespace {

// Longer is a slip of the finger, and ten years are far below the range of the clock's type.
constexpr std::chrono::seconds kLongest = std::chrono::hours(24 * 3650);

std::chrono::milliseconds ParseDurationOrThrow(const std::string& name, const std::string& text) {
  const auto parsed = config::ParseDuration(text);
  if (!parsed) throw CLI::ValidationError(name, parsed.error().message);
  const auto length = std::chrono::seconds(parsed->seconds()) +
                      std::chrono::milliseconds(parsed->nanos() / 1'000'000);
  if (length <= std::chrono::milliseconds(0) || length > kLongest) {
    throw CLI::ValidationError(name, text + " is not above 0 and at most 3650d");
  }
  return length;
}

}  // namespace

v1::Intent ChangeOptions::IntentFor(const Session& session) const {
  v1::Intent intent;
  intent.set_author(author.empty() ? session.author : author);
  intent.set_reason(reason);
  if (expected_revision) intent.set_expected_revision(*expected_revision);
  return intent;
}

void AddIntentOptions(CLI::App& verb, ChangeOptions& options) {
  verb.add_option("--reason", options.reason, "Why, for the history")->type_name("TEXT");
  verb.add_option("--author", options.author, "Who, for the history [USER@HOST]")
      ->type_name("USER");
}

void AddChangeOptions(CLI::App& verb, ChangeOptions& options) {
  AddIntentOptions(verb, options);
  verb.add_option("--expect", options.expected_revision,
                  "Change nothing unless this is the current revision")
      ->type_name("REVISION");
}

void AddYes(CLI::App& verb, ChangeOptions& options) {
  verb.add_flag("-y,--yes", options.yes, "Do not ask");
}

void AddFor(CLI::App& verb, std::optional<std::chrono::milliseconds>& length) {
  AddDuration(verb, "--for", length, "End by itself after this time, such as 30m or 2h");
}

CLI::Option* AddDuration(CLI::App& verb, const std::string& name,
                         std::optional<std::chrono::milliseconds>& value,
                         const std::string& description) {
  return verb
      .add_option_function<std::string>(
          name,
          [&value, name](const std::string& text) { value = ParseDurationOrThrow(name, text); },
          description)
      ->type_name("DURATION");
}

CLI::Option* AddChoice(CLI::App& verb, const std::string& name, std::string& value,
                       const std::vector<std::string>& words, const std::string& description) {
  // The type name tells the words; the check's own description would only repeat them.
  CLI::Validator is_member = CLI::IsMember(words, CLI::ignore_case);
  is_member.description("");
  return verb.add_option(name, value, description)
      ->transform(is_member)
      ->type_name(render::Join(words, "|"));
}

CLI::Option* AddNumber(CLI::App& verb, const std::string& name, uint32_t& value, uint32_t min,
                       uint32_t max, const std::string& description) {
  CLI::Validator in_range = CLI::Range(min, max);
  in_range.description("");
  return verb.add_option(name, value, description)->check(in_range)->type_name("N");
}

CLI::Option* AddFiles(CLI::App& verb, std::vector<std::string>& paths) {
  return verb
      .add_option("-f,--file", paths,
                  "Resource files (*.yaml, *.yml, *.json), master files (ORIGIN.zone) or folders "
                  "of them; may be repeated")
      ->type_name("FILE|DIR")
      ->allow_extra_args(false);
}

}  // namespace waypost::ctl
