// What a reply tells of an endpoint's load, wherever the monitor says that it stands.
//
// Thread safety: a value that borrows its spec. Errors: what cannot be read is a problem in words.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "dnsd/base/result.h"
#include "healthd/probe/outcome.h"
#include "healthd/probe/spec.h"

namespace waypost::probe {

class LoadReader {
 public:
  explicit LoadReader(const LoadSpec& spec) : spec_(spec) {}

  /// Each field of the header.
  void TakeField(std::string_view name, std::string_view value);
  /// Once header and body are there; `body`: at most kMaxBody of it.
  Result<Load> Read(const std::string& body) const;

 private:
  struct Source {
    const Reading& reading;
    std::optional<std::string> field;
  };

  static Result<double> ReadOne(const Source& source, const std::string& body);

  const LoadSpec& spec_;
  Source used_{spec_.used, {}};
  Source capacity_{spec_.capacity, {}};
};

}  // namespace waypost::probe
