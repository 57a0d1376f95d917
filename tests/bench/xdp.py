#!/usr/bin/env python3
"""Answers per second over a veth pair between two network namespaces: through sockets and through AF_XDP, waypost
and Knot, and an echo in the kernel as the floor.

  tests/bench/xdp.py [--rounds 5] [--seconds 3] [--rate 1000000] [--received-by sender]

One server runs at a time, its one worker on core 0; kxdpgun sends at the rate on core 1 (told so, for it chooses its core
whatever taskset says). What the kernel does to receive would run, over veth, on the core of whoever sent. Behind a real card
it is the receiver's work, so here each end of the pair has a thread of the kernel (threaded NAPI) on the core of its own
host; `--received-by sender` leaves it as veth has it. CPU time is that of the process and of this thread.

Prints medians, spreads and ratios; asserts nothing. Needs root and `deploy/install-deps --bench`.
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

HERE = os.path.dirname(os.path.abspath(__file__))
DNSD = os.path.join(HERE, "../../build/release/bin/waypost-dnsd")
SERVER, CLIENT = f"wp-bench-s{os.getpid()}", f"wp-bench-c{os.getpid()}"
NAMES = 10000


def run(*command, **options):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options).stdout


def on(host, *command):
    return ["ip", "netns", "exec", host, *command]


def make_hosts(received_by):
    for host in (SERVER, CLIENT):
        run("ip", "netns", "add", host)
    run("ip", "link", "add", "veths", "netns", SERVER, "type", "veth", "peer", "name", "vethc", "netns", CLIENT)
    for host, interface, number in ((SERVER, "veths", 1), (CLIENT, "vethc", 2)):
        run(*on(host, "ip", "addr", "add", f"10.77.0.{number}/24", "dev", interface))
        run(*on(host, "ip", "link", "set", interface, "up"))
        if received_by == "receiver":
            # Without GRO or an XDP program veth has no NAPI at all.
            run(*on(host, "ethtool", "-K", interface, "gro", "on"))
            run(*on(host, "sh", "-c", f"echo 1 > /sys/class/net/{interface}/threaded"))


def receiving_thread(interface):
    """The kernel's thread that receives on an end of the pair; it stays, whatever programs come and go there."""
    for process in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{process}/comm") as f:
                if f.read().startswith(f"napi/{interface}"):
                    return int(process)
        except OSError:
            pass  # it ended meanwhile
    sys.exit(f"the kernel has no thread that receives on {interface}: this needs threaded NAPI (Linux 5.12), or --received-by sender")


