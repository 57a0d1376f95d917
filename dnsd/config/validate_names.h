// Lists of names of other resources: each must exist, and stand there once.
//
// Thread safety: pure. Errors: as problems of the list's field.
#pragma once

#include <google/protobuf/repeated_field.h>

#include <set>
#include <string>

#include "dnsd/config/catalog.h"
#include "dnsd/config/scalar.h"
#include "dnsd/steer/reporter.h"

namespace waypost::config {

/// `kind`: of the resources; the field has it in the plural.
template <typename T>
void CheckNames(const google::protobuf::RepeatedPtrField<std::string>& names,
                const ByName<T>& known, const std::string& kind, const steer::Reporter& report) {
  std::set<std::string> seen;
  for (int i = 0; i < names.size(); ++i) {
    const std::string field = steer::Nth(kind + "s", static_cast<size_t>(i));
    if (Find(known, names[i]) == nullptr) {
      report.Fail(field, "there is no " + kind + " " + Quoted(names[i]) +
                             DidYouMean(names[i], NamesOf(known)));
    }
    if (!seen.insert(names[i]).second) report.Fail(field, Quoted(names[i]) + " is named twice");
  }
}

}  // namespace waypost::config
