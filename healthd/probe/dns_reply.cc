#include "healthd/probe/dns_reply.h"

#include <ldns/ldns.h>

#include <algorithm>
#include <memory>

namespace waypost::probe {
namespace {

constexpr uint16_t kUdpSize = 1232;
constexpr uint8_t kTruncated = 0x02;

template <auto kFree>
struct Free {
  template <typename T>
  void operator()(T* object) const {
    kFree(object);
  }
};
using Packet = std::unique_ptr<ldns_pkt, Free<ldns_pkt_free>>;
using Record = std::unique_ptr<ldns_rr, Free<ldns_rr_free>>;
using Text = std::unique_ptr<char, Free<free>>;

const uint8_t* Octets(std::string_view text) {
  return reinterpret_cast<const uint8_t*>(text.data());
}

std::string RcodeName(ldns_pkt_rcode rcode) {
  const Text text(ldns_pkt_rcode2str(rcode));
  return text ? text.get() : "RCODE" + std::to_string(rcode);
}

/// A record of the root with this RDATA; null: there is no such.
Record ReadRecord(const std::string& type, const std::string& rdata) {
  ldns_rr* raw = nullptr;
  const std::string line = ". 0 IN " + type + " " + rdata;
  if (ldns_rr_new_frm_str(&raw, line.c_str(), 0, nullptr, nullptr) != LDNS_STATUS_OK) return {};
  ldns_rr2canonical(raw);
  return Record(raw);
}

bool HasSameRdata(const ldns_rr& a, const ldns_rr& b) {
  if (ldns_rr_rd_count(&a) != ldns_rr_rd_count(&b)) return false;
  for (size_t i = 0; i < ldns_rr_rd_count(&a); ++i)
    if (ldns_rdf_compare(ldns_rr_rdf(&a, i), ldns_rr_rdf(&b, i)) != 0) return false;
  return true;
}

bool IsAnswered(const ldns_pkt& reply, const ldns_rr& wanted) {
  const ldns_rr_list* answers = ldns_pkt_answer(&reply);
  for (size_t i = 0; i < ldns_rr_list_rr_count(answers); ++i) {
    ldns_rr* answer = ldns_rr_list_rr(answers, i);
    ldns_rr2canonical(answer);
    if (ldns_rr_get_type(answer) == ldns_rr_get_type(&wanted) && HasSameRdata(*answer, wanted))
      return true;
  }
  return false;
}

/// The question as `query` has it, octet by octet but for case (RFC 1035 section 4.1.2).
bool AsksTheSame(std::string_view query, std::string_view reply) {
  constexpr size_t kHeader = 12;
  const size_t name = query.find('\0', kHeader) + 1;
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; };
  if (reply.size() < name + 4 || reply.substr(4, 2) != query.substr(4, 2)) return false;
  return std::equal(query.begin() + kHeader, query.begin() + static_cast<ptrdiff_t>(name) + 4,
                    reply.begin() + kHeader, [&](char a, char b) { return lower(a) == lower(b); });
}

/// A reply with an error may come without its question (RFC 9619 section 4).
bool Answers(std::string_view query, std::string_view reply) {
  constexpr size_t kHeader = 12;
  if (reply.size() < kHeader || reply.substr(0, 2) != query.substr(0, 2)) return false;
  if ((static_cast<uint8_t>(reply[2]) & 0x80) == 0) return false;
  const bool has_error = (static_cast<uint8_t>(reply[3]) & 0x0F) != 0;
  return AsksTheSame(query, reply) ||
         (has_error && reply.substr(4, 2) == std::string_view("\0\0", 2));
}

/// nullopt: the record has none.
std::optional<IpAddress> AddressIn(const ldns_rr& record) {
  const bool is_v4 = ldns_rr_get_type(&record) == LDNS_RR_TYPE_A;
  if (!is_v4 && ldns_rr_get_type(&record) != LDNS_RR_TYPE_AAAA) return {};
  const ldns_rdf* const data = ldns_rr_rdf(&record, 0);
  if (data == nullptr || ldns_rdf_size(data) != (is_v4 ? 4U : 16U)) return {};
  return IpAddress::FromBytes(is_v4 ? IpFamily::kV4 : IpFamily::kV6, ldns_rdf_data(data));
}

Failure JudgeContent(const DnsSpec& spec, std::string_view octets, const ldns_pkt& reply) {
  const std::string rcode = RcodeName(ldns_pkt_get_rcode(&reply));
  if (rcode != spec.rcode)
    return {v1::LAYER_CONTENT, v1::FAULT_STATUS, "rcode " + rcode + ", want " + spec.rcode};
  for (const std::string& wanted : spec.answers) {
    const Record record = ReadRecord(spec.type, wanted);
    if (record && IsAnswered(reply, *record)) continue;
    const bool is_cut = (static_cast<uint8_t>(octets[2]) & kTruncated) != 0;
    return {v1::LAYER_CONTENT, v1::FAULT_BODY,
            "answer lacks " + spec.type + " " + Quoted(wanted) + (is_cut ? ", it is cut off" : "")};
  }
  return {};
}

}  // namespace

