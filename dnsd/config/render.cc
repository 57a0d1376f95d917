#include "dnsd/config/render.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <cmath>

#include "dnsd/config/emit.h"
#include "dnsd/config/tree.h"

namespace waypost::config {
namespace {

using google::protobuf::Duration;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::Timestamp;

Tree ToTree(const Message& message);

template <typename Number>
Tree NumberTree(Number number) {
  return Tree::Scalar(fmt::format("{}", number), Tree::Style::kLiteral);
}

/// Shortest text that reads back as the same number.
Tree DoubleTree(double number) {
  const auto style = std::isfinite(number) ? Tree::Style::kLiteral : Tree::Style::kWord;
  return Tree::Scalar(fmt::format("{}", number), style);
}

/// Values that this program has no word for, from a newer one, stay numbers.
Tree EnumTree(const FieldDescriptor& field, int number) {
  const auto* value = field.enum_type()->FindValueByNumber(number);
  return value == nullptr ? NumberTree(number) : Tree::Scalar(EnumWord(*value), Tree::Style::kWord);
}

/// One value of a field; `index`: -1 for a field that is not repeated.
class Value {
 public:
  Value(const Message& message, const FieldDescriptor& field, int index = -1)
      : message_(message), field_(field), index_(index) {}

  Tree ToTree() const {
    using R = Reflection;
    switch (field_.cpp_type()) {
      case FieldDescriptor::CPPTYPE_BOOL:
        return NumberTree(Get(&R::GetBool, &R::GetRepeatedBool));
      case FieldDescriptor::CPPTYPE_INT32:
        return NumberTree(Get(&R::GetInt32, &R::GetRepeatedInt32));
      case FieldDescriptor::CPPTYPE_INT64:
        return NumberTree(Get(&R::GetInt64, &R::GetRepeatedInt64));
      case FieldDescriptor::CPPTYPE_UINT32:
        return NumberTree(Get(&R::GetUInt32, &R::GetRepeatedUInt32));
      case FieldDescriptor::CPPTYPE_UINT64:
        return NumberTree(Get(&R::GetUInt64, &R::GetRepeatedUInt64));
      case FieldDescriptor::CPPTYPE_DOUBLE:
        return DoubleTree(Get(&R::GetDouble, &R::GetRepeatedDouble));
      case FieldDescriptor::CPPTYPE_FLOAT:
        return DoubleTree(Get(&R::GetFloat, &R::GetRepeatedFloat));
      case FieldDescriptor::CPPTYPE_ENUM:
        return EnumTree(field_, Get(&R::GetEnumValue, &R::GetRepeatedEnumValue));
      case FieldDescriptor::CPPTYPE_STRING:
        return Tree::Scalar(Get(&R::GetString, &R::GetRepeatedString), Tree::Style::kString);
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return config::ToTree(SubMessage());
    }
    return Tree();
  }

 private:
  template <typename T>
  T Get(T (Reflection::*get)(const Message&, const FieldDescriptor*) const,
        T (Reflection::*get_repeated)(const Message&, const FieldDescriptor*, int) const) const {
    const Reflection& reflection = *message_.GetReflection();
    return index_ < 0 ? (reflection.*get)(message_, &field_)
                      : (reflection.*get_repeated)(message_, &field_, index_);
  }
  const Message& SubMessage() const {
    const Reflection& reflection = *message_.GetReflection();
    return index_ < 0 ? reflection.GetMessage(message_, &field_)
                      : reflection.GetRepeatedMessage(message_, &field_, index_);
  }

  const Message& message_;
  const FieldDescriptor& field_;
  int index_;
};

Tree ListTree(const Message& message, const FieldDescriptor& field) {
  Tree list = Tree::List();
  const int size = message.GetReflection()->FieldSize(message, &field);
  for (int i = 0; i < size; ++i) list.items.push_back(Value(message, field, i).ToTree());
  return list;
}

/// By key, whatever order the message keeps.
Tree MapTree(const Message& message, const FieldDescriptor& field) {
  Tree map = Tree::Map();
  const Reflection& reflection = *message.GetReflection();
  const FieldDescriptor& key = *field.message_type()->map_key();
  const FieldDescriptor& value = *field.message_type()->map_value();
  for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
    const Message& entry = reflection.GetRepeatedMessage(message, &field, i);
    map.members.push_back({Value(entry, key).ToTree().text, 0, Value(entry, value).ToTree()});
  }
  std::sort(map.members.begin(), map.members.end(),
            [](const auto& a, const auto& b) { return a.key < b.key; });
  return map;
}

Tree FieldTree(const Message& message, const FieldDescriptor& field) {
  if (field.is_map()) return MapTree(message, field);
  if (field.is_repeated()) return ListTree(message, field);
  return Value(message, field).ToTree();
}

bool IsSet(const Message& message, const FieldDescriptor& field) {
  const Reflection& reflection = *message.GetReflection();
  return field.is_repeated() ? reflection.FieldSize(message, &field) > 0
                             : reflection.HasField(message, &field);
}

void AddFields(const Message& message, Tree& map) {
  const auto& type = *message.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (IsSet(message, field)) map.members.push_back({field.name(), 0, FieldTree(message, field)});
  }
}

Tree ResourceTree(const Message& resource) {
  Tree map = Tree::Map();
  const auto* kind = resource.GetReflection()->GetOneofFieldDescriptor(
      resource, resource.GetDescriptor()->oneof_decl(0));
  if (kind == nullptr) return map;
  map.members.push_back(
      {"kind", 0, Tree::Scalar(kind->message_type()->name(), Tree::Style::kWord)});
  AddFields(resource.GetReflection()->GetMessage(resource, kind), map);
  return map;
}

Tree ToTree(const Message& message) {
  if (const auto* duration = dynamic_cast<const Duration*>(&message)) {
    return Tree::Scalar(FormatDuration(*duration), Tree::Style::kWord);
  }
  if (const auto* time = dynamic_cast<const Timestamp*>(&message)) {
    return Tree::Scalar(FormatTimestamp(*time), Tree::Style::kWord);
  }
  if (message.GetDescriptor() == v1::Resource::descriptor()) return ResourceTree(message);
  Tree map = Tree::Map();
  AddFields(message, map);
  return map;
}

}  // namespace

std::string ToYaml(const v1::Resource& resource) { return EmitYaml(ToTree(resource)); }
std::string ToJson(const v1::Resource& resource) { return EmitJson(ToTree(resource)); }
std::string ToYaml(const Message& message) { return EmitYaml(ToTree(message)); }
std::string ToJson(const Message& message) { return EmitJson(ToTree(message)); }

}  // namespace waypost::config
