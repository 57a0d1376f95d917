#!/usr/bin/env python3
"""A folder of many zones: the start, and how long one change takes until it is answered.

  tests/bench/zones.py [--zones 100000] [--rounds 15]

Prints medians; asserts nothing. NSD starts beside it, on the same files. "Reload" is one edited file and SIGHUP; "API" is over gRPC by
waypostctl, whose own start is part of it; "update" a dynamic update, from the packet to its acknowledgement and its answer.
"""
import argparse
import os
import shutil
import signal
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import time

BIN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../build/release/bin")

ZONE = """$TTL 300
@ IN SOA ns1 hostmaster {serial} 3600 600 604800 60
  IN NS ns1
  IN NS ns2
  IN MX 10 mail
ns1 IN A 192.0.2.1
ns2 IN A 192.0.2.2
mail IN A 192.0.2.3
www IN A 192.0.2.4
"""

RESOURCES = """
kind: Zone
origin: dynamic.example
text: |
  @ 300 SOA ns1 h 1 3600 600 604800 60
  @ 300 NS ns1
  ns1 300 A 192.0.2.1
allow_update: [{networks: [127.0.0.0/8]}]
"""


def encoded(name):
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"


def serial_at(sock, name):
    """The serial in the SOA that is answered; None without one."""
    sock.send(struct.pack("!6H", 7, 0, 1, 0, 0, 0) + encoded(name) + struct.pack("!2H", 6, 1))
    reply = sock.recv(4096)
    if struct.unpack_from("!H", reply, 6)[0] == 0:
        return None
    return struct.unpack_from("!I", reply, len(reply) - 20)[0] if not reply[3] & 15 else None


def update_of(number):
    """An UPDATE of dynamic.example that adds an address."""
    head = struct.pack("!6H", number & 0xFFFF, 5 << 11, 1, 0, 1, 0)
    zone = encoded("dynamic.example") + struct.pack("!2H", 6, 1)
    record = encoded(f"n{number}.dynamic.example") + struct.pack("!2HIH", 1, 1, 60, 4) + socket.inet_aton("192.0.2.9")
    return head + zone + record


def milliseconds(seconds):
    spread = f"{min(seconds) * 1000:.1f} to {max(seconds) * 1000:.1f}"
    return f"{statistics.median(seconds) * 1000:8.1f} ms  ({spread})"


def until(sock, name, serial):
    while serial_at(sock, name) != serial:
        time.sleep(0.0005)