Result<std::string> BuildDnsQuery(const std::string& name, const std::string& type,
                                  bool recursion_desired) {
  ldns_rdf* const owner = ldns_dname_new_frm_str(name.c_str());
  if (owner == nullptr) return Fail(ErrorCode::kInvalid, "name \"" + name + "\" is no domain name");
  const ldns_rr_type number = ldns_get_rr_type_by_name(type.c_str());
  const uint16_t flags = recursion_desired ? LDNS_RD : 0;
  const Packet packet(number == 0 ? nullptr
                                  : ldns_pkt_query_new(owner, number, LDNS_RR_CLASS_IN, flags));
  if (!packet) {
    ldns_rdf_deep_free(owner);
    return Fail(ErrorCode::kInvalid, "type \"" + type + "\" is no type of record");
  }
  ldns_pkt_set_edns_udp_size(packet.get(), kUdpSize);
  uint8_t* raw = nullptr;
  size_t size = 0;
  if (ldns_pkt2wire(&raw, packet.get(), &size) != LDNS_STATUS_OK)
    return Fail(ErrorCode::kInvalid, "name \"" + name + "\" fits into no query");
  const std::unique_ptr<uint8_t, Free<free>> wire(raw);
  std::string query(reinterpret_cast<const char*>(wire.get()), size);
  query[0] = query[1] = 0;
  return query;
}

bool IsRcode(const std::string& text) {
  const ldns_lookup_table* const found = ldns_lookup_by_name(ldns_rcodes, text.c_str());
  return found != nullptr;
}

Status CheckDnsAnswer(const std::string& type, const std::string& rdata) {
  if (ReadRecord(type, rdata)) return {};
  return Fail(ErrorCode::kInvalid, "\"" + rdata + "\" is no " + type + " record's data");
}

std::optional<Failure> JudgeDnsReply(const DnsSpec& spec, std::string_view query,
                                     std::string_view reply) {
  if (!Answers(query, reply)) return {};
  ldns_pkt* raw = nullptr;
  const ldns_status status = ldns_wire2pkt(&raw, Octets(reply), reply.size());
  const Packet packet(raw);
  if (status != LDNS_STATUS_OK)
    return Failure{v1::LAYER_RESPONSE, v1::FAULT_MALFORMED,
                   std::string("invalid reply: ") + ldns_get_errorstr_by_id(status)};
  return JudgeContent(spec, reply, *packet);
}

std::optional<DnsAddresses> ReadDnsAddresses(std::string_view query, std::string_view reply) {
  if (!Answers(query, reply)) return {};
  ldns_pkt* raw = nullptr;
  const ldns_status status = ldns_wire2pkt(&raw, Octets(reply), reply.size());
  const Packet packet(raw);
  if (status != LDNS_STATUS_OK) return {};
  DnsAddresses found{RcodeName(ldns_pkt_get_rcode(packet.get())), {}};
  const ldns_rr_list* answers = ldns_pkt_answer(packet.get());
  for (size_t i = 0; i < ldns_rr_list_rr_count(answers); ++i)
    if (const auto address = AddressIn(*ldns_rr_list_rr(answers, i)))
      found.addresses.push_back(*address);
  return found;
}

}  // namespace waypost::probe
