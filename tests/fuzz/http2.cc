// What a web server may say to a probe over HTTP/2, with conditions on status and body.
#include "tests/fuzz/dialogue_target.h"

namespace waypost::probe {
namespace {

Spec MakeSpec() {
  HttpSpec http;
  http.request = {"GET", "/healthz", "192.0.2.1", {{"accept", "*/*"}}, ""};
  http.http2 = true;
  http.status = {{200, 299}};
  http.body = "ok";
  http.pattern = "o[k-m]+";

  Spec spec;
  spec.what = http;
  return spec;
}

}  // namespace
}  // namespace waypost::probe

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const waypost::probe::Spec spec = waypost::probe::MakeSpec();
  waypost::probe::SpeakTo(spec, data, size);
  return 0;
}