class Operator:
    """A client that stays connected."""

    def __init__(self, control):
        self.process = subprocess.Popen([BIN + "/bench_operator", "--server", control], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True)

    def tell(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "done\n", line

    def stop(self):
        self.process.stdin.close()
        self.process.wait()


class Director:
    def __init__(self, folder, state):
        self.dns, self.control = free_port(), "unix:" + state + ".sock"
        began = time.monotonic()
        self.log = open(state + ".log", "w")
        self.process = subprocess.Popen(
            [BIN + "/waypost-dnsd", "--listen", f"127.0.0.1:{self.dns}", "--control", self.control, "--state", state,
             "--load", folder, "--threads", "1"], stdout=subprocess.PIPE, stderr=self.log, text=True)
        if not self.process.stdout.readline():
            sys.exit("waypost-dnsd did not start: see " + state + ".log")
        self.start_s = time.monotonic() - began

    def resident_mib(self):
        with open(f"/proc/{self.process.pid}/status") as status:
            return next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmRSS"))

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def proportional_mib(pid):
    """Of the process and its children; what they share counts once."""
    with open(f"/proc/{pid}/smaps_rollup") as rollup:
        own = next(int(line.split()[1]) for line in rollup if line.startswith("Pss:"))
    with open(f"/proc/{pid}/task/{pid}/children") as children:
        return own / 1024 + sum(proportional_mib(child) for child in children.read().split())


def start_nsd(args, folder, scratch):
    """Seconds until the last zone is answered, and MiB."""
    port = free_port()
    with open(scratch + "/nsd.conf", "w") as file:
        file.write(f"""server:
  server-count: 1
  ip-address: 127.0.0.1@{port}
  username: ""
  zonesdir: "{folder}"
  database: ""
  pidfile: "{scratch}/nsd.pid"
  xfrdfile: "{scratch}/xfrd"
  zonelistfile: "{scratch}/list"
  xfrdir: "{scratch}"
remote-control:
  control-enable: no
""")
        for number in range(args.zones):
            file.write(f"zone:\n  name: z{number}.example\n  zonefile: z{number}.example.zone\n")
    began = time.monotonic()
    nsd = subprocess.Popen(["nsd", "-d", "-c", scratch + "/nsd.conf"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.settimeout(0.05)
    sock.connect(("127.0.0.1", port))
    serial = None
    while serial is None and nsd.poll() is None and time.monotonic() - began < 120:
        try:
            serial = serial_at(sock, f"z{args.zones - 1}.example")
        except OSError:
            time.sleep(0.01)
    taken, mib = time.monotonic() - began, proportional_mib(nsd.pid)
    nsd.terminate()
    nsd.wait()
    return taken, mib


def write_zone(folder, zone, serial):
    """Its path."""
    path = f"{folder}/{zone}.example.zone"
    with open(path + ".new", "w") as file:
        file.write(ZONE.format(serial=serial))
    os.rename(path + ".new", path)
    return path


def measure(args, scratch):
    folder, state = scratch + "/zones", scratch + "/state"
    os.mkdir(folder)
    for number in range(args.zones):
        with open(f"{folder}/z{number}.example.zone", "w") as file:
            file.write(ZONE.format(serial=1))
    with open(folder + "/dynamic.yaml", "w") as file:
        file.write(RESOURCES)
    if shutil.which("nsd"):
        print("nsd: start                    {:8.1f} s, {:.0f} MiB".format(*start_nsd(args, folder, scratch)))
    director = Director(folder, state)
    print(f"start, all {args.zones} zones new    {director.start_s:8.1f} s, {director.resident_mib()} MiB")
    director.stop()
    director = Director(folder, state)
    print(f"start again                   {director.start_s:8.1f} s, {director.resident_mib()} MiB")
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.settimeout(10)
    sock.connect(("127.0.0.1", director.dns))

    def waypostctl(*words):
        subprocess.run([BIN + "/waypostctl", "--server", director.control, *words], check=True, stdout=subprocess.DEVNULL)

    serials = iter(range(2, 8 * args.rounds))

    def rounds_of(zone, change):
        """Seconds from the change of a zone's serial to its first answer."""
        taken = []
        for _ in range(args.rounds):
            serial = next(serials)
            file = write_zone(scratch if zone in ("z9", "z11") else folder, zone, serial)
            began = time.monotonic()
            change(file)
            until(sock, zone + ".example", serial)
            taken.append(time.monotonic() - began)
        return taken

    reloads = rounds_of("z7", lambda _: director.process.send_signal(signal.SIGHUP))
    single = rounds_of("z8", lambda _: waypostctl("zone", "reload", "z8.example"))
    calls = rounds_of("z9", lambda file: waypostctl("apply", "-f", file))
    operator = Operator(director.control)
    operator.tell("load z10.example")
    told_load = rounds_of("z10", lambda _: operator.tell("load z10.example"))
    told_apply = rounds_of("z11", lambda file: operator.tell("apply z11.example " + file))
    operator.stop()
    idle = []
    for _ in range(args.rounds):
        began = time.monotonic()
        waypostctl("version")
        idle.append(time.monotonic() - began)
    updates = []
    for number in range(args.rounds):
        began = time.monotonic()
        sock.send(update_of(number))
        rcode = sock.recv(4096)[3] & 15
        assert rcode == 0, f"the update was refused: {rcode}"
        until(sock, "dynamic.example", number + 2)
        updates.append(time.monotonic() - began)
    print("reload, one file edited     ", milliseconds(reloads))
    print("reload of one zone, API     ", milliseconds(told_load))
    print("put one zone, API           ", milliseconds(told_apply))
    print("the same by waypostctl      ", milliseconds(single))
    print("                            ", milliseconds(calls))
    print("waypostctl for nothing      ", milliseconds(idle))
    print("update                      ", milliseconds(updates))
    director.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--zones", type=int, default=100000)
    parser.add_argument("--rounds", type=int, default=15)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        measure(args, scratch)


if __name__ == "__main__":
    main()
