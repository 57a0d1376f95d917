#!/usr/bin/env python3
"""How long the longest wait for an answer is while the configuration changes, and what is lost.

  tests/bench/silence.py [--rounds 5] [--names 1000000] [--zones 100000] [--rate 10000]

One worker and all other threads of the server share core 0, the harshest case; bench_load asks at
--rate from core 1, where the editor is, too. Files are written before a window and only renamed in
it, for the system calls of an editor that writes 30 MB are as long as what is measured. Each window of
three seconds sees one change a second. `quiet` sees none: that is what the machine itself does.
Prints medians of the windows' longest waits, without and with the pauses of bench_load itself, which
never sleeps: it was kept from its core, or the machine stood still (what the server did not answer
just then is not seen). Asserts nothing.
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
        self.waiting = []  # pairs of a file's new and final path, one list for each change to come
        for name in ("load", "new", "old"):
            os.mkdir(f"{folder}/{name}")
        self.big = [f"h{i} A 10.{i >> 16}.{i >> 8 & 255}.{i & 255}\n" for i in range(args.names)]
        self.write_names(folder + "/load/big.test.zone")
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

    def next(self):
        self.count += 1
        return self.count

    def write_names(self, path):
        write(path, SOA.format(self.next()) + "".join(self.big))

    # For each change: what is made before the window, and what is done in it.

    def nothing(self):
        pass

    def prepare_names(self):
        self.write_names(self.wait_for("load/big.test.zone"))

    def prepare_one_zone(self):
        write(self.wait_for("load/z7.test.zone"), SOA.format(self.next()) + "www A 192.0.2.1\n")

    def prepare_databases(self):
        self.waiting.append([(shutil.copy(path, f"{self.folder}/new/{self.next()}"), path) for path in self.databases])

    def wait_for(self, name):
        """Where to write the file that the next change will put at NAME."""
        new = f"{self.folder}/new/{self.next()}"
        self.waiting.append([(new, f"{self.folder}/{name}")])
        return new

    def replace_files(self):
        for new, final in self.waiting.pop(0):
            os.link(final, f"{self.folder}/old/{self.next()}")  # so that its blocks are given back later
            os.rename(new, final)
        self.server.process.send_signal(signal.SIGHUP)

    def edit_policy(self):
        self.apply(RESOURCES.format(weight=1, most=1 + self.next() % 2))

    def edit_weight(self):
        self.apply(RESOURCES.format(weight=self.next(), most=1))

    def apply(self, text):
        write(self.folder + "/change.yaml", text)
        subprocess.run(["nice", BIN + "/waypostctl", "--server", f"unix:{self.folder}/control.sock", "apply", "-y", "-f",
                        self.folder + "/change.yaml"], check=True, stdout=subprocess.DEVNULL)

    def window(self, prepare, change, rate):
        """What bench_load found while the change was made once a second."""
        for _ in range(SECONDS):
            prepare()
        os.sync()

        def make():
            for _ in range(SECONDS):
                time.sleep(0.7)
                change()

        maker = threading.Thread(target=make)
        maker.start()
        found = load(self.server.port, self.queries, SECONDS + 1, "--rate", str(rate))
        maker.join()
        for name in os.listdir(self.folder + "/old"):
            os.remove(f"{self.folder}/old/{name}")
        return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--names", type=int, default=1000000)
    parser.add_argument("--zones", type=int, default=100000)
    parser.add_argument("--rate", type=int, default=10000)
    args = parser.parse_args()
    os.sched_setaffinity(0, {1})
    with tempfile.TemporaryDirectory() as folder:
        world = World(folder, args)
        changes = {"quiet": (world.nothing, world.nothing),
                   f"file of {args.names} names": (world.prepare_names, world.replace_files),
                   f"one file of {args.zones}": (world.prepare_one_zone, world.replace_files),
                   "policy, by the API": (world.nothing, world.edit_policy),
                   "weight, by the API": (world.nothing, world.edit_weight)}
        if world.databases:
            changes["geo databases replaced"] = (world.prepare_databases, world.replace_files)
        print(f"{'change':28} {'longest wait ms':>16} {'range':>14} {'with pauses':>12} {'pause':>6} {'lost':>5}")
        for name, (prepare, change) in changes.items():
            windows = [world.window(prepare, change, args.rate) for _ in range(args.rounds)]
            in_ms = lambda key: [found[key] / 1000 for found in windows]
            waits = in_ms("max_less_pauses_us")
            spread = f"{min(waits):.1f} to {max(waits):.1f}"
            whole, pause = (statistics.median(in_ms(key)) for key in ("max_us", "longest_pause_us"))
            print(f"{name:28} {statistics.median(waits):16.1f} {spread:>14} {whole:12.1f} {pause:6.1f} {sum(found['lost'] for found in windows):5}",
                  flush=True)
        world.server.stop()


if __name__ == "__main__":
    main()
