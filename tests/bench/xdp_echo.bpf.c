// The floor of anything that answers from XDP on this machine: turns every UDP datagram to port 53 round in the kernel,
// with QR set, and looks at nothing else.
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/udp.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

SEC("xdp")
int echo(struct xdp_md *context) {
  void *const at = (void *)(long)context->data;
  void *const end = (void *)(long)context->data_end;
  struct ethhdr *const link = at;
  struct iphdr *const ip = (void *)(link + 1);
  struct udphdr *const udp = (void *)(ip + 1);
  __u8 *const dns = (void *)(udp + 1);
  if ((void *)(dns + 12) > end || link->h_proto != bpf_htons(ETH_P_IP)) return XDP_PASS;
  if (ip->protocol != IPPROTO_UDP || ip->ihl != 5 || udp->dest != bpf_htons(53)) return XDP_PASS;
  __u8 mac[ETH_ALEN];
  __builtin_memcpy(mac, link->h_source, ETH_ALEN);
  __builtin_memcpy(link->h_source, link->h_dest, ETH_ALEN);
  __builtin_memcpy(link->h_dest, mac, ETH_ALEN);
  const __be32 address = ip->saddr;
  ip->saddr = ip->daddr;
  ip->daddr = address;
  udp->dest = udp->source;
  udp->source = bpf_htons(53);
  udp->check = 0;
  dns[2] |= 0x80;
  return XDP_TX;
}
