#include "dnsd/base/thread_name.h"

#include <gtest/gtest.h>

#include <thread>

namespace waypost {
namespace {

std::string NameAfter(std::string_view name) {
  char found[16] = {};
  std::thread([&] {
    NameThread(name);
    pthread_getname_np(pthread_self(), found, sizeof(found));
  }).join();
  return found;
}

TEST(ThreadName, IsTheThreadsOwn) {
  EXPECT_EQ(NameAfter("udp"), "udp");
  EXPECT_NE(NameAfter(""), "udp");
}

TEST(ThreadName, KeepsWhatFits) {
  EXPECT_EQ(NameAfter("a-name-of-twenty-six-octets"), "a-name-of-twent");
}

}  // namespace
}  // namespace waypost