def cpu_of(process):
    fields = open(f"/proc/{process}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def remove_hosts():
    for host in (SERVER, CLIENT):
        subprocess.run(["ip", "netns", "delete", host], check=False)


def write_zone(folder):
    lines = ["$ORIGIN static.test.", "$TTL 300", "@ IN SOA ns1 hostmaster 1 3600 600 604800 60", "@ IN NS ns1", "ns1 IN A 192.0.2.53"]
    lines += [f"h{i} IN A 10.{i >> 16}.{i >> 8 & 255}.{i & 255}" for i in range(NAMES)]
    with open(f"{folder}/static.test.zone", "w") as f:
        f.write("\n".join(lines) + "\n")
    with open(f"{folder}/queries.txt", "w") as f:
        f.writelines(f"h{i * 7919 % NAMES}.static.test A\n" for i in range(NAMES))


def waypost(folder, *more):
    return [DNSD, "--listen", "10.77.0.1:53", "--control", f"unix:{folder}/control.sock", "--threads", "1", "--load",
            f"{folder}/static.test.zone", *more]


def knot(folder, listen, xdp=""):
    path = f"{folder}/knot{bool(xdp)}.conf"
    with open(path, "w") as f:
        f.write(f"""server:
  listen: 10.77.0.1@{listen}
  udp-workers: 1
  tcp-workers: 1
  background-workers: 1
  rundir: {folder}
{xdp}database:
  storage: {folder}
control:
  listen: {folder}/knot.sock
zone:
  - domain: static.test
    file: {folder}/static.test.zone
    zonefile-sync: -1
    journal-content: none
    zonefile-load: whole
""")
    return ["knotd", "-c", path]


class Echo:
    """No process: a program on the interface."""

    def __init__(self, folder):
        run("clang", "-O2", "-g", "-target", "bpf", "-I/usr/include/x86_64-linux-gnu", "-c", f"{HERE}/xdp_echo.bpf.c", "-o",
            f"{folder}/echo.o")
        self.object = f"{folder}/echo.o"

    def start(self, _log):
        run(*on(SERVER, "ip", "-force", "link", "set", "dev", "veths", "xdpdrv", "obj", self.object, "sec", "xdp"))

    def cpu(self):
        return 0.0

    def stop(self):
        run(*on(SERVER, "ip", "link", "set", "dev", "veths", "xdpdrv", "off"))


class Receivers:
    """Who receives at both ends: each host's own core, if they are the receivers' threads."""

    def __init__(self, received_by):
        self.is_bound = received_by == "receiver"

    def bind(self):
        for interface, core in (("veths", "0"), ("vethc", "1")):
            if self.is_bound:
                run("taskset", "-p", "-c", core, str(receiving_thread(interface)))

    def cpu(self):
        return cpu_of(receiving_thread("veths")) if self.is_bound else 0.0


class Program:
    def __init__(self, command):
        self.command, self.process = command, None

    def start(self, log):
        self.process = subprocess.Popen(on(SERVER, "taskset", "-c", "0", *self.command), stdout=log, stderr=log)
        for _ in range(100):
            asked = subprocess.run(on(CLIENT, "dig", "@10.77.0.1", "+short", "+tries=1", "+time=1", "h1.static.test"),
                                   stdout=subprocess.PIPE, text=True)
            if asked.stdout.startswith("10."):
                return
            time.sleep(0.1)
        sys.exit(f"{self.command[0]} does not answer; see {log.name}")

    def cpu(self):
        return cpu_of(self.process.pid)

    def stop(self):
        self.process.terminate()
        self.process.wait()


def measure(server, receivers, folder, arguments):
    """Answers a second, and microseconds of the server's CPU time for each."""
    with open(f"{folder}/log", "a") as log:
        server.start(log)
        try:
            receivers.bind()
            before = server.cpu() + receivers.cpu()
            text = run(*on(CLIENT, "taskset", "-c", "1", "kxdpgun", "-F", "1", "-t", str(arguments.seconds), "-Q", str(arguments.rate), "-i",
                           f"{folder}/queries.txt", "-p", "53", "-I", "vethc", "10.77.0.1"))
            spent = server.cpu() + receivers.cpu() - before
        finally:
            server.stop()
    replies = int(re.search(r"total replies:\s+(\d+)", text).group(1))
    return replies / arguments.seconds, spent / max(replies, 1) * 1e6


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--rate", type=int, default=1000000)
    parser.add_argument("--received-by", choices=("receiver", "sender"), default="receiver")
    arguments = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="waypost-bench-")
    os.chmod(folder, 0o755)
    write_zone(folder)
    servers = {
        "waypost, sockets": Program(waypost(folder)),
        "waypost, AF_XDP": Program(waypost(folder, "--xdp", "veths")),
        "knot, sockets": Program(knot(folder, 53)),
        "knot, AF_XDP": Program(knot(folder, 5300, "xdp:\n  listen: veths@53\n  udp: on\n")),
        "echo in the kernel": Echo(folder),
    }
    figures = {name: [] for name in servers}
    receivers = Receivers(arguments.received_by)
    make_hosts(arguments.received_by)
    try:
        for _ in range(arguments.rounds):
            for name, server in servers.items():
                figures[name].append(measure(server, receivers, folder, arguments))
    finally:
        remove_hosts()
        shutil.rmtree(folder, ignore_errors=True)
    base = statistics.median(rate for rate, _ in figures["waypost, sockets"])
    print(f"\nUDP over veth, {arguments.rate} queries/s sent: {arguments.rounds} rounds of {arguments.seconds} s, medians")
    print(f"{'server':<20}{'answers/s':>12}{'spread':>9}{'x sockets':>11}{'CPU us/answer':>15}")
    for name, rounds in figures.items():
        rates = [rate for rate, _ in rounds]
        median = statistics.median(rates)
        cpu = statistics.median(cpu for _, cpu in rounds)
        print(f"{name:<20}{median:>12.0f}{(max(rates) - min(rates)) / median * 100:>8.1f}%{median / base:>11.2f}{cpu:>15.2f}")


main()
