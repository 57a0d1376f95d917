#!/usr/bin/env python3
"""How the cost of an answer and the memory grow with names, zones, policies, pools, the map of clients and what health changes.

  tests/bench/growth.py [--rounds 3] [--seconds 2] [--only names zones policies alike pools networks flips] [--svg FOLDER]

Each size starts a server of its own with one worker on core 0, asked by bench_load on core 1 for 100,000 names at
random; sizes of a series are asked in turn, --rounds times. Prints medians: user time of the server and whole CPU time for an
answer, memory, and the time from start to ready. Flips, endpoints of 3,000 that a vantage on core 1 calls up or down each second, are also
taken in on core 0: there the time is that of the thread that answers. With --svg each series is drawn, too. Asserts nothing.
"""
import argparse
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

from peers import BIN, load, start_waypost, write

QUERIES = 100000
SOA = "$TTL 300\n@ SOA ns1 hostmaster 1 3600 600 604800 60\n@ NS ns1\nns1 A 192.0.2.53\n"
REGIONS = [("us", 39, -77, "US"), ("eu", 53, -6, "IE"), ("ap", 1, 104, "SG")]


def pick(count):
    draw = random.Random(count)
    return (draw.randrange(count) for _ in range(QUERIES))


def write_lines(path, lines):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.writelines(lines)


def names(folder, count):
    """A million to a zone at most, for a master file may have 64 MiB."""
    most = 1000000
    for first in range(0, count, most):
        lines = [f"h{i} A 10.{i >> 16 & 255}.{i >> 8 & 255}.{i & 255}\n" for i in range(first, min(first + most, count))]
        write_lines(f"{folder}/load/grow{first // most}.test.zone", [SOA] + lines)
    return [f"h{i}.grow{i // most}.test A\n" for i in pick(count)]


def zones(folder, count):
    for i in range(count):
        write(f"{folder}/load/z{i}.test.zone", SOA + "www A 192.0.2.1\n")
    return [f"www.z{i}.test A\n" for i in pick(count)]


def topology(pools, networks=()):
    documents = [f"kind: Region\nname: {name}\nlocation: {{latitude: {latitude}, longitude: {longitude}, country: {country}}}"
                 for name, latitude, longitude, country in REGIONS]
    documents += [f"{{kind: Pool, name: p{i}, region: {REGIONS[i % 3][0]}, endpoints: [{{address: 192.0.{i >> 8}.{i & 255}}}]}}"
                  for i in range(pools)]
    if networks:
        documents.append("kind: Network\nname: clients\nentries:\n" + "".join(networks))
    return documents


def write_steered(folder, documents):
    write(folder + "/load/steer.test.zone", SOA)
    write(folder + "/load/resources.yaml", "\n---\n".join(documents) + "\n")


def policies(folder, count):
    """Each says something else: what policies have in common, they share."""
    return policies_of(folder, count, kinds=count)


def alike(folder, count):
    return policies_of(folder, count, kinds=50)


def policies_of(folder, count, kinds):
    documents = topology(3)
    for i in range(count):
        documents.append(f"{{kind: Policy, name: policy{i}, steps: [{{latency: {{tolerance: {i % kinds + 1}ms}}}}, weighted]}}")
        documents.append(f"{{kind: Record, name: s{i}.steer.test, types: A, policy: policy{i}, pools: [p0, p1, p2]}}")
    write_steered(folder, documents)
    return [f"s{i}.steer.test A\n" for i in pick(count)]


def pools(folder, count):
    documents = topology(count) + ["{kind: Policy, name: near, steps: [{latency: {tolerance: 10ms}}, weighted]}"]
    documents += [f"{{kind: Record, name: s{i}.steer.test, types: A, policy: near, pools: [{', '.join(f'p{(i * 3 + k) % count}' for k in range(3))}]}}"
                  for i in range(1000)]
    write_steered(folder, documents)
    return [f"s{i}.steer.test A\n" for i in pick(1000)]


def networks(folder, count):
    """/24s that lie all over the address space."""
    entries = [f"  - {{prefix: {1 + i * 7919 % 223}.{i >> 8 & 255}.{i & 255}.0/24, location: {{latitude: {i % 120 - 60}, longitude: {i % 300 - 150}}}}}\n"
               for i in range(count)]
    documents = topology(3, entries) + ["{kind: Policy, name: near, steps: [{latency: {tolerance: 10ms}}, weighted]}"]
    documents += [f"{{kind: Record, name: s{i}.steer.test, types: A, policy: near, pools: [p0, p1, p2]}}" for i in range(1000)]
    write_steered(folder, documents)
    return [f"s{i}.steer.test A\n" for i in pick(1000)]


def flips(folder, _):
    """300 pools of ten endpoints, all watched."""
    documents = topology(0) + ["{kind: Monitor, name: web, tcp: {port: 80}}",
                               "{kind: Policy, name: near, steps: [{latency: {tolerance: 10ms}}, weighted]}"]
    for i in range(300):
        endpoints = ", ".join(f"{{address: 10.0.{i >> 4}.{(i & 15) * 10 + k}}}" for k in range(10))
        documents.append(f"{{kind: Pool, name: p{i}, region: {REGIONS[i % 3][0]}, monitor: web, endpoints: [{endpoints}]}}")
    documents += [f"{{kind: Record, name: s{i}.steer.test, types: A, policy: near, pools: [{', '.join(f'p{(i * 3 + k) % 300}' for k in range(3))}]}}"
                  for i in range(1000)]
    write_steered(folder, documents)
    return [f"s{i}.steer.test A\n" for i in pick(1000)]


