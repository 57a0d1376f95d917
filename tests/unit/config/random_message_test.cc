#include "tests/unit/config/random_message.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/timestamp.pb.h>
#include <gtest/gtest.h>

#include <array>
#include <set>

#include "waypost/v1/resource.pb.h"

namespace waypost::config {
namespace {

using google::protobuf::Duration;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Timestamp;

std::string RandomText(Random& random) {
  static constexpr std::array<const char*, 40> kTexts = {"",
                                                         "web",
                                                         "eu-west",
                                                         "192.0.2.1",
                                                         "2001:db8::",
                                                         "::1",
                                                         "yes",
                                                         "No",
                                                         "null",
                                                         "~",
                                                         "1e5",
                                                         "0x1F",
                                                         "200-299",
                                                         "2024-01-01",
                                                         "12:30",
                                                         "*.example.com",
                                                         "&anchor",
                                                         "!tag",
                                                         "- a",
                                                         "a: b",
                                                         "a #b",
                                                         "#c",
                                                         " lead",
                                                         "trail ",
                                                         "\"quoted\"",
                                                         "it's",
                                                         "back\\slash",
                                                         "tab\there",
                                                         "[a, b]",
                                                         "{a: b}",
                                                         "a\nb\n",
                                                         "a\n  b\n\n c\n",
                                                         "\na\n",
                                                         "a\n\n",
                                                         "a\nb",
                                                         "x\n\ty\n---\nz\n",
                                                         "\r\n",
                                                         "\x01\x7F",
                                                         "\xC3\xA9\xF0\x9F\x98\x80",
                                                         "@ORIGIN $TTL %"};
  if (random.Below(4) != 0) return kTexts[random.Below(kTexts.size())];
  std::string text;
  for (uint64_t length = random.Below(20); length > 0; --length) {
    text += static_cast<char>(random.Below(2) != 0 ? ' ' + random.Below(95) : random.Below(32));
  }
  return text;
}

double RandomDouble(Random& random) {
  const double number = static_cast<double>(random.Next() >> 11) / 1e9;
  return (number + 1e-9) * (random.Below(2) != 0 ? -1 : 1);
}

void RandomizeDuration(Duration& duration, Random& random) {
  static constexpr std::array<int32_t, 6> kNanos = {0,          1,     500'000'000,
                                                    20'000'000, 1'000, 999'999'999};
  duration.set_seconds(static_cast<int64_t>(random.Below(3) == 0 ? 0 : random.Below(200'000)));
  duration.set_nanos(kNanos[random.Below(kNanos.size())]);
}

/// One value of a field that has neither message nor enum type; set, or added when repeated.
void PutScalar(Message& message, const FieldDescriptor& field, Random& random) {
  const auto& r = *message.GetReflection();
  const bool repeated = field.is_repeated();
  // Not zero: a field without presence would be unset again.
  const uint64_t number = random.Next() | 1;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return repeated ? r.AddBool(&message, &field, true) : r.SetBool(&message, &field, true);
    case FieldDescriptor::CPPTYPE_INT32:
      return repeated ? r.AddInt32(&message, &field, static_cast<int32_t>(number))
                      : r.SetInt32(&message, &field, static_cast<int32_t>(number));
    case FieldDescriptor::CPPTYPE_INT64:
      return r.SetInt64(&message, &field, static_cast<int64_t>(number));
    case FieldDescriptor::CPPTYPE_UINT32:
      return repeated ? r.AddUInt32(&message, &field, static_cast<uint32_t>(number))
                      : r.SetUInt32(&message, &field, static_cast<uint32_t>(number));
    case FieldDescriptor::CPPTYPE_UINT64:
      return r.SetUInt64(&message, &field, number);
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return r.SetDouble(&message, &field, RandomDouble(random));
    case FieldDescriptor::CPPTYPE_STRING:
      return repeated ? r.AddString(&message, &field, RandomText(random))
                      : r.SetString(&message, &field, RandomText(random));
    default:
      FAIL() << "the generator does not know the type of " << field.full_name();
  }
}

void PutEnum(Message& message, const FieldDescriptor& field, Random& random) {
  const auto& type = *field.enum_type();
  const auto* value = type.value(1 + static_cast<int>(random.Below(type.value_count() - 1)));
  const auto& r = *message.GetReflection();
  field.is_repeated() ? r.AddEnum(&message, &field, value) : r.SetEnum(&message, &field, value);
}

void PutMessage(Message& message, const FieldDescriptor& field, Random& random, int depth) {
  const auto& r = *message.GetReflection();
  Message& inner =
      *(field.is_repeated() ? r.AddMessage(&message, &field) : r.MutableMessage(&message, &field));
  if (auto* duration = dynamic_cast<Duration*>(&inner)) return RandomizeDuration(*duration, random);
  if (auto* time = dynamic_cast<Timestamp*>(&inner)) {
    return time->set_seconds(static_cast<int64_t>(random.Below(253'402'300'800)));
  }
  if (depth > 0) Randomize(inner, random, depth - 1);
}

/// Keys must differ, or one would replace the other.
void PutMap(Message& message, const FieldDescriptor& field, Random& random) {
  const FieldDescriptor& value = *field.message_type()->map_value();
  std::set<std::string> keys;
  for (uint64_t size = random.Below(4); size > 0; --size) keys.insert(RandomText(random));
  for (const std::string& key : keys) {
    Message& entry = *message.GetReflection()->AddMessage(&message, &field);
    entry.GetReflection()->SetString(&entry, field.message_type()->map_key(), key);
    PutScalar(entry, value, random);
  }
}

void Put(Message& message, const FieldDescriptor& field, Random& random, int depth) {
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
    PutMessage(message, field, random, depth);
  } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
    PutEnum(message, field, random);
  } else {
    PutScalar(message, field, random);
  }
}

}  // namespace

void Randomize(Message& message, Random& random, int depth) {
  const auto& type = *message.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (random.Below(2) == 0) continue;
    if (field.is_map()) {
      PutMap(message, field, random);
    } else {
      const uint64_t count = field.is_repeated() ? random.Below(4) : 1;
      for (uint64_t j = 0; j < count; ++j) Put(message, field, random, depth);
    }
  }
}

TEST(RandomMessage, IsTheSameForTheSameSeed) {
  v1::Policy one;
  v1::Policy two;
  Random first(7);
  Random second(7);
  Randomize(one, first);
  Randomize(two, second);
  EXPECT_EQ(one.DebugString(), two.DebugString());
}

}  // namespace waypost::config
