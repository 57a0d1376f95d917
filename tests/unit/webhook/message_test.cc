#include "dnsd/webhook/message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace waypost::webhook {
namespace {

using ::testing::HasSubstr;

Event Down() {
  return {"7-1",
          Wall(std::chrono::milliseconds(1'700'000'000'250)),
          "failover",
          "pool/web-eu",
          "down: none of 2 endpoints is \"used\"\n",
          12,
          34};
}
Event Up() {
  Event event = Down();
  event.text = "up: 2 of 2 endpoints are used";
  return event;
}

TEST(WebhookMessage, JsonNamesEverythingAndEscapes) {
  EXPECT_EQ(BodyOf(Down(), Format::kJson, ""),
            R"({"id":"7-1","time":"2023-11-14T22:13:20.250Z","kind":"failover",)"
            R"("subject":"pool/web-eu","text":"down: none of 2 endpoints is \"used\"\u000a",)"
            R"("recovery":false,"revision":12,"epoch":34})");
}

TEST(WebhookMessage, SlackHasOneTextWithoutMarksOfItsOwn) {
  Event event = Up();
  event.text = "<!channel> & more";
  EXPECT_EQ(BodyOf(event, Format::kSlack, ""),
            R"({"text":"*pool/web-eu* failover: &lt;!channel&gt; &amp; more"})");
}

TEST(WebhookMessage, PagerdutyTriggersAndResolvesTheSameAlert) {
  const std::string down = BodyOf(Down(), Format::kPagerduty, "key1");
  const std::string up = BodyOf(Up(), Format::kPagerduty, "key1");
  EXPECT_THAT(down, HasSubstr(R"("routing_key":"key1","event_action":"trigger")"));
  EXPECT_THAT(down, HasSubstr(R"("severity":"critical")"));
  EXPECT_THAT(up, HasSubstr(R"("event_action":"resolve")"));
  for (const std::string& body : {down, up}) {
    EXPECT_THAT(body, HasSubstr(R"("dedup_key":"failover pool/web-eu")"));
  }
}

TEST(WebhookMessage, WhatNeedsNobodyOpensNoAlert) {
  Event event = Down();
  for (const char* text :
       {"up from 3 of 3", "forced up by operator", "not monitored",
        "released by automation \"web\"", "ended by itself", "over: down from 2 of 3"}) {
    event.text = text;
    EXPECT_TRUE(IsRecovery(event)) << text;
  }
  for (const char* text :
       {"down from 2 of 3", "forced down by operator", "drained",
        "stale: no evidence for 20 s, was up", "down from 1 of 3, in AS 64500"}) {
    event.text = text;
    EXPECT_FALSE(IsRecovery(event)) << text;
  }
}

// printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac 'correct horse'
TEST(WebhookMessage, SignatureIsThatOfOpenssl) {
  EXPECT_EQ(SignatureOf("correct horse", 1'700'000'000, R"({"a":1})"),
            "5d35cfb0fa9f7413a489a6f9ba686a22b847b650b32b89dceaa130d28c7fee19");
}

TEST(WebhookMessage, StarStandsForAnyText) {
  EXPECT_TRUE(Matches("*", ""));
  EXPECT_TRUE(Matches("pool/*", "pool/web"));
  EXPECT_TRUE(Matches("*eu*1", "endpoint/web-eu/192.0.2.1"));
  EXPECT_TRUE(Matches("a*b*c", "aXbYbZc"));
  EXPECT_FALSE(Matches("pool/web", "pool/web-eu"));
  EXPECT_FALSE(Matches("pool/*", "endpoint/pool/x"));
  EXPECT_FALSE(Matches("", "a"));
}

}  // namespace
}  // namespace waypost::webhook
