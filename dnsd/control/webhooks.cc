#include "dnsd/control/webhooks.h"

#include <fmt/format.h>
#include <google/protobuf/util/time_util.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "dnsd/config/catalog.h"
#include "dnsd/config/webhook_url.h"

namespace waypost::control {
namespace {

using google::protobuf::util::TimeUtil;

constexpr size_t kLeastSecret = 8;
constexpr size_t kLongestSecret = 1024;
// Defaults, as the schema states them.
constexpr std::array<const char*, 6> kDefaultKinds = {"verdict",  "failover", "automation",
                                                      "override", "failback", "dissent"};
constexpr int64_t kDefaultTimeoutMs = 5000;
constexpr uint32_t kDefaultAttempts = 10;
constexpr uint32_t kDefaultQueue = 1000;

/// The file's octets without the line end.
Result<std::string> LoadSecret(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return Fail(ErrorCode::kUnavailable,
                fmt::format("\"{}\" cannot be opened: {}", path, strerror(errno)));
  }
  std::string secret(kLongestSecret + 2, '\0');
  file.read(secret.data(), static_cast<std::streamsize>(secret.size()));
  secret.resize(static_cast<size_t>(file.gcount()));
  while (!secret.empty() && (secret.back() == '\n' || secret.back() == '\r')) secret.pop_back();
  if (secret.size() < kLeastSecret || secret.size() > kLongestSecret) {
    return Fail(ErrorCode::kInvalid,
                fmt::format("\"{}\" does not hold 8 to 1024 octets of secret", path));
  }
  return secret;
}

void LoadInto(std::string& secret, const std::string& path, webhook::Target& target) {
  if (path.empty()) return;
  auto loaded = LoadSecret(path);
  if (loaded) {
    secret = *std::move(loaded);
  } else {
    target.fault = loaded.error().message;
  }
}

webhook::Format FormatOf(v1::WebhookFormat format) {
  if (format == v1::WEBHOOK_FORMAT_SLACK) return webhook::Format::kSlack;
  return format == v1::WEBHOOK_FORMAT_PAGERDUTY ? webhook::Format::kPagerduty
                                                : webhook::Format::kJson;
}

webhook::Target TargetOf(const v1::Webhook& declared) {
  webhook::Target target;
  target.name = declared.name();
  const auto url = config::ParseWebhookUrl(declared.url());
  if (!url) target.fault = url.error().message;
  if (url) {
    target.is_tls = url->is_tls;
    target.host = url->host;
    target.port = url->port;
    target.path = url->target;
  }
  target.format = FormatOf(declared.format());
  target.ca_file = declared.ca_file();
  target.kinds.assign(declared.events().begin(), declared.events().end());
  if (target.kinds.empty()) target.kinds.assign(kDefaultKinds.begin(), kDefaultKinds.end());
  target.subjects.assign(declared.subjects().begin(), declared.subjects().end());
  target.timeout = std::chrono::milliseconds(
      declared.has_timeout() ? TimeUtil::DurationToMilliseconds(declared.timeout())
                             : kDefaultTimeoutMs);
  target.attempts = declared.attempts() == 0 ? kDefaultAttempts : declared.attempts();
  target.queue = declared.queue() == 0 ? kDefaultQueue : declared.queue();
  LoadInto(target.secret, declared.secret_file(), target);
  LoadInto(target.routing_key, declared.routing_key_file(), target);
  return target;
}

std::string StateOf(const webhook::Deliverer::Figures& figures) {
  if (!figures.fault.empty()) return "faulty";
  if (figures.courier.is_open) return "open";
  return figures.courier.error.empty() ? "ready" : "retrying";
}

}  // namespace

std::vector<webhook::Target> TargetsOf(const config::ResourceSet& resources) {
  std::vector<webhook::Target> targets;
  for (const auto& [name, declared] : config::CatalogOf(resources).webhooks) {
    targets.push_back(TargetOf(*declared));
  }
  return targets;
}

Webhooks::Webhooks(EventBus& events, const Clock& clock, uint64_t seed)
    : events_(events), deliverer_(clock, seed) {
  watcher_ = events_.Subscribe([this](const Happening& h) {
    deliverer_.Take({"", h.time, h.kind, h.subject, h.text, h.revision, h.epoch});
  });
}

Webhooks::~Webhooks() { Stop(); }

void Webhooks::Stop() {
  if (watcher_ == 0) return;
  events_.Unsubscribe(watcher_);
  watcher_ = 0;
  deliverer_.Stop();
}

void Webhooks::Configure(const config::Built& built) {
  deliverer_.Configure(TargetsOf(built.resources));
}

void Webhooks::TellStatus(v1::StatusReply& reply) const {
  for (const auto& [name, figures] : deliverer_.figures()) {
    v1::WebhookStatus* status = reply.add_webhooks();
    status->set_name(name);
    status->set_state(StateOf(figures));
    status->set_waiting(figures.courier.waiting);
    status->set_delivered(figures.courier.delivered);
    status->set_failures(figures.courier.failures);
    status->set_dropped(figures.courier.dropped);
    status->set_error(figures.fault.empty() ? figures.courier.error : figures.fault);
    if (status->state() == "ready" || status->state() == "retrying") continue;
    reply.add_warnings(fmt::format("webhook \"{}\" delivers nothing: {}", name, status->error()));
  }
}

}  // namespace waypost::control