def flipper(size, seconds):
    """Says what changes for so long, and longer than the load runs."""
    command = ["taskset", "-c", "1", BIN + "/bench_vantage", "--director", f"unix:{size.folder}/run/control.sock",
               "--flips", str(size.count), "--seconds", str(seconds + 1)]
    vantage = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    time.sleep(0.5)
    return vantage


SERIES = {
    "names": (names, [10000, 100000, 1000000, 10000000], []),
    "zones": (zones, [1, 100, 10000, 100000], []),
    "policies": (policies, [1, 100, 1000, 10000], ["--random-subnet"]),
    "alike": (alike, [1, 100, 1000, 10000], ["--random-subnet"]),
    "pools": (pools, [3, 30, 300, 1000], ["--random-subnet"]),
    "networks": (networks, [10, 1000, 50000], ["--random-subnet"]),
    "flips": (flips, [0, 100, 1000, 10000], ["--random-subnet"]),
}


class Size:
    """A server with so many of something, and what was measured."""

    def __init__(self, make, count, number, folder):
        self.count, self.folder, self.taken = count, f"{folder}/{count}", []
        self.queries = self.folder + "/queries"
        write_lines(self.queries, make(self.folder, count))
        began = time.monotonic()
        self.server = start_waypost(5720 + number, self.folder + "/run", self.folder + "/load", "--log-level", "error")
        self.server.wait(open(self.queries).readline().split()[0])
        self.ready_s = time.monotonic() - began
        with open(f"/proc/{self.server.process.pid}/status") as status:
            self.mib = next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmRSS"))
        shutil.rmtree(self.folder + "/load")

    def measure(self, seconds, flags, has_flips):
        vantage = flipper(self, seconds) if has_flips else None
        cpu = self.server.busiest_cpu if has_flips else self.server.cpu
        user, system = cpu()
        answers = max(load(self.server.port, self.queries, seconds, *flags)["answers"], 1)
        after = cpu()
        self.taken.append(((after[0] - user) / answers * 1e9, (sum(after) - user - system) / answers * 1e9))
        if vantage and vantage.wait() != 0:
            sys.exit("the vantage could not flip")

    def medians(self):
        return [statistics.median(column) for column in zip(*self.taken)]


def text(x, y, words, anchor="middle"):
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}">{words}</text>'


def draw(title, points, unit):
    """A line through (count, value), the counts evenly spaced, the values from zero."""
    width, height, left, bottom, top = 480, 260, 60, 40, 34
    most = max(value for _, value in points) * 1.15
    place = [(left + (width - left - 30) * i / max(len(points) - 1, 1), height - bottom - (height - bottom - top) * value / most)
             for i, (_, value) in enumerate(points)]
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="11">',
             f'<rect width="{width}" height="{height}" fill="white"/>', text(width / 2, 18, title),
             f'<path d="M{left} {top}V{height - bottom}H{width - 20}" fill="none" stroke="#888"/>',
             f'<polyline fill="none" stroke="#2563a8" stroke-width="2" points="{" ".join(f"{x:.0f},{y:.0f}" for x, y in place)}"/>']
    for (count, value), (x, y) in zip(points, place):
        parts += [f'<circle cx="{x:.0f}" cy="{y:.0f}" r="3" fill="#2563a8"/>', text(x, y - 8, f"{value:.0f} {unit}"),
                  text(x, height - bottom + 16, f"{count:,}")]
    return "\n".join(parts + ["</svg>"]) + "\n"


def run(name, arguments, folder):
    make, counts, flags = SERIES[name]
    sizes = []
    try:
        for number, count in enumerate(counts):
            sizes.append(Size(make, count, number, f"{folder}/{name}"))
        for turn in range(arguments.rounds):
            for size in sizes[turn % len(sizes):] + sizes[:turn % len(sizes)]:
                size.measure(arguments.seconds, flags, name == "flips")
    finally:
        for size in sizes:
            size.server.stop()
    print(f"\n{name}: {arguments.rounds} rounds of {arguments.seconds} s, in turn, medians")
    print(f"{name:>12}{'user ns':>10}{'CPU ns':>10}{'MiB':>9}{'ready s':>9}")
    for size in sizes:
        user, whole = size.medians()
        print(f"{size.count:>12,}{user:>10.0f}{whole:>10.0f}{size.mib:>9.0f}{size.ready_s:>9.2f}", flush=True)
    if arguments.svg:
        os.makedirs(arguments.svg, exist_ok=True)
        cost = [(size.count, size.medians()[1]) for size in sizes]
        memory = [(size.count, size.mib) for size in sizes]
        write(f"{arguments.svg}/{name}-cost.svg", draw(f"CPU time for an answer, by {name}", cost, "ns"))
        write(f"{arguments.svg}/{name}-memory.svg", draw(f"memory, by {name}", memory, "MiB"))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--only", nargs="*", default=[], choices=SERIES)
    parser.add_argument("--svg", help="folder for plots")
    arguments = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="waypost-growth-")
    try:
        for name in arguments.only or SERIES:
            run(name, arguments, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


main()
