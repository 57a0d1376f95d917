#!/usr/bin/env python3
"""Answers per second of one worker beside NSD and gdnsd, on the same zone, interleaved in one run.

  tests/bench/qps.py [--rounds 5] [--seconds 5]

Each server runs on core 0, dnsperf on core 1. Prints medians, spreads and ratios; asserts nothing.
Needs `deploy/install-deps --bench`.
"""
import argparse
import shutil
import statistics
import tempfile

from peers import NAMES, Server, dnsperf, figure, start_nsd, start_waypost, write, write_queries, zone_text

CLIENTS = ["198.51.100.0/24", "203.0.113.0/24"]


def resources():
    documents = []
    for name, latitude, longitude, country, octet in (("us", 39, -77, "US", 1), ("eu", 53, -6, "IE", 2), ("ap", 1, 104, "SG", 3)):
        documents.append(f"kind: Region\nname: {name}\nlocation: {{latitude: {latitude}, longitude: {longitude}, country: {country}}}\n"
                         f"labels: {{jurisdiction: {'gdpr' if name == 'eu' else 'none'}}}")
        documents.append(f"{{kind: Pool, name: {name}, region: {name}, endpoints: [{{address: 192.0.2.{octet}0}}, {{address: 192.0.2.{octet}1}}]}}")
    documents.append("kind: Network\nname: clients\nentries:\n"
                     f"  - {{prefix: {CLIENTS[0]}, location: {{latitude: 53, longitude: -6, country: IE}}}}\n"
                     f"  - {{prefix: {CLIENTS[1]}, location: {{latitude: 40, longitude: -74, country: US}}}}")
    documents.append("kind: Policy\nname: web\nsteps: [{residency: {prefer: true}}, {latency: {tolerance: 10ms}}, weighted, {answers: {max: 2}}]")
    documents += [f"{{kind: Record, name: s{i}.steer.test, types: A, policy: web, pools: [us, eu, ap]}}" for i in range(1000)]
    return "\n---\n".join(documents) + "\n"


def load_folder(folder):
    write(folder + "/load/static.test.zone", zone_text("static.test"))
    write(folder + "/load/steer.test.zone", zone_text("steer.test"))
    write(folder + "/load/resources.yaml", resources())
    return folder + "/load"


def start_gdnsd(folder):
    write(folder + "/etc/zones/static.test", zone_text("static.test"))
    steered = "\n".join(f"s{i} 60 DYNA geoip!web" for i in range(1000))
    write(folder + "/etc/zones/steer.test", zone_text("steer.test") + steered + "\n")
    write(folder + "/etc/config", f"""options => {{
  listen => 127.0.0.1
  dns_port => 5603
  udp_threads => 1
  tcp_threads => 1
  run_dir => {folder}/run
  state_dir => {folder}/state
}}
plugins => {{ geoip => {{
  maps => {{ m => {{ datacenters => [us, eu, ap], nets => {{ {CLIENTS[0]} => [eu, us, ap], {CLIENTS[1]} => [us, eu, ap] }} }} }}
  resources => {{ web => {{ map => m, dcmap => {{ us => 192.0.2.10, eu => 192.0.2.20, ap => 192.0.2.30 }} }} }}
}} }}
""")
    return Server("gdnsd", 5603, ["gdnsd", "-c", folder + "/etc", "start"], folder)


def drive(server, queries, seconds, subnet):
    flags = ["-q", "128", "-t", "2", "-e"]
    if subnet:
        address = subnet.split("/")[0].split(".")[:3]
        flags += ["-E", "8:00011800" + "".join("%02x" % int(o) for o in address)]
    before = server.cpu()
    out = dnsperf(server.port, queries, seconds, *flags)
    server.qps.append(figure(out, "Queries per second:"))
    server.cpu_us.append((server.cpu() - before) / max(figure(out, "Queries completed:"), 1) * 1e6)


def compare(title, servers, queries, arguments, subnet=""):
    for server in servers:
        server.qps, server.cpu_us = [], []
    for turn in range(arguments.rounds):
        for server in servers[turn % len(servers):] + servers[:turn % len(servers)]:
            drive(server, queries, arguments.seconds, subnet)
    base = statistics.median(servers[0].qps)
    print(f"\n{title}: {arguments.rounds} rounds of {arguments.seconds} s, interleaved, medians")
    print(f"{'server':<10}{'answers/s':>12}{'spread':>9}{'x waypost':>11}{'CPU us/query':>14}")
    for server in servers:
        q = statistics.median(server.qps)
        spread = (max(server.qps) - min(server.qps)) / q * 100
        print(f"{server.name:<10}{q:>12.0f}{spread:>8.1f}%{q / base:>11.2f}{statistics.median(server.cpu_us):>14.2f}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--geo", nargs="*", default=[], help="geo databases for waypost")
    arguments = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="waypost-bench-")
    geo = ["--geo", *arguments.geo] if arguments.geo else []
    servers = [start_waypost(5601, folder + "/waypost", load_folder(folder + "/waypost"), *geo),
               start_nsd(5602, folder + "/nsd", "static.test", "  minimal-responses: yes\n"),
               start_gdnsd(folder + "/gdnsd")]
    try:
        for server in servers:
            server.wait("h1.static.test")
        write_queries(folder + "/static.txt", "static.test")
        write(folder + "/steered.txt", "".join(f"s{i * 7919 % 1000}.steer.test A\n" for i in range(NAMES)))
        compare("static, UDP", servers, folder + "/static.txt", arguments)
        steering = [s for s in servers if s.name != "nsd"]
        compare("steered, one client subnet", steering, folder + "/steered.txt", arguments, CLIENTS[0])
        compare("steered, no client subnet", steering, folder + "/steered.txt", arguments)
    finally:
        for server in servers:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


main()
