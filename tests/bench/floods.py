#!/usr/bin/env python3
"""How much floods slow the answers to others, for Waypost beside NSD, in one run.

  tests/bench/floods.py [--rounds 5] [--seconds 3] [--rate 10000] [--only silent ...]

Each server runs on core 0, all clients on core 1. A measured client (dnsperf) asks 1,000 queries a second
while a second one floods at --rate: random subdomains, malformed datagrams, silent TCP connections, or
SYNs that never become connections (as root, in a network namespace of its own). What counts is the
latency beside that under an equal load of ordinary queries, or of connections that ask one. Prints
medians and ratios; asserts nothing. Needs `deploy/install-deps --bench`.
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

from peers import NAMES, dnsperf, figure, start_nsd, start_waypost, write, write_queries, zone_text

# What it is compared with, and how the others ask.
FLOODS = {"random subdomains": ("plain", ["udp"]), "malformed": ("plain", ["udp"]),
          "silent": ("talking", ["udp", "tcp"]), "half-open": ("talking", ["udp", "tcp"])}
ATTACKER = "127.0.0.66"
SILENT = 8000  # connections that the attacker tries to hold: for two seconds each, since servers may see them after one
CONNECTIONS = 4000  # opened a second, evenly: a burst would hold up the asker on the same core
HALF_OPEN = 4000  # SYNs a second


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
    """Opens CONNECTIONS a second. Silent: keeps trying to hold SILENT of them that never say a word.
    Else each asks one query, and is closed a moment later."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, SILENT + 100), hard))
    held, most = [], SILENT if is_silent else 50
    asked = query("h1.flood.test")
    asked = struct.pack(">H", len(asked)) + asked
    opened, start = 0, time.monotonic()
    while True:
        due = min(int((time.monotonic() - start) * CONNECTIONS), opened + CONNECTIONS // 100)
        while opened < due:
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
            opened += 1
        time.sleep(0.001)


def checksum(octets):
    total = sum(struct.unpack(f">{len(octets) // 2}H", octets))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def syn(port):
    """A segment that asks for a connection, from an address to which there is no way back."""
    source = bytes([198, 18, random.randrange(256), random.randrange(1, 255)])
    head = [random.randrange(1024, 65536), port, random.getrandbits(32), 0, 5 << 12 | 0x02, 65535]
    segment = struct.pack(">HHIIHHHH", *head, 0, 0)
    target = bytes([127, 0, 0, 1])
    check = checksum(source + target + struct.pack(">HH", socket.IPPROTO_TCP, len(segment)) + segment)
    segment = struct.pack(">HHIIHHHH", *head, check, 0)
    length = 20 + len(segment)
    return struct.pack(">BBHHHBBH", 0x45, 0, length, 0, 0, 64, socket.IPPROTO_TCP, 0) + source + target + segment


def flood_half_open(port):
    """SYNs only, until killed: no connection comes of them. Needs a network namespace without routes."""
    sender = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    packets = [syn(port) for _ in range(20000)]
    sent, start = 0, time.monotonic()
    while True:
        due = int((time.monotonic() - start) * HALF_OPEN)
        while sent < due:
            try:
                sender.sendto(packets[sent % len(packets)], ("127.0.0.1", 0))
            except OSError:
                pass
            sent += 1
        time.sleep(0.001)


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
    out = dnsperf(port, queries, seconds, "-Q", "1000", "-m", mode)
    lost = re.search(r"Queries lost:\s+\d+ \(([\d.]+)%\)", out)
    return figure(out, "Average Latency (s):") * 1e6, float(lost.group(1)) if lost else 100.0


def under(port, kind, queries, arguments, mode):
    background = Background(port, kind, arguments.rate)
    try:
        return measure(port, queries, arguments.seconds, mode)
    finally:
        background.stop()


def compare(title, calm_kind, kind, mode, servers, queries, arguments):
    print(f"\n{title}: {arguments.rounds} rounds of {arguments.seconds} s, interleaved, medians")
    print(f"{'server':<10}{'us, equal load':>16}{'us, flood':>12}{'ratio':>8}{'lost':>8}")
    taken = {server.name: ([], [], []) for server in servers}
    for _ in range(arguments.rounds):
        for server in servers:
            calm, flooded, lost = taken[server.name]
            calm.append(under(server.port, calm_kind, queries, arguments, mode)[0])
            latency, share = under(server.port, kind, queries, arguments, mode)
            flooded.append(latency)
            lost.append(share)
    for server in servers:
        calm, flooded, lost = (statistics.median(values) for values in taken[server.name])
        print(f"{server.name:<10}{calm:>16.0f}{flooded:>12.0f}{flooded / calm:>8.2f}{lost:>7.2f}%", flush=True)


def bench(arguments):
    folder = tempfile.mkdtemp(prefix="waypost-floods-")
    zone = folder + "/waypost/flood.test.zone"
    write(zone, zone_text("flood.test"))
    servers = [start_waypost(5701, folder + "/waypost", zone),
               start_nsd(5702, folder + "/nsd", "flood.test", "  tcp-count: 1000\n")]
    queries = write_queries(folder + "/queries.txt", "flood.test")
    try:
        for server in servers:
            server.wait("h1.flood.test")
        for kind in arguments.only:
            for mode in FLOODS[kind][1]:
                title = f"{kind}, asked over {mode.upper()}"
                if kind == "half-open" and not arguments.own_net:
                    print(f"\n{title}: left out, it takes root")
                    continue
                compare(title, FLOODS[kind][0], kind, mode, servers, queries, arguments)
    finally:
        for server in servers:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def enter_own_net():
    """Starts this program again in a network namespace that has loopback and nothing else."""
    script = 'ip link set lo up && exec "$@"'
    os.execvp("unshare", ["unshare", "--net", "sh", "-c", script, "sh", sys.executable, *sys.argv, "--own-net"])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--rate", type=int, default=10000)
    parser.add_argument("--only", nargs="+", choices=FLOODS, default=list(FLOODS))
    parser.add_argument("--flood", help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--own-net", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.flood in ("silent", "talking"):
        flood_connections(arguments.port, arguments.flood == "silent")
    elif arguments.flood == "half-open":
        flood_half_open(arguments.port)
    elif arguments.flood:
        flood_datagrams(arguments.port, arguments.flood, arguments.rate)
    elif os.geteuid() == 0 and not arguments.own_net:
        enter_own_net()
    else:
        bench(arguments)


main()
