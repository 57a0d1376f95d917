// `automation`: bounded automation, and an operator's word over it.
#include "ctl/render/automation.h"

#include <CLI/CLI.hpp>

#include "ctl/commands/overrides.h"
#include "ctl/commands/verbs.h"

namespace waypost::ctl {
namespace {

struct AutomationOptions {
  std::string name;
  OverrideOptions override;

  OverrideOptions Targeted() const {
    OverrideOptions targeted = override;
    targeted.target = {"automation", name};
    targeted.kinds = {"automation"};
    return targeted;
  }
};

struct NoOptions {};

ExitCode Set(const AutomationOptions& options, v1::AutomationMode mode, Session& session) {
  v1::Override override;
  override.set_automation(mode);
  return SetOverride(options.Targeted(), std::move(override), session);
}

ExitCode Pause(const AutomationOptions& options, Session& session) {
  return Set(options, v1::AUTOMATION_MODE_PAUSED, session);
}

ExitCode Lift(const AutomationOptions& options, Session& session) {
  return Set(options, v1::AUTOMATION_MODE_LIFTED, session);
}

ExitCode Resume(const AutomationOptions& options, Session& session) {
  return ClearOverride(options.Targeted(), session);
}

ExitCode List(const NoOptions&, Session& session) {
  const Answer<v1::StatusReply> status = session.client.Status();
  if (!status) return session.Fail(status.error());
  v1::StatusReply part;
  *part.mutable_automations() = status->automations();
  if (!session.tables()) {
    session.Print(part);
    return ExitCode::kDone;
  }
  const std::string text = render::RenderAutomations(part, session.style);
  session.out << (text.empty() ? "nothing bounds the automation\n" : text);
  return ExitCode::kDone;
}

void DeclareName(CLI::App& verb, AutomationOptions& options) {
  verb.add_option("automation", options.name, "Which")->type_name("AUTOMATION")->required();
}

void DeclareSet(CLI::App& verb, AutomationOptions& options) {
  DeclareName(verb, options);
  AddFor(verb, options.override.length);
  AddChangeOptions(verb, options.override.change);
  verb.footer("The reason is required; it stands in the history.");
}

void DeclareResume(CLI::App& verb, AutomationOptions& options) {
  DeclareName(verb, options);
  AddChangeOptions(verb, options.override.change);
}

}  // namespace

void AddAutomation(Verbs& verbs) {
  Verbs group = verbs.AddGroup("automation", "Bounded automation, and your word over it");
  group.Add<NoOptions>(
      "list", "What is held back, and by which bound", [](CLI::App&, NoOptions&) {}, List);
  group.Add<AutomationOptions>("pause", "Let nothing move by itself", DeclareSet, Pause);
  group.Add<AutomationOptions>("lift", "Let everything move at once, without bounds", DeclareSet,
                               Lift);
  group.Add<AutomationOptions>("resume", "Let the bounds hold again", DeclareResume, Resume);
}

}  // namespace waypost::ctl
