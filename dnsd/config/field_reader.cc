#include "dnsd/config/field_reader.h"

#include <google/protobuf/descriptor.h>

#include <limits>
#include <set>
#include <vector>

#include "dnsd/config/scalar.h"
#include "dnsd/config/yaml_reader.h"

namespace waypost::config {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::Duration;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::OneofDescriptor;
using google::protobuf::Reflection;
using google::protobuf::Timestamp;

std::vector<std::string> FieldNames(const Descriptor& type) {
  std::vector<std::string> names;
  for (int i = 0; i < type.field_count(); ++i) names.push_back(type.field(i)->name());
  return names;
}

bool IsMessage(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
}

/// Messages that are written as one word.
bool IsWord(const FieldDescriptor& field) {
  return IsMessage(field) && (field.message_type() == Duration::descriptor() ||
                              field.message_type() == Timestamp::descriptor());
}

Message& Next(Message& message, const FieldDescriptor& field) {
  const Reflection& reflection = *message.GetReflection();
  return field.is_repeated() ? *reflection.AddMessage(&message, &field)
                             : *reflection.MutableMessage(&message, &field);
}

template <typename T>
Status Copy(Result<T> value, Message& message, const FieldDescriptor& field) {
  if (!value) return tl::unexpected(std::move(value.error()));
  Next(message, field).CopyFrom(*value);
  return {};
}

Status StoreWord(const std::string& text, Message& message, const FieldDescriptor& field) {
  return field.message_type() == Duration::descriptor()
             ? Copy(ParseDuration(text), message, field)
             : Copy(ParseTimestamp(text), message, field);
}

/// Sets or adds through the pair of reflection's functions for this type.
template <typename T, typename Value>
Status Put(Result<T> value, Message& message, const FieldDescriptor& field,
           void (Reflection::*set)(Message*, const FieldDescriptor*, Value) const,
           void (Reflection::*add)(Message*, const FieldDescriptor*, Value) const) {
  if (!value) return tl::unexpected(std::move(value.error()));
  const auto store = field.is_repeated() ? add : set;
  (message.GetReflection()->*store)(&message, &field, static_cast<Value>(std::move(*value)));
  return {};
}

template <typename T>
constexpr T kMax = std::numeric_limits<T>::max();
template <typename T>
constexpr T kMin = std::numeric_limits<T>::min();

Status StoreScalar(const std::string& text, Message& message, const FieldDescriptor& field) {
  using R = Reflection;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return Put(ParseBool(text), message, field, &R::SetBool, &R::AddBool);
    case FieldDescriptor::CPPTYPE_INT32:
      return Put(ParseInteger(text, kMin<int32_t>, kMax<int32_t>), message, field, &R::SetInt32,
                 &R::AddInt32);
    case FieldDescriptor::CPPTYPE_INT64:
      return Put(ParseInteger(text, kMin<int64_t>, kMax<int64_t>), message, field, &R::SetInt64,
                 &R::AddInt64);
    case FieldDescriptor::CPPTYPE_UINT32:
      return Put(ParseUnsigned(text, kMax<uint32_t>), message, field, &R::SetUInt32, &R::AddUInt32);
    case FieldDescriptor::CPPTYPE_UINT64:
      return Put(ParseUnsigned(text, kMax<uint64_t>), message, field, &R::SetUInt64, &R::AddUInt64);
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return Put(ParseDouble(text), message, field, &R::SetDouble, &R::AddDouble);
    case FieldDescriptor::CPPTYPE_FLOAT:
      return Put(ParseDouble(text), message, field, &R::SetFloat, &R::AddFloat);
    case FieldDescriptor::CPPTYPE_ENUM:
      return Put(ParseEnumWord(*field.enum_type(), text), message, field, &R::SetEnum, &R::AddEnum);
    case FieldDescriptor::CPPTYPE_STRING:
      return Put(Result<std::string>(text), message, field, &R::SetString, &R::AddString);
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return StoreWord(text, message, field);
  }
  return Fail(ErrorCode::kInternal, "has a type that this program does not know");
}

/// The oneof of which every field of the message is a member, such as Step's; null: none.
const OneofDescriptor* ChoiceOf(const Descriptor& type) {
  if (type.real_oneof_decl_count() != 1) return nullptr;
  const OneofDescriptor* choice = type.oneof_decl(0);
  return choice->field_count() == type.field_count() ? choice : nullptr;
}

const char* KindWord(const Tree& tree) {
  switch (tree.kind) {
    case Tree::Kind::kNull:
      return "nothing";
    case Tree::Kind::kScalar:
      return "a single value";
    case Tree::Kind::kList:
      return "a list";
    case Tree::Kind::kMap:
      return "a map";
  }
  return "";
}

}  // namespace

void FieldReader::Report(uint32_t line, const std::string& path, std::string fact) {
  if (problems_.size() > kMaxProblems) return;
  if (problems_.size() == kMaxProblems) fact = kTooManyProblems;
  problems_.push_back({.line = line, .field = path, .fact = std::move(fact)});
}

