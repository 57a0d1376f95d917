#include "healthd/diagnose/dns_step.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <set>

#include "healthd/diagnose/socket.h"
#include "healthd/probe/dns_reply.h"

namespace waypost::diagnose {
namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;

constexpr std::array kTypes = {"A", "AAAA"};

/// One question to one server.
struct Question {
  size_t server = 0;
  std::string query;
  Socket socket;
  Steady sent;
  bool repeated = false;
  microseconds time{0};
  std::optional<probe::DnsAddresses> answer;
  std::string trouble;

  bool is_waiting() const { return !answer && trouble.empty(); }
};

std::string InWords(int error) {
  return error == ECONNREFUSED ? "nothing listens there" : std::strerror(error);
}

void SendOnce(Question& question) {
  if (send(question.socket.get(), question.query.data(), question.query.size(), MSG_NOSIGNAL) < 0)
    question.trouble = InWords(errno);
}

Question Ask(size_t index, const SocketAddress& server, std::string query) {
  Question question;
  question.server = index;
  question.query = std::move(query);
  if (getrandom(question.query.data(), 2, 0) != 2) question.trouble = "no random numbers";
  question.sent = Now();
  question.socket = Socket::Open(server.address.family(), SOCK_DGRAM, 0);
  const int error = question.socket.valid() ? question.socket.Connect(server) : errno;
  if (error != 0)
    question.trouble = InWords(error);
  else
    SendOnce(question);
  return question;
}

void Hear(Question& question) {
  std::array<char, 4096> bytes;
  const ssize_t count = recv(question.socket.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
  question.time = std::max(microseconds(1), duration_cast<microseconds>(Now() - question.sent));
  if (count < 0 && errno != EAGAIN) question.trouble = InWords(errno);
  if (count < 0) return;
  question.answer =
      probe::ReadDnsAddresses(question.query, {bytes.data(), static_cast<size_t>(count)});
}

void AwaitAll(std::vector<Question>& questions, const Allowance& allowance) {
  const Steady began = Now();
  const Steady until = began + kDnsPatience;
  while (!allowance.over() && Now() < until) {
    std::vector<pollfd> polled;
    std::vector<Question*> waiting;
    for (Question& question : questions) {
      if (!question.is_waiting()) continue;
      if (Now() - began > kDnsPatience / 3 && !std::exchange(question.repeated, true))
        SendOnce(question);
      polled.push_back({question.socket.get(), POLLIN, 0});
      waiting.push_back(&question);
    }
    if (waiting.empty()) return;
    poll(polled.data(), polled.size(), allowance.PauseUntil(until));
    for (size_t i = 0; i < waiting.size(); ++i)
      if (polled[i].revents != 0) Hear(*waiting[i]);
  }
}

/// An error to one of the two questions counts only where the other has no addresses either.
void TellAnswer(const Question& question, v1::ServerAnswer& told) {
  told.set_time_us(std::max(told.time_us(), static_cast<uint32_t>(question.time.count())));
  if (!question.answer) {
    if (told.addresses().empty())
      told.set_detail(question.trouble.empty()
                          ? fmt::format("no answer within {} s", kDnsPatience.count() / 1000)
                          : question.trouble);
    return;
  }
  const auto& [rcode, addresses] = *question.answer;
  const bool overrides = told.rcode().empty() || told.addresses().empty();
  if (overrides && (told.rcode().empty() || told.rcode() == "NOERROR" || !addresses.empty()))
    told.set_rcode(rcode);
  for (const IpAddress& address : addresses) told.add_addresses(address.ToString());
  if (!told.addresses().empty()) told.clear_detail();
}

}  // namespace

std::vector<v1::ServerAnswer> AskNameServers(const std::string& name,
                                             const std::vector<SocketAddress>& servers,
                                             const Allowance& allowance) {
  std::vector<v1::ServerAnswer> answers(servers.size());
  std::vector<Question> questions;
  for (size_t i = 0; i < servers.size(); ++i) {
    answers[i].set_server(servers[i].ToString());
    for (const char* type : kTypes) {
      const auto query = probe::BuildDnsQuery(name, type, true);
      if (query)
        questions.push_back(Ask(i, servers[i], *query));
      else
        answers[i].set_detail(query.error().message);
    }
  }
  AwaitAll(questions, allowance);
  for (const Question& question : questions) TellAnswer(question, answers[question.server]);
  return answers;
}

}  // namespace waypost::diagnose
