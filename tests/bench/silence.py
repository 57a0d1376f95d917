#!/usr/bin/env python3
"""How long the longest wait for an answer is while the configuration changes, and what is lost.

  tests/bench/silence.py [--rounds 5] [--names 1000000] [--zones 100000] [--rate 10000]

One worker and all other threads of the server share core 0, the harshest case; bench_load asks at
--rate from core 1. Each window of three seconds sees one change a second. `quiet` sees none: that is
what the machine itself does. Prints medians of the windows' longest waits; asserts nothing.
"""
import argparse
import os
import shutil
import signal
import statistics
import subprocess
import tempfile
import threading
import time

from peers import BIN, load, start_waypost, write

SECONDS = 3
SOA = "$TTL 300\n@ SOA ns1 hostmaster {} 3600 600 604800 60\n@ NS ns1\nns1 A 192.0.2.53\n"
RESOURCES = """kind: Region
name: here
---
kind: Pool
name: web
region: here
weight: {weight}
endpoints: [{{address: 192.0.2.1}}, {{address: 192.0.2.2}}]
---
kind: Policy
name: plain
steps: [weighted, {{answers: {{max: {most}}}}}]
---
kind: Record
name: www.big.test
types: [A]
policy: plain
pools: [web]
"""


class World:
    def __init__(self, folder, args):
        self.folder, self.count, self.server = folder, 1, None
        os.mkdir(folder + "/load")
        self.big = [f"h{i} A 10.{i >> 16}.{i >> 8 & 255}.{i & 255}\n" for i in range(args.names)]
        self.edit_names()
        for i in range(args.zones):
            write(f"{folder}/load/z{i}.test.zone", SOA.format(1) + "www A 192.0.2.1\n")
        write(folder + "/load/all.yaml", RESOURCES.format(weight=1, most=1))
        databases = [os.path.join(at, name) for at, _, names in os.walk("build/geo") for name in names if name.endswith(".mmdb")]
        self.databases = [shutil.copy(path, folder) for path in databases]
        more = ["--state", folder + "/state"] + [flag for path in self.databases for flag in ("--geo", path)]
        self.server = start_waypost(5399, folder, folder + "/load", *more)
        self.server.wait("www.big.test")
        self.queries = folder + "/queries"
        write(self.queries, "".join(f"h{i * 7919 % args.names}.big.test A\n" for i in range(10000)) + "www.big.test A\n")

    def replace(self, name, text):
        write(f"{self.folder}/new", text)
        os.rename(f"{self.folder}/new", f"{self.folder}/load/{name}")

    def next(self):
        self.count += 1
        return self.count

    def reload(self):
        self.server.process.send_signal(signal.SIGHUP)

    def nothing(self):
        pass

    def edit_names(self):
        self.count += 1
        self.replace("big.test.zone", SOA.format(self.count) + "".join(self.big))
        if self.server:
            self.reload()

    def edit_one_zone(self):
        self.replace("z7.test.zone", SOA.format(self.next()) + "www A 192.0.2.1\n")
        self.reload()

    def edit_policy(self):
        self.apply(RESOURCES.format(weight=1, most=1 + self.next() % 2))

    def edit_weight(self):
        self.apply(RESOURCES.format(weight=self.next(), most=1))

    def apply(self, text):
        write(self.folder + "/change.yaml", text)
        subprocess.run([BIN + "/waypostctl", "--server", f"unix:{self.folder}/control.sock", "apply", "-y", "-f",
                        self.folder + "/change.yaml"], check=True, stdout=subprocess.DEVNULL)

    def swap_databases(self):
        for path in self.databases:
            shutil.copy(path, path + ".new")
            os.rename(path + ".new", path)
        self.reload()

    def window(self, change, rate):
        """Longest wait in ms, and what was lost, while the change is made once a second."""
        def make():
            for _ in range(SECONDS):
                time.sleep(0.7)
                change()

        maker = threading.Thread(target=make)
        maker.start()
        found = load(self.server.port, self.queries, SECONDS + 1, "--rate", str(rate))
        maker.join()
        return found["max_us"] / 1000, found["lost"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--names", type=int, default=1000000)
    parser.add_argument("--zones", type=int, default=100000)
    parser.add_argument("--rate", type=int, default=10000)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        world = World(folder, args)
        changes = {"quiet": world.nothing, f"file of {args.names} names": world.edit_names,
                   f"one file of {args.zones}": world.edit_one_zone, "policy, by the API": world.edit_policy,
                   "weight, by the API": world.edit_weight}
        if world.databases:
            changes["geo databases replaced"] = world.swap_databases
        print(f"{'change':28} {'longest wait ms':>16} {'range':>14} {'lost':>5}")
        for name, change in changes.items():
            windows = [world.window(change, args.rate) for _ in range(args.rounds)]
            waits = [wait for wait, _ in windows]
            spread = f"{min(waits):.1f} to {max(waits):.1f}"
            print(f"{name:28} {statistics.median(waits):16.1f} {spread:>14} {sum(lost for _, lost in windows):5}", flush=True)
        world.server.stop()


if __name__ == "__main__":
    main()
