#!/usr/bin/env python3
"""How much floods slow the answers to others, for Waypost beside NSD, in one run.

  tests/bench/floods.py [--rounds 5] [--seconds 3] [--rate 10000]

Each server runs on core 0, all clients on core 1. A measured client (dnsperf) asks 1,000 queries a second
while a second one floods at --rate: random subdomains, malformed datagrams, or silent TCP connections.
What counts is the latency beside that under an equal load of ordinary queries, or of connections
that ask one. Prints medians and
ratios; asserts nothing. Needs `deploy/install-deps --bench`.
"""
import argparse
import os
import random
import re
import resource
import shutil
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import time

BIN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../build/release/bin")
NAMES = 10000
ATTACKER = "127.0.0.66"
SILENT = 3000  # connections that the attacker tries to hold


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as f:
        f.write(text)


def zone_text():
    lines = ["$TTL 300", "@ IN SOA ns1.flood.test. hostmaster.flood.test. 1 3600 600 604800 60",
             "@ IN NS ns1.flood.test.", "ns1 IN A 192.0.2.53"]
    return "\n".join(lines + [f"h{i} IN A 10.{i >> 16}.{i >> 8 & 255}.{i & 255}" for i in range(NAMES)]) + "\n"


def start_waypost(folder):
    write(folder + "/flood.test.zone", zone_text())
    return ["taskset", "-c", "0", BIN + "/waypost-dnsd", "--listen", "127.0.0.1:5701", "--control",
            f"unix:{folder}/control.sock", "--threads", "1", "--load", folder + "/flood.test.zone"]


def start_nsd(folder):
    write(folder + "/zones/flood.test", zone_text())
    write(folder + "/nsd.conf", f"""server:
  server-count: 1
  ip-address: 127.0.0.1@5702
  username: ""
  chroot: ""
  zonesdir: "{folder}/zones"
  database: ""
  pidfile: "{folder}/nsd.pid"
  xfrdfile: "{folder}/xfrd"
  zonelistfile: "{folder}/list"
  xfrdir: "{folder}"
  rrl-ratelimit: 0
  tcp-count: 1000
remote-control:
  control-enable: no
zone:
  name: flood.test
  zonefile: flood.test
""")
    return ["taskset", "-c", "0", "nsd", "-d", "-c", folder + "/nsd.conf"]


def query(name):
    labels = b"".join(bytes([len(l)]) + l.encode() for l in name.split("."))
    return struct.pack(">6H", random.getrandbits(16), 0, 1, 0, 0, 0) + labels + b"\0\0\1\0\1"


def malformed():
    """A query with some octets changed, cut off or added."""
    packet = bytearray(query(f"h{random.randrange(NAMES)}.flood.test"))
    kind = random.randrange(4)
    if kind == 0:
        packet = packet[:random.randrange(13, len(packet))]
    elif kind == 1:
        packet[12] = random.randrange(64, 256)
    elif kind == 2:
        packet[4:12] = os.urandom(8)
    else:
        packet += os.urandom(random.randrange(1, 400))
    return bytes(packet)


PACKETS = {
    "plain": lambda: query(f"h{random.randrange(NAMES)}.flood.test"),
    "random subdomains": lambda: query(f"{random.getrandbits(40):x}.flood.test"),
    "malformed": malformed,
}


def flood_datagrams(port, kind, rate):
    """Until killed. Replies are not read; the kernel throws them away."""
    packets = [PACKETS[kind]() for _ in range(20000)]
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sender.bind((ATTACKER, 0))
    sender.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    sender.connect(("127.0.0.1", port))
    sent, start = 0, time.monotonic()
    while True:
        due = int((time.monotonic() - start) * rate)
        while sent < due:
            try:
                sender.send(packets[sent % len(packets)])
            except OSError:
                pass
            sent += 1
        time.sleep(0.001)


