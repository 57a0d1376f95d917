// A Beast body that keeps the first kMaxBody bytes and drops the rest.
//
// Beast's own string_body reserves what Content-Length announces, which is the server's word, not
// ours.
#pragma once

#include <algorithm>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/optional.hpp>
#include <cstdint>
#include <string>

#include "healthd/probe/spec.h"

namespace waypost::probe {

struct PrefixBody {
  using value_type = std::string;

  class reader {
   public:
    template <bool kIsRequest, typename Fields>
    reader(boost::beast::http::header<kIsRequest, Fields>&, value_type& body) : body_(body) {}

    void init(const boost::optional<uint64_t>&, boost::beast::error_code& error) { error = {}; }

    template <typename Buffers>
    size_t put(const Buffers& buffers, boost::beast::error_code& error) {
      error = {};
      size_t taken = 0;
      for (const auto buffer : boost::beast::buffers_range_ref(buffers)) {
        const size_t room = kMaxBody - std::min(kMaxBody, body_.size());
        body_.append(static_cast<const char*>(buffer.data()), std::min(room, buffer.size()));
        taken += buffer.size();
      }
      return taken;
    }

    void finish(boost::beast::error_code& error) { error = {}; }

   private:
    value_type& body_;
  };
};

}  // namespace waypost::probe
