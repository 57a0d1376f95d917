#include "dnsd/zone/builder.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "dnsd/zone/assembler.h"
#include "dnsd/zone/flat_zone.h"
#include "dnsd/zone/problem_list.h"
#include "dnsd/zone/rules.h"

namespace waypost::zone {

BuiltZone BuildZone(const wire::Name& origin, Records records,
                    std::span<const SteeredOwner> steered, std::shared_ptr<const Zone> lender) {
  ProblemList problems(kMaxProblems);
  Assembler assembler(origin, records, std::move(records).TakeArena(), problems);
  assembler.PlaceRecords();
  for (uint32_t slot = 0; slot < steered.size(); ++slot)
    assembler.PlaceSteered(steered[slot], slot);
  Assembled assembled = std::move(assembler).Finish(std::move(lender));
  const auto zone = std::make_shared<const FlatZone>(origin, std::move(assembled.layout));
  Rules(*zone, zone->layout(), records, assembled.sources, problems).Check();
  const bool is_sound = !problems.has_errors();
  return {is_sound ? zone : nullptr, std::move(problems).Take()};
}

namespace {

bool IsError(const Problem& problem) { return !problem.is_warning; }

}  // namespace

Problems Together(Problems of_text, Problems of_meaning) {
  if (std::any_of(of_text.begin(), of_text.end(), IsError)) {
    // Steered records, which have no line either, have no file.
    std::erase_if(of_meaning, [](const Problem& problem) {
      return IsError(problem) && problem.line == 0 && !problem.file.empty();
    });
  }
  std::move(of_meaning.begin(), of_meaning.end(), std::back_inserter(of_text));
  return of_text;
}

BuiltZone LoadZoneText(std::string_view text, const wire::Name& origin, const std::string& file,
                       std::span<const SteeredOwner> steered, const MasterFileOptions& options) {
  MasterFile read = ParseMasterText(text, origin, file, options);
  BuiltZone built = BuildZone(origin, std::move(read.records), steered);
  if (std::any_of(read.problems.begin(), read.problems.end(), IsError)) built.zone = nullptr;
  built.problems = Together(std::move(read.problems), std::move(built.problems));
  return built;
}

}  // namespace waypost::zone
