#include "ctl/commands/resources.h"

#include <fmt/format.h>

#include "ctl/commands/kinds.h"

namespace waypost::ctl {
namespace {

/// Fills in what to look for; false words are a kUsage.
Answer<v1::ListRequest> BuildRequest(const std::string& kind, const std::string& name) {
  v1::ListRequest request;
  request.set_name(name);
  if (kind.empty()) return request;
  const size_t slash = kind.find('/');
  const Answer<std::string> parsed = ParseKind(kind.substr(0, slash));
  if (!parsed) return tl::unexpected(parsed.error());
  request.set_kind(*parsed);
  if (slash == std::string::npos) return request;
  // An override's name has slashes itself.
  request.set_name(name.empty() ? kind.substr(slash + 1) : kind.substr(slash + 1) + "/" + name);
  return request;
}

}  // namespace

Answer<std::vector<v1::Resource>> FindResources(Client& client, const std::string& kind,
                                                const std::string& name, uint64_t revision) {
  Answer<v1::ListRequest> request = BuildRequest(kind, name);
  if (!request) return tl::unexpected(request.error());
  request->set_revision(revision);
  const Answer<v1::ListReply> list = client.List(*request);
  if (!list) return tl::unexpected(list.error());
  if (list->resources().empty() && !request->name().empty()) {
    return tl::unexpected(Trouble{ExitCode::kNotFound,
                                  fmt::format("{} \"{}\" is not declared in revision {}",
                                              request->kind(), request->name(), list->revision()),
                                  {}});
  }
  return std::vector<v1::Resource>(list->resources().begin(), list->resources().end());
}

}  // namespace waypost::ctl
