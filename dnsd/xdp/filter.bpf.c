// Runs in the kernel on every frame that the interface receives: hands UDP datagrams to the
// addresses and ports that are served to the AF_XDP socket of the receive queue, and passes
// everything else on, fragments and IPv6 extension headers included.
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define MAX_VLANS 2
#define IP_FRAGMENT 0x3FFF  // more fragments, or an offset

// In network order; an IPv4 address fills the first word. No padding.
struct destination {
  __be32 address[4];
  __be16 port;
  __u16 is_v6;
};

struct vlan_tag {
  __be16 control;
  __be16 inner;
};

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 256);
  __type(key, struct destination);
  __type(value, __u8);
} destinations SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_XSKMAP);
  __uint(max_entries, 64);
  __type(key, __u32);
  __type(value, __u32);
} sockets SEC(".maps");

// Written by the director through memory that it shares with this program.
volatile __u8 is_admitting = 0;

SEC("xdp")
int take_queries(struct xdp_md *context) {
  if (!is_admitting) return XDP_PASS;
  void *at = (void *)(long)context->data;
  void *const end = (void *)(long)context->data_end;

  const struct ethhdr *const link = at;
  if ((void *)(link + 1) > end) return XDP_PASS;
  __be16 inner = link->h_proto;
  at = (void *)(link + 1);
#pragma unroll
  for (int i = 0; i < MAX_VLANS; ++i) {
    if (inner != bpf_htons(ETH_P_8021Q) && inner != bpf_htons(ETH_P_8021AD)) break;
    const struct vlan_tag *const tag = at;
    if ((void *)(tag + 1) > end) return XDP_PASS;
    inner = tag->inner;
    at = (void *)(tag + 1);
  }

  struct destination asked = {};
  if (inner == bpf_htons(ETH_P_IP)) {
    const struct iphdr *const ip = at;
    if ((void *)(ip + 1) > end || ip->protocol != IPPROTO_UDP) return XDP_PASS;
    if (ip->ihl < 5 || (ip->frag_off & bpf_htons(IP_FRAGMENT))) return XDP_PASS;
    asked.address[0] = ip->daddr;
    at += ip->ihl * 4;
  } else if (inner == bpf_htons(ETH_P_IPV6)) {
    const struct ipv6hdr *const ip = at;
    if ((void *)(ip + 1) > end || ip->nexthdr != IPPROTO_UDP) return XDP_PASS;
    __builtin_memcpy(asked.address, &ip->daddr, sizeof asked.address);
    asked.is_v6 = 1;
    at = (void *)(ip + 1);
  } else {
    return XDP_PASS;
  }

  const struct udphdr *const udp = at;
  if ((void *)(udp + 1) > end) return XDP_PASS;
  asked.port = udp->dest;
  if (!bpf_map_lookup_elem(&destinations, &asked)) return XDP_PASS;
  return bpf_redirect_map(&sockets, context->rx_queue_index, XDP_PASS);
}

char license_of_filter[] SEC("license") = "Dual BSD/GPL";
