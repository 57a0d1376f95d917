#include <fmt/format.h>

#include <array>

#include "dnsd/config/scalar.h"
#include "dnsd/config/validate.h"
#include "dnsd/config/webhook_url.h"
#include "dnsd/steer/checks.h"

namespace waypost::config {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using steer::Nth;
using steer::Reporter;

constexpr steer::DurationRange kTimeout = {milliseconds(100), minutes(1), "100ms to 1m"};
constexpr uint32_t kMaxAttempts = 100;
constexpr uint32_t kMaxQueue = 10'000;

void CheckPath(const std::string& path, const std::string& field, const Reporter& report) {
  if (!path.empty() && path[0] != '/') report.Fail(field, Quoted(path) + " is no absolute path");
}

void CheckFiles(const v1::Webhook& webhook, const Reporter& report) {
  CheckPath(webhook.secret_file(), "secret_file", report);
  CheckPath(webhook.routing_key_file(), "routing_key_file", report);
  CheckPath(webhook.ca_file(), "ca_file", report);
  const bool is_pagerduty = webhook.format() == v1::WEBHOOK_FORMAT_PAGERDUTY;
  if (is_pagerduty == webhook.routing_key_file().empty()) {
    report.Fail("routing_key_file",
                is_pagerduty ? "missing: pagerduty takes one" : "is for format: pagerduty only");
  }
}

void CheckWebhook(const v1::Webhook& webhook, const Reporter& report) {
  steer::CheckName(webhook.name(), "name", report);
  const auto url = ParseWebhookUrl(webhook.url());
  if (!url) report.Fail("url", url.error().message);
  if (url && !url->is_tls && !webhook.ca_file().empty()) {
    report.Fail("ca_file", "is for https only");
  }
  if (!v1::WebhookFormat_IsValid(webhook.format())) report.Fail("format", "is not known");
  CheckFiles(webhook, report);
  for (int i = 0; i < webhook.events_size(); ++i) {
    if (IsEventKind(webhook.events(i))) continue;
    report.Fail(Nth("events", static_cast<size_t>(i)),
                Quoted(webhook.events(i)) + " is no kind of event" +
                    DidYouMean(webhook.events(i), EventKinds()));
  }
  if (webhook.has_timeout()) {
    steer::CheckDuration(webhook.timeout(), kTimeout, "timeout", report);
  }
  if (webhook.attempts() > kMaxAttempts) report.Fail("attempts", "is above 100");
  if (webhook.queue() > kMaxQueue) report.Fail("queue", "is above 10000");
}

}  // namespace

void CheckWebhooks(const Catalog& catalog, Problems& problems) {
  for (const auto& [name, webhook] : catalog.webhooks) {
    CheckWebhook(*webhook, Reporter(&problems, "webhook " + Quoted(name)));
  }
}

}  // namespace waypost::config
