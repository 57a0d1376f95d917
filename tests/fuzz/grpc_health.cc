// What a server may say of its health over gRPC, asked once or on a held stream: the first octet's
// lowest bit decides.
#include "healthd/probe/grpc_dialogue.h"
#include "tests/fuzz/dialogue_target.h"

namespace waypost::probe {
namespace {

Spec MakeSpec(bool watch) {
  GrpcSpec grpc;
  grpc.request = {"POST",
                  watch ? "/grpc.health.v1.Health/Watch" : "/grpc.health.v1.Health/Check",
                  "192.0.2.1",
                  {{"content-type", "application/grpc"}, {"te", "trailers"}},
                  BuildHealthRequest("a.b.C")};
  grpc.watch = watch;
  Spec spec;
  spec.what = grpc;
  return spec;
}

}  // namespace
}  // namespace waypost::probe

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const waypost::probe::Spec specs[] = {waypost::probe::MakeSpec(false),
                                               waypost::probe::MakeSpec(true)};
  waypost::probe::SpeakTo(specs[size == 0 ? 0 : data[0] & 1], data, size);
  return 0;
}