void FieldReader::Read(const Tree& tree, Message& message, const std::string& path) {
  if (tree.kind == Tree::Kind::kNull) return;
  if (tree.kind != Tree::Kind::kMap) {
    return Report(tree.line, path, std::string("is ") + KindWord(tree) + ", want fields");
  }
  std::set<std::string_view> seen;
  for (const Tree::Member& member : tree.members) {
    if (!seen.insert(member.key).second) {
      Report(member.line, path, "field " + Quoted(member.key) + " is given twice");
    } else if (!path.empty() || member.key != "kind") {
      ReadMember(member, message, path);
    }
  }
}

void FieldReader::ReadMember(const Tree::Member& member, Message& message,
                             const std::string& path) {
  const Descriptor& type = *message.GetDescriptor();
  const FieldDescriptor* field = type.FindFieldByName(member.key);
  if (field == nullptr) {
    return Report(member.line, path,
                  "has no field " + Quoted(member.key) + DidYouMean(member.key, FieldNames(type)));
  }
  const Slot slot{message, *field, path.empty() ? member.key : path + "." + member.key};
  source_.field_lines.emplace(slot.path, member.line);
  if (!IsTakenChoice(member, slot)) ReadField(member.value, slot);
}

bool FieldReader::IsTakenChoice(const Tree::Member& member, const Slot& slot) {
  const OneofDescriptor* choice = slot.field.real_containing_oneof();
  if (choice == nullptr) return false;
  const FieldDescriptor* other =
      slot.message.GetReflection()->GetOneofFieldDescriptor(slot.message, choice);
  if (other == nullptr) return false;
  Report(member.line, slot.path, "cannot stand beside " + Quoted(other->name()) + ", only one may");
  return true;
}

void FieldReader::ReadField(const Tree& tree, const Slot& slot) {
  if (slot.field.is_map()) return ReadMap(tree, slot);
  if (slot.field.is_repeated()) return ReadList(tree, slot);
  if (IsMessage(slot.field) && !IsWord(slot.field)) return ReadMessage(tree, slot);
  ReadScalar(tree, slot);
}

void FieldReader::ReadList(const Tree& tree, const Slot& slot) {
  if (tree.kind == Tree::Kind::kNull) return;
  const bool takes_words = !IsMessage(slot.field) || IsWord(slot.field);
  if (tree.kind == Tree::Kind::kScalar && takes_words) return ReadScalar(tree, slot);
  if (tree.kind != Tree::Kind::kList) {
    return Report(tree.line, slot.path, std::string("is ") + KindWord(tree) + ", want a list");
  }
  for (size_t i = 0; i < tree.items.size(); ++i) {
    const Slot item{slot.message, slot.field, slot.path + "[" + std::to_string(i) + "]"};
    source_.field_lines.emplace(item.path, tree.items[i].line);
    if (takes_words) {
      ReadScalar(tree.items[i], item);
    } else {
      ReadMessage(tree.items[i], item);
    }
  }
}

void FieldReader::ReadMap(const Tree& tree, const Slot& slot) {
  if (tree.kind == Tree::Kind::kNull) return;
  if (tree.kind != Tree::Kind::kMap) {
    return Report(tree.line, slot.path, std::string("is ") + KindWord(tree) + ", want a map");
  }
  std::set<std::string_view> seen;
  const Descriptor& entry_type = *slot.field.message_type();
  for (const Tree::Member& member : tree.members) {
    const std::string path = slot.path + "." + member.key;
    source_.field_lines.emplace(path, member.line);
    if (!seen.insert(member.key).second) {
      Report(member.line, slot.path, "key " + Quoted(member.key) + " is given twice");
      continue;
    }
    Message& entry = Next(slot.message, slot.field);
    ReadScalar(Tree::Scalar(member.key, Tree::Style::kString),
               {entry, *entry_type.FindFieldByName("key"), path});
    ReadField(member.value, {entry, *entry_type.FindFieldByName("value"), path});
  }
}

void FieldReader::ReadMessage(const Tree& tree, const Slot& slot) {
  Message& message = Next(slot.message, slot.field);
  if (tree.kind != Tree::Kind::kScalar || !ReadChoice(tree, message, slot.path)) {
    Read(tree, message, slot.path);
  }
}

/// `- weighted` for `- weighted: {}`.
bool FieldReader::ReadChoice(const Tree& tree, Message& message, const std::string& path) {
  const Descriptor& type = *message.GetDescriptor();
  if (ChoiceOf(type) == nullptr) return false;
  const FieldDescriptor* field = type.FindFieldByName(tree.text);
  if (field == nullptr) {
    Report(tree.line, path,
           "there is no " + Quoted(tree.text) + DidYouMean(tree.text, FieldNames(type)));
  } else if (!IsMessage(*field)) {
    Report(tree.line, path, Quoted(tree.text) + " needs a value");
  } else {
    message.GetReflection()->MutableMessage(&message, field);
    source_.field_lines.emplace(path + "." + tree.text, tree.line);
  }
  return true;
}

void FieldReader::ReadScalar(const Tree& tree, const Slot& slot) {
  if (tree.kind == Tree::Kind::kNull) return Report(tree.line, slot.path, "has no value");
  if (tree.kind != Tree::Kind::kScalar) {
    return Report(tree.line, slot.path, std::string("is ") + KindWord(tree) + ", want one value");
  }
  const Status stored = StoreScalar(tree.text, slot.message, slot.field);
  if (!stored) Report(tree.line, slot.path, stored.error().message);
}

}  // namespace waypost::config