def flood_connections(port, is_silent):
    """Opens 4,000 connections a second. Silent: keeps trying to hold SILENT of them that never say a word.
    Else each asks one query, and is closed a moment later."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, SILENT + 100), hard))
    held, most = [], SILENT if is_silent else 50
    asked = query("h1.flood.test")
    asked = struct.pack(">H", len(asked)) + asked
    while True:
        for _ in range(200):
            if len(held) >= most:
                oldest = held.pop(0)
                try:
                    if not is_silent:
                        oldest.send(asked)
                except OSError:
                    pass
                oldest.close()
            one = socket.socket()
            one.setblocking(False)
            one.bind((ATTACKER, 0))
            one.connect_ex(("127.0.0.1", port))
            held.append(one)
        time.sleep(0.05)


class Background:
    def __init__(self, port, kind, rate):
        command = ["taskset", "-c", "1", sys.executable, os.path.abspath(__file__), "--flood", kind,
                   "--port", str(port), "--rate", str(rate)]
        self.process = subprocess.Popen(command)
        time.sleep(0.5)

    def stop(self):
        self.process.kill()
        self.process.wait()


def measure(port, queries, seconds, mode):
    command = ["taskset", "-c", "1", "dnsperf", "-s", "127.0.0.1", "-p", str(port), "-d", queries, "-l",
               str(seconds), "-Q", "1000", "-m", mode]
    out = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    latency = re.search(r"Average Latency \(s\):\s+([\d.]+)", out)
    lost = re.search(r"Queries lost:\s+\d+ \(([\d.]+)%\)", out)
    return (float(latency.group(1)) * 1e6 if latency else float("nan"), float(lost.group(1)) if lost else 100.0)


def under(port, kind, queries, arguments, mode):
    background = Background(port, kind, arguments.rate)
    try:
        return measure(port, queries, arguments.seconds, mode)
    finally:
        background.stop()


def compare(title, calm_kind, kind, mode, servers, queries, arguments):
    print(f"\n{title}: {arguments.rounds} rounds of {arguments.seconds} s, interleaved, medians")
    print(f"{'server':<10}{'us, equal load':>16}{'us, flood':>12}{'ratio':>8}{'lost':>8}")
    taken = {name: ([], [], []) for name, _ in servers}
    for _ in range(arguments.rounds):
        for name, port in servers:
            calm, flooded, lost = taken[name]
            calm.append(under(port, calm_kind, queries, arguments, mode)[0])
            latency, share = under(port, kind, queries, arguments, mode)
            flooded.append(latency)
            lost.append(share)
    for name, _ in servers:
        calm, flooded, lost = (statistics.median(values) for values in taken[name])
        print(f"{name:<10}{calm:>16.0f}{flooded:>12.0f}{flooded / calm:>8.2f}{lost:>7.2f}%", flush=True)


def wait(port):
    for _ in range(600):
        asked = subprocess.run(["dig", "@127.0.0.1", "-p", str(port), "+short", "+tries=1", "+time=1", "h1.flood.test"],
                               stdout=subprocess.PIPE, text=True).stdout
        if "10.0.0.1" in asked:
            return
        time.sleep(0.1)
    sys.exit(f"port {port} does not answer")


def bench(arguments):
    folder = tempfile.mkdtemp(prefix="waypost-floods-")
    commands = [start_waypost(folder + "/waypost"), start_nsd(folder + "/nsd")]
    logs = open(folder + "/log", "w")
    running = [subprocess.Popen(command, stdout=logs, stderr=logs) for command in commands]
    servers = [("waypost", 5701), ("nsd", 5702)]
    queries = folder + "/queries.txt"
    write(queries, "".join(f"h{i * 7919 % NAMES}.flood.test A\n" for i in range(NAMES)))
    try:
        for _, port in servers:
            wait(port)
        for kind in ("random subdomains", "malformed"):
            compare(f"{kind}, UDP", "plain", kind, "udp", servers, queries, arguments)
        for mode in ("udp", "tcp"):
            compare(f"silent TCP clients, asked over {mode.upper()}", "talking", "silent", mode, servers, queries, arguments)
    finally:
        for process in running:
            process.terminate()
            process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--rate", type=int, default=10000)
    parser.add_argument("--flood", help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.flood in ("silent", "talking"):
        flood_connections(arguments.port, arguments.flood == "silent")
    elif arguments.flood:
        flood_datagrams(arguments.port, arguments.flood, arguments.rate)
    else:
        bench(arguments)


main()
