#include "healthd/probe/grpc_dialogue.h"

#include <google/protobuf/io/coded_stream.h>

#include <array>
#include <charconv>

#include "dnsd/base/utf8.h"

namespace waypost::probe {
namespace {

constexpr size_t kFrameHead = 5;  // whether it is compressed, and its length
constexpr size_t kMaxMessage = 4096;
constexpr uint32_t kStatusTag = 1 << 3;  // field 1, varint

std::string_view ServingName(uint64_t status) {
  static constexpr std::array<std::string_view, 4> kNames = {"UNKNOWN", "SERVING", "NOT_SERVING",
                                                             "SERVICE_UNKNOWN"};
  return status < kNames.size() ? kNames[status] : "an unknown status";
}

/// Of a HealthCheckResponse; nullopt: it is none. A status of 0 is not sent.
std::optional<uint64_t> ReadStatus(std::string_view message) {
  google::protobuf::io::CodedInputStream input(reinterpret_cast<const uint8_t*>(message.data()),
                                               static_cast<int>(message.size()));
  if (message.empty()) return 0;
  uint64_t status = 0;
  if (input.ReadTag() != kStatusTag || !input.ReadVarint64(&status)) return {};
  return status;
}

/// "12" as "12 (UNIMPLEMENTED)".
std::string CodeWords(const std::string& code) {
  static constexpr std::array<std::string_view, 17> kNames = {"OK",
                                                              "CANCELLED",
                                                              "UNKNOWN",
                                                              "INVALID_ARGUMENT",
                                                              "DEADLINE_EXCEEDED",
                                                              "NOT_FOUND",
                                                              "ALREADY_EXISTS",
                                                              "PERMISSION_DENIED",
                                                              "RESOURCE_EXHAUSTED",
                                                              "FAILED_PRECONDITION",
                                                              "ABORTED",
                                                              "OUT_OF_RANGE",
                                                              "UNIMPLEMENTED",
                                                              "INTERNAL",
                                                              "UNAVAILABLE",
                                                              "DATA_LOSS",
                                                              "UNAUTHENTICATED"};
  size_t number = kNames.size();
  std::from_chars(code.data(), code.data() + code.size(), number);
  if (number >= kNames.size()) return Legible(code);
  return Legible(code) + " (" + std::string(kNames[number]) + ")";
}

size_t LengthOf(std::string_view framed) {
  size_t length = 0;
  for (size_t i = 1; i < kFrameHead; ++i) length = length << 8 | static_cast<uint8_t>(framed[i]);
  return length;
}

Failure Wrong(const std::string& detail) { return {v1::LAYER_CONTENT, v1::FAULT_STATUS, detail}; }

}  // namespace

std::string BuildHealthRequest(const std::string& service) {
  std::string message;
  if (!service.empty()) message = std::string{0x0A, static_cast<char>(service.size())} + service;
  // At most 255 octets of name: two octets of length would be needed from 128 on.
  if (service.size() > 127)
    message = std::string{0x0A, static_cast<char>(0x80 | (service.size() & 0x7F)),
                          static_cast<char>(service.size() >> 7)} +
              service;
  const size_t size = message.size();
  return std::string{0, 0, 0, static_cast<char>(size >> 8), static_cast<char>(size)} + message;
}

void GrpcDialogue::OnStatus(unsigned status) {
  if (status != 200) Finish(Wrong("HTTP status " + std::to_string(status) + ", want 200"));
}

void GrpcDialogue::OnField(std::string_view name, std::string_view value) {
  if (name == "grpc-status") code_ = value;
  if (name == "grpc-message") words_ = value;
}

void GrpcDialogue::OnData(std::string_view bytes) {
  if (over_) return;
  data_ += bytes;
  TakeMessages();
}

void GrpcDialogue::TakeMessages() {
  while (!over_ && data_.size() >= kFrameHead) {
    const size_t length = LengthOf(data_);
    if (data_[0] != 0 || length > kMaxMessage)
      return Finish(Malformed("a message that is compressed or longer than 4 KiB"));
    if (data_.size() < kFrameHead + length) return;
    Judge(std::string_view(data_).substr(kFrameHead, length));
    data_.erase(0, kFrameHead + length);
  }
}

void GrpcDialogue::Judge(std::string_view message) {
  const auto status = ReadStatus(message);
  if (!status) return Finish(Malformed("no health message"));
  has_status_ = true;
  Failure failure;
  if (*status != 1) failure = Wrong("status " + std::string(ServingName(*status)));
  Decide(std::move(failure));
  if (!watch_) over_ = true;
}

void GrpcDialogue::OnEnd() {
  if (code_ != "0" && !code_.empty())
    return Finish(
        Wrong("grpc status " + CodeWords(code_) + (words_.empty() ? "" : ": " + Quoted(words_))));
  if (watch_) return Finish({v1::LAYER_RESPONSE, v1::FAULT_CLOSED, "the server ended the stream"});
  if (!has_status_) Finish(Malformed("no health message"));
}

void GrpcDialogue::OnBroken(Failure failure) { Finish(std::move(failure)); }

void GrpcDialogue::Finish(Failure failure) {
  over_ = true;
  Decide(std::move(failure));
}

}  // namespace waypost::probe
