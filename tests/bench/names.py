#!/usr/bin/env python3
"""One zone of many names: the start, and how long one change takes until it is answered.

  tests/bench/names.py [--names 1000000] [--rounds 15]

Prints medians; asserts nothing. Knot and gdnsd start beside it, on the same file, which has one address for each name. "Reload" is
the file with one edited record, and SIGHUP; "API" one RRset put over gRPC; "update" a dynamic update of one RRset. Servers run on
core 0, who asks them on core 1. At last thousands of other names are updated one after the other: what a zone differs by from its file costs
with each change.
"""
import argparse
import os
import signal
import socket
import statistics
import struct
import sys
import tempfile
import time

from peers import start_gdnsd_with, start_knot_with
from zones import Director, Operator, encoded, free_port, milliseconds, proportional_mib

ORIGIN = "big.test"
HEAD = f"$TTL 300\n@ IN SOA ns1.{ORIGIN}. hostmaster.{ORIGIN}. {{serial}} 3600 600 604800 60\n@ IN NS ns1.{ORIGIN}.\nns1 IN A 192.0.2.53\n"
ZONE = f"kind: Zone\norigin: {ORIGIN}\nfile: {ORIGIN}.zone\nallow_update: [{{networks: [127.0.0.0/8]}}]\n"
EDITED = 77  # the name whose address changes
LIMIT = 60  # seconds for any change


class Asker:
    def __init__(self, port):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.settimeout(5)
        self.socket.connect(("127.0.0.1", port))

    def ask(self, message):
        self.socket.send(message)
        return self.socket.recv(4096)

    def address(self):
        """Of the name that is edited; None while nobody answers."""
        try:
            reply = self.ask(struct.pack("!6H", 7, 0, 1, 0, 0, 0) + encoded(f"h{EDITED}.{ORIGIN}") + struct.pack("!2H", 1, 1))
        except OSError:
            time.sleep(0.005)
            return None
        return socket.inet_ntoa(reply[-4:]) if struct.unpack_from("!H", reply, 6)[0] == 1 else None

    def wait_for(self, address):
        limit = time.monotonic() + LIMIT
        while self.address() != address:
            if time.monotonic() > limit:
                sys.exit(f"{address} is not answered after {LIMIT} s")
            time.sleep(0.0002)


def write_names(path, names, serial, edited):
    with open(path + ".new", "w") as file:
        file.write(HEAD.format(serial=serial))
        file.writelines(f"h{i} IN A {edited if i == EDITED else f'10.{i >> 16}.{i >> 8 & 255}.{i & 255}'}\n" for i in range(names))
    os.rename(path + ".new", path)


def update(address, number=EDITED):
    """An UPDATE that puts this one address in the place of those that the name had."""
    name = encoded(f"h{number}.{ORIGIN}")
    head = struct.pack("!6H", 9, 5 << 11, 1, 0, 2, 0) + encoded(ORIGIN) + struct.pack("!2H", 6, 1)
    gone = name + struct.pack("!2HIH", 1, 255, 0, 0)
    return head + gone + name + struct.pack("!2HIH", 1, 1, 300, 4) + socket.inet_aton(address)


def start_director(folder, state):
    os.sched_setaffinity(0, {0})
    director = Director(folder, state)
    os.sched_setaffinity(0, {1})
    return director


def ready(start, first):
    """Seconds until a server answers, and MiB."""
    began = time.monotonic()
    server = start()
    Asker(server.port).wait_for(first)
    taken, mib = time.monotonic() - began, proportional_mib(server.process.pid)
    server.stop()
    return f"{taken:8.2f} s, {mib:.0f} MiB"


def rounds_of(rounds, asker, prepare, change, second):
    """Seconds from a change to its first answer."""
    taken = []
    for number in range(rounds):
        address = f"198.51.{second}.{number + 1}"
        prepare(address)
        began = time.monotonic()
        change(address)
        asker.wait_for(address)
        taken.append(time.monotonic() - began)
    return taken


def one_update(asker, number):
    """Seconds until it is acknowledged, and so served."""
    began = time.monotonic()
    reply = asker.ask(update("198.51.103.1", number))
    if reply[3] & 15:
        sys.exit(f"the update of h{number} was answered with rcode {reply[3] & 15}")
    return time.monotonic() - began


def measure(args, scratch):
    folder, state = scratch + "/load", scratch + "/state"
    os.mkdir(folder)
    path, first = f"{folder}/{ORIGIN}.zone", "10.0.0.77"
    write_names(path, args.names, 1, first)
    print("knot: start                 ", ready(lambda: start_knot_with(free_port(), scratch + "/knot", ORIGIN, path), first), flush=True)
    print("gdnsd: start                ", ready(lambda: start_gdnsd_with(free_port(), scratch + "/gdnsd", ORIGIN, path), first), flush=True)
    with open(folder + "/zone.yaml", "w") as file:
        file.write(ZONE)
    for title in (f"start, {args.names} names new", "start again"):
        director = start_director(folder, state)
        print(f"{title:29}{director.start_s:8.2f} s, {director.resident_mib()} MiB", flush=True)
        if title != "start again":
            director.stop()
    try:
        measure_changes(args, director, path)
    finally:
        director.stop()


def measure_changes(args, director, path):
    asker = Asker(director.dns)
    operator = Operator(director.control)
    serials = iter(range(2, 1000))
    reloads = rounds_of(max(args.rounds // 3, 1), asker, lambda address: write_names(path, args.names, next(serials), address),
                        lambda _: director.process.send_signal(signal.SIGHUP), 100)
    print("reload, one record edited    " + milliseconds(reloads), flush=True)
    updates = rounds_of(args.rounds, asker, lambda _: None, lambda address: asker.ask(update(address)), 101)
    print("update                       " + milliseconds(updates), flush=True)
    calls = rounds_of(args.rounds, asker, lambda _: None, lambda address: operator.tell(f"address h{EDITED}.{ORIGIN} {address}"), 102)
    print("put one RRset, API           " + milliseconds(calls), flush=True)
    done = 0
    for count in (1000, 4000, 8000):
        others = [one_update(asker, EDITED + 1 + at) for at in range(done, count)]
        done = count
        print(f"update, {count} names before it {milliseconds(others[-args.rounds:])}; the longest of all {max(others) * 1000:.0f} ms", flush=True)
    operator.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--names", type=int, default=1000000)
    parser.add_argument("--rounds", type=int, default=15)
    args = parser.parse_args()
    os.sched_setaffinity(0, {1})
    with tempfile.TemporaryDirectory() as scratch:
        measure(args, scratch)


if __name__ == "__main__":
    main()
