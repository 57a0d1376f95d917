#include "healthd/probe/http2_dialogue.h"

#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <charconv>
#include <vector>

#include "healthd/probe/request.h"

namespace waypost::probe {
namespace {

constexpr size_t kMaxHeaderList = 16 * 1024;

std::string_view AsText(const uint8_t* data, size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// Fields as nghttp2 takes them, which copies them.
class FieldList {
 public:
  void Add(const std::string& name, const std::string& value) {
    texts_.emplace_back(Lower(name), value);
  }
  std::vector<nghttp2_nv> View() {
    std::vector<nghttp2_nv> view;
    for (auto& [name, value] : texts_)
      view.push_back({reinterpret_cast<uint8_t*>(name.data()),
                      reinterpret_cast<uint8_t*>(value.data()), name.size(), value.size(),
                      NGHTTP2_NV_FLAG_NONE});
    return view;
  }

 private:
  std::vector<std::pair<std::string, std::string>> texts_;
};

}  // namespace

struct Http2Dialogue::Session {
  explicit Session(Http2Dialogue& owner_) : owner(owner_) {}
  ~Session() { nghttp2_session_del(handle); }

  void Open() {
    nghttp2_session_callbacks* callbacks = nullptr;
    nghttp2_session_callbacks_new(&callbacks);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, OnHeader);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, OnChunk);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, OnFrame);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, OnClose);
    nghttp2_session_callbacks_set_error_callback2(callbacks, OnError);
    nghttp2_session_client_new(&handle, callbacks, this);
    nghttp2_session_callbacks_del(callbacks);
    const nghttp2_settings_entry settings[] = {
        {NGHTTP2_SETTINGS_ENABLE_PUSH, 0}, {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, kMaxHeaderList}};
    nghttp2_submit_settings(handle, NGHTTP2_FLAG_NONE, settings, std::size(settings));
  }

  void Submit(const HttpRequest& request, bool is_tls) {
    FieldList fields;
    fields.Add(":method", request.method);
    fields.Add(":scheme", is_tls ? "https" : "http");
    fields.Add(":authority", request.authority);
    fields.Add(":path", request.target);
    for (const auto& [name, value] : request.fields) fields.Add(name, value);
    const auto view = fields.View();
    body = request.body;
    nghttp2_data_provider provider{{.ptr = this}, ReadBody};
    stream = nghttp2_submit_request(handle, nullptr, view.data(), view.size(),
                                    body.empty() ? nullptr : &provider, nullptr);
  }

  static ssize_t ReadBody(nghttp2_session*, int32_t, uint8_t* out, size_t size, uint32_t* flags,
                          nghttp2_data_source* source, void*) {
    auto& self = *static_cast<Session*>(source->ptr);
    const size_t count = std::min(size, self.body.size() - self.body_sent);
    std::copy_n(self.body.begin() + static_cast<ptrdiff_t>(self.body_sent), count, out);
    self.body_sent += count;
    if (self.body_sent == self.body.size()) *flags |= NGHTTP2_DATA_FLAG_EOF;
    return static_cast<ssize_t>(count);
  }

  static int OnHeader(nghttp2_session*, const nghttp2_frame*, const uint8_t* name, size_t name_size,
                      const uint8_t* value, size_t value_size, uint8_t, void* user) {
    auto& self = *static_cast<Session*>(user);
    self.header_size += name_size + value_size + 32;
    if (self.header_size > kMaxHeaderList)
      self.broken = Malformed("header longer than 16 KiB");
    else
      self.Take(AsText(name, name_size), AsText(value, value_size));
    return 0;
  }

  void Take(std::string_view name, std::string_view value) {
    if (name == ":status") {
      status = 0;
      std::from_chars(value.data(), value.data() + value.size(), status);
      if (status >= 200) owner.OnStatus(status);
    } else if (status >= 200) {
      owner.OnField(name, value);
    }
  }

  static int OnChunk(nghttp2_session*, uint8_t, int32_t, const uint8_t* data, size_t size,
                     void* user) {
    static_cast<Session*>(user)->owner.OnData(AsText(data, size));
    return 0;
  }

  static int OnFrame(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    auto& self = *static_cast<Session*>(user);
    const bool ends = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
    if (ends && frame->hd.stream_id == self.stream) self.ended = true;
    return 0;
  }

  static int OnClose(nghttp2_session*, int32_t stream_id, uint32_t code, void* user) {
    auto& self = *static_cast<Session*>(user);
    if (stream_id != self.stream || self.ended || self.broken) return 0;
    self.broken = {v1::LAYER_RESPONSE, v1::FAULT_RESET,
                   std::string("stream reset: ") + nghttp2_http2_strerror(code)};
    return 0;
  }

  /// What came is against the protocol; the session has ended by that.
  static int OnError(nghttp2_session*, int, const char* words, size_t size, void* user) {
    auto& self = *static_cast<Session*>(user);
    if (!self.broken) self.broken = Malformed("not HTTP/2: " + std::string(words, size));
    return 0;
  }

  Http2Dialogue& owner;
  nghttp2_session* handle = nullptr;
  int32_t stream = 0;
  std::string body;
  size_t body_sent = 0;
  std::string output;
  unsigned status = 0;
  size_t header_size = 0;
  bool ended = false;
  Failure broken;
};

Http2Dialogue::Http2Dialogue(const HttpRequest& request, bool is_tls)
    : session_(std::make_unique<Session>(*this)) {
  session_->Open();
  session_->Submit(request, is_tls);
}

Http2Dialogue::~Http2Dialogue() = default;

std::string_view Http2Dialogue::Output() {
  session_->output.clear();
  for (;;) {
    const uint8_t* data = nullptr;
    const ssize_t count = nghttp2_session_mem_send(session_->handle, &data);
    if (count <= 0) return session_->output;
    session_->output += AsText(data, static_cast<size_t>(count));
  }
}

void Http2Dialogue::Feed(std::string_view bytes) {
  if (is_over()) return;
  const auto* data = reinterpret_cast<const uint8_t*>(bytes.data());
  const ssize_t used = nghttp2_session_mem_recv(session_->handle, data, bytes.size());
  if (is_over()) return;
  if (used < 0)
    OnBroken(Malformed(std::string("not HTTP/2: ") + nghttp2_strerror(static_cast<int>(used))));
  else if (session_->broken)
    OnBroken(session_->broken);
  else if (session_->ended)
    OnEnd();
  else if (nghttp2_session_want_read(session_->handle) == 0)
    OnBroken({v1::LAYER_RESPONSE, v1::FAULT_CLOSED, "connection ended by the server's GOAWAY"});
}

void Http2Dialogue::End() {
  if (is_over()) return;
  OnBroken({v1::LAYER_RESPONSE, v1::FAULT_CLOSED,
            session_->status == 0 ? "connection closed before a response"
                                  : "connection closed within the response"});
}

}  // namespace waypost::probe
