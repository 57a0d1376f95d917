// Trees to messages, by protobuf reflection: the one description of every field is the schema.
//
// Thread safety: one thread. Ownership: keeps the references it is given. Errors: every one is
// added to the problems with its line and field path; reading goes on behind it.
#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <string_view>

#include "dnsd/config/resource_set.h"
#include "dnsd/config/tree.h"

namespace waypost::config {

class FieldReader {
 public:
  /// Problems get no file and no object: the caller knows them.
  FieldReader(Source& source, Problems& problems) : source_(source), problems_(problems) {}

  /// Reads all of `tree`'s members, except `kind` at the top, as fields of `message`.
  void Read(const Tree& tree, google::protobuf::Message& message, const std::string& path);

 private:
  /// Where a value goes: a field, set or added to.
  struct Slot {
    google::protobuf::Message& message;
    const google::protobuf::FieldDescriptor& field;
    std::string path;
  };

  void Report(uint32_t line, const std::string& path, std::string fact);
  void ReadMember(const Tree::Member& member, google::protobuf::Message& message,
                  const std::string& path);
  void ReadField(const Tree& tree, const Slot& slot);
  void ReadList(const Tree& tree, const Slot& slot);
  void ReadMap(const Tree& tree, const Slot& slot);
  void ReadMessage(const Tree& tree, const Slot& slot);
  void ReadScalar(const Tree& tree, const Slot& slot);
  bool ReadChoice(const Tree& tree, google::protobuf::Message& message, const std::string& path);
  bool IsTakenChoice(const Tree::Member& member, const Slot& slot);

  Source& source_;
  Problems& problems_;
};

}  // namespace waypost::config
