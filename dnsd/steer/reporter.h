// Collects problems of one object, with the path of the field at hand.
//
// Thread safety: belongs to one Compile. Ownership: the list of problems must outlive it.
#pragma once

#include <string>
#include <utility>

#include "dnsd/base/problem.h"

namespace waypost::steer {

class Reporter {
 public:
  /// `sink` may be null: then nothing is collected. `object`: `policy "web"`.
  Reporter(Problems* sink, std::string object, std::string path = "")
      : sink_(sink), object_(std::move(object)), path_(std::move(path)) {}

  /// The same one level further in: "steps[1]" and "weighted" make "steps[1].weighted".
  Reporter In(const std::string& field) const { return {sink_, object_, Path(field)}; }

  /// `field` may be empty: the object, or what In named, as such.
  void Fail(const std::string& field, std::string fact) const {
    Note(field, std::move(fact), false);
  }
  void Warn(const std::string& field, std::string fact) const {
    Note(field, std::move(fact), true);
  }

  /// Of all problems that were collected so far, those of others too.
  size_t count() const { return sink_ == nullptr ? 0 : sink_->size(); }

 private:
  std::string Path(const std::string& field) const {
    if (field.empty()) return path_;
    return path_.empty() ? field : path_ + "." + field;
  }
  void Note(const std::string& field, std::string fact, bool is_warning) const {
    if (sink_ != nullptr)
      sink_->push_back({"", 0, object_, Path(field), std::move(fact), is_warning});
  }

  Problems* sink_;
  std::string object_;
  std::string path_;
};

/// "steps[1]".
inline std::string Nth(const std::string& field, size_t i) {
  return field + "[" + std::to_string(i) + "]";
}

}  // namespace waypost::steer
