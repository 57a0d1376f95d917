#!/usr/bin/env python3
"""What each layer of an answer costs: instructions, counted by valgrind, and nanoseconds.

  tests/bench/layers.py [--rounds 5]

Instructions are the same in each run on any machine; they are the difference between two runs of
different length, so that set-up is not in them. Of the nanoseconds the median is printed. The layers
are calls in a loop: `static` and `steered`, whole answers, cost less than their parts where these
overlap, and more where they do what no layer here does (limits, counters, choosing the client).
Asserts nothing. Needs `deploy/install-deps --bench`.
"""
import argparse
import re
import resource
import statistics
import subprocess

PROGRAM = "build/release/bin/bench_layers"
LAYERS = {
    "parse": "a query with a client subnet",
    "find": "zone and name, of 10,000",
    "locate": "client's address to class",
    "decide": "residency, latency, weighted, answers over three pools; the first two are known",
    "decide-anew": "all of it",
    "write": "one address and OPT",
    "static": "octets to octets",
    "steered": "octets to octets, with a client subnet",
    "static-batch": "the same in a batch of 20, as workers do it",
    "steered-batch": "likewise",
}
FEW, MANY = 10_000, 30_000
TIMED = 5_000_000


def instructions(layer, count):
    command = ["valgrind", "--tool=callgrind",
               "--callgrind-out-file=/dev/null", PROGRAM, layer, str(count)]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    return int(re.search(r"Collected : (\d+)", told)[1])


def seconds(layer, count):
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    subprocess.run([PROGRAM, layer, str(count)], stdout=subprocess.DEVNULL, check=True)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before


def nanoseconds(layer, rounds):
    empty = statistics.median(seconds(layer, 0) for _ in range(rounds))
    full = statistics.median(seconds(layer, TIMED) for _ in range(rounds))
    return (full - empty) / TIMED * 1e9


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    print(f"{'layer':13} {'instructions':>12} {'ns':>6}  what")
    for layer, what in LAYERS.items():
        count = (instructions(layer, MANY) - instructions(layer, FEW)) / (MANY - FEW)
        print(f"{layer:13} {count:12.0f} {nanoseconds(layer, rounds):6.0f}  {what}", flush=True)


if __name__ == "__main__":
    main()
