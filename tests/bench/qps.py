#!/usr/bin/env python3
"""Answers per second of one worker beside NSD and gdnsd, on the same zone, interleaved in one run.

  tests/bench/qps.py [--rounds 5] [--seconds 5]

Each server runs on core 0, dnsperf on core 1. Prints medians, spreads and ratios; asserts nothing.
Needs `deploy/install-deps --bench`.
"""
import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

BIN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../build/release/bin")
NAMES = 10000
CLIENTS = ["198.51.100.0/24", "203.0.113.0/24"]


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as f:
        f.write(text)


def zone_text(origin):
    lines = ["$TTL 300", f"@ IN SOA ns1.{origin}. hostmaster.{origin}. 1 3600 600 604800 60", f"@ IN NS ns1.{origin}.",
             "ns1 IN A 192.0.2.53"]
    return "\n".join(lines + [f"h{i} IN A 10.{i >> 16}.{i >> 8 & 255}.{i & 255}" for i in range(NAMES)]) + "\n"


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


class Server:
    def __init__(self, name, port, command, log):
        self.name, self.port = name, port
        self.process = subprocess.Popen(["taskset", "-c", "0", *command], stdout=log, stderr=log)
        self.qps, self.cpu_us = [], []

    def cpu(self):
        """Seconds of user and system time of the process and its children."""
        total, pids = 0, [self.process.pid]
        for pid in pids:
            fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
            total += int(fields[11]) + int(fields[12])
            children = f"/proc/{pid}/task/{pid}/children"
            pids += [int(c) for c in open(children).read().split()]
        return total / os.sysconf("SC_CLK_TCK")

    def wait(self, question):
        for _ in range(600):
            out = subprocess.run(["dig", "@127.0.0.1", "-p", str(self.port), "+short", "+tries=1", "+time=1", question],
                                 stdout=subprocess.PIPE, text=True).stdout
            if out and ";;" not in out:
                return
            time.sleep(0.1)
        sys.exit(self.name + " does not answer")


def start_waypost(folder, geo):
    write(folder + "/load/static.test.zone", zone_text("static.test"))
    write(folder + "/load/steer.test.zone", zone_text("steer.test"))
    write(folder + "/load/resources.yaml", resources())
    command = [BIN + "/waypost-dnsd", "--listen", "127.0.0.1:5601", "--control", f"unix:{folder}/control.sock",
               "--threads", "1", "--load", folder + "/load"] + (["--geo", *geo] if geo else [])
    return Server("waypost", 5601, command, open(folder + "/log", "w"))


def start_nsd(folder):
    write(folder + "/zones/static.test", zone_text("static.test"))
    write(folder + "/nsd.conf", f"""server:
  server-count: 1
  ip-address: 127.0.0.1@5602
  username: ""
  chroot: ""
  zonesdir: "{folder}/zones"
  database: ""
  pidfile: "{folder}/nsd.pid"
  xfrdfile: "{folder}/xfrd"
  zonelistfile: "{folder}/list"
  xfrdir: "{folder}"
  minimal-responses: yes
  rrl-ratelimit: 0
remote-control:
  control-enable: no
zone:
  name: static.test
  zonefile: static.test
""")
    return Server("nsd", 5602, ["nsd", "-d", "-c", folder + "/nsd.conf"], open(folder + "/log", "w"))


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
    return Server("gdnsd", 5603, ["gdnsd", "-c", folder + "/etc", "start"], open(folder + "/log", "w"))


def drive(server, queries, seconds, subnet):
    command = ["taskset", "-c", "1", "dnsperf", "-s", "127.0.0.1", "-p", str(server.port), "-d", queries, "-l",
               str(seconds), "-q", "128", "-t", "2", "-e"]
    if subnet:
        address = subnet.split("/")[0].split(".")[:3]
        command += ["-E", "8:00011800" + "".join("%02x" % int(o) for o in address)]
    before = server.cpu()
    out = subprocess.run(command, stdout=subprocess.PIPE, text=True).stdout
    completed = int(re.search(r"Queries completed:\s+(\d+)", out).group(1))
    server.qps.append(float(re.search(r"Queries per second:\s+([\d.]+)", out).group(1)))
    server.cpu_us.append((server.cpu() - before) / max(completed, 1) * 1e6)


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
    for name in ("waypost", "nsd", "gdnsd"):
        os.makedirs(f"{folder}/{name}")
    servers = [start_waypost(folder + "/waypost", arguments.geo), start_nsd(folder + "/nsd"), start_gdnsd(folder + "/gdnsd")]
    try:
        for server in servers:
            server.wait("h1.static.test")
        write(folder + "/static.txt", "".join(f"h{i * 7919 % NAMES}.static.test A\n" for i in range(NAMES)))
        write(folder + "/steered.txt", "".join(f"s{i * 7919 % 1000}.steer.test A\n" for i in range(NAMES)))
        compare("static, UDP", servers, folder + "/static.txt", arguments)
        steering = [s for s in servers if s.name != "nsd"]
        compare("steered, one client subnet", steering, folder + "/steered.txt", arguments, CLIENTS[0])
        compare("steered, no client subnet", steering, folder + "/steered.txt", arguments)
    finally:
        for server in servers:
            server.process.terminate()
            server.process.wait()
        shutil.rmtree(folder, ignore_errors=True)


main()
