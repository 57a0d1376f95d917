#!/usr/bin/env python3
"""Time from a dead server to the first changed answer, and from a weight to its effect, with the real programs on loopback.

  tests/bench/failover.py [--rounds 15] [--only-black-hole]

Three vantages, majority. Prints medians; asserts nothing. The black hole needs root and nft: all then runs in a network
namespace of its own, in which packets to the server are dropped.
"""
import argparse
import atexit
import os
import random
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
NAME = "www.example.test"

ZONE = """$TTL 60
@   IN SOA ns1 hostmaster 1 3600 600 604800 60
    IN NS ns1
ns1 IN A 192.0.2.53
"""

RESOURCES = """
{{kind: Region, name: east}}
---
{{kind: Region, name: west}}
---
kind: Monitor
name: web
{probe}
interval: {interval}
timeout: {timeout}
rise: 2
fall: {fall}
---
{{kind: Pool, name: east, region: east, monitor: web, endpoints: [{{address: 127.0.1.1}}]}}
---
{{kind: Pool, name: west, region: west, endpoints: [{{address: 127.0.2.1}}]}}
---
{{kind: Policy, name: passive, preset: active_passive}}
---
{{kind: Policy, name: split, steps: [weighted]}}
---
{{kind: Record, name: www.example.test, types: A, policy: passive, pools: [east, west]}}
---
{{kind: Record, name: split.example.test, types: A, policy: split, pools: [east, west]}}
"""


def free_port(address):
    with socket.socket() as s:
        s.bind((address, 0))
        return s.getsockname()[1]


HTTP = "http: {{port: {port}, path: /, expect: {{body: ok}}}}"
HELD = "held: {{port: {port}}}"


def serve(address, port):
    """A server in a process of its own, which ends by a signal."""
    pid = os.fork()
    if pid:
        return pid
    try:
        serve_for_ever(address, port)
    finally:
        os._exit(1)


def serve_for_ever(address, port):
    """Who sends nothing is kept, all others get HTTP."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((address, port))
    listener.listen(64)
    kept = []
    while True:
        peer, _ = listener.accept()
        try:
            peer.settimeout(0.05)
            peer.recv(2048)
        except socket.timeout:
            kept.append(peer)
            continue
        except OSError:
            pass
        try:
            peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
        except OSError:
            pass
        peer.close()


class Client:
    def __init__(self, port):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.connect(("127.0.0.1", port))
        self.socket.settimeout(0.5)

    def ask(self, name):
        """The first A address, or None."""
        number = random.randrange(65536)
        question = b"".join(bytes([len(l)]) + l.encode() for l in name.split(".")) + b"\0\0\1\0\1"
        self.socket.send(struct.pack(">6H", number, 0, 1, 0, 0, 0) + question)
        try:
            while True:
                reply = self.socket.recv(2048)
                if struct.unpack(">H", reply[:2])[0] == number:
                    break
        except OSError:
            return None
        if struct.unpack(">H", reply[6:8])[0] == 0:
            return None
        return socket.inet_ntoa(reply[12 + len(question) + 12:][:4])

    def until(self, name, address, limit=30):
        """Seconds until the answer is this address."""
        start = time.monotonic()
        while time.monotonic() - start < limit:
            if self.ask(name) == address:
                return time.monotonic() - start
        sys.exit("never became " + address)


class Waypost:
    def __init__(self, interval, timeout, probe=HTTP, fall=2):
        self.dir = tempfile.mkdtemp(prefix="waypost-bench-")
        self.http_port = free_port("127.0.1.1")
        with open(self.dir + "/example.test.zone", "w") as f:
            f.write(ZONE)
        with open(self.dir + "/resources.yaml", "w") as f:
            f.write(RESOURCES.format(probe=probe.format(port=self.http_port), interval=interval, timeout=timeout,
                                     fall=fall))
        self.control = "unix:" + self.dir + "/control.sock"
        self.children, self.server = [], None
        atexit.register(self.stop)
        director = self.start("waypost-dnsd", "--listen", "127.0.0.1:0", "--control", self.control, "--state",
                              self.dir + "/state", "--load", self.dir + "/example.test.zone",
                              self.dir + "/resources.yaml", "--threads", "2")
        line = director.stdout.readline()
        self.port = int(line.split("dns 127.0.0.1:")[1].split(",")[0])
        self.server = serve("127.0.1.1", self.http_port)
        for name in ("v1", "v2", "v3"):
            self.start("waypost-healthd", "--vantage", name, "--director", self.control)
        self.client = Client(self.port)

    def start(self, program, *flags):
        child = subprocess.Popen([BIN + "/" + program, *flags], stdout=subprocess.PIPE, text=True,
                                 stderr=open(self.dir + "/" + program + ".log", "a"))
        self.children.append(child)
        return child

    def ctl(self, *words):
        return subprocess.run([BIN + "/waypostctl", "--server", self.control, *words], check=True,
                              stdout=subprocess.PIPE, text=True).stdout

    def wait_for_verdicts(self):
        while '"last-' in (text := self.ctl("-o", "json", "status")) or '"no-data"' in text:
            time.sleep(0.05)

    def stop(self):
        """Whatever happened; a second time it does nothing."""
        server, self.server = self.server, None
        if server:
            os.kill(server, signal.SIGKILL)
            os.waitpid(server, 0)
        children, self.children = self.children, []
        for child in children:
            child.terminate()
        for child in children:
            child.wait()


def report(what, seconds):
    ms = sorted(1000 * s for s in seconds)
    print(f"{what:<58} median {statistics.median(ms):8.1f} ms   min {ms[0]:8.1f}   max {ms[-1]:8.1f}   n={len(ms)}")


def failovers(interval, timeout, rounds, probe=HTTP):
    waypost = Waypost(interval, timeout, probe)
    client, down, up = waypost.client, [], []
    waypost.wait_for_verdicts()
    client.until(NAME, "127.0.1.1")
    for _ in range(rounds):
        time.sleep(1 + random.random())  # any phase of the interval
        os.kill(waypost.server, signal.SIGKILL)
        os.waitpid(waypost.server, 0)
        down.append(client.until(NAME, "127.0.2.1"))
        time.sleep(0.3)
        waypost.server = serve("127.0.1.1", waypost.http_port)
        up.append(client.until(NAME, "127.0.1.1"))
    kind = probe.split(":")[0]
    report(f"{kind}, interval {interval}, fall 2: server killed -> changed answer", down)
    report(f"{kind}, interval {interval}, rise 2: server back -> changed answer", up)
    return waypost


def drop(port):
    """Swallows what is sent to the server, or nothing any more."""
    rule = f"tcp dport {port} ip daddr 127.0.1.1 drop" if port else ""
    subprocess.run(["nft", "-f", "-"], check=True, text=True,
                   input="table inet hole\ndelete table inet hole\ntable inet hole "
                         "{\nchain out {\ntype filter hook output priority 0\n%s\n}\n}\n" % rule)


def black_hole(interval, timeout, rounds, fall):
    waypost = Waypost(interval, timeout, fall=fall)
    client, down = waypost.client, []
    waypost.wait_for_verdicts()
    client.until(NAME, "127.0.1.1")
    for _ in range(rounds):
        time.sleep(2 + random.random())
        drop(waypost.http_port)
        down.append(client.until(NAME, "127.0.2.1"))
        drop(None)
        client.until(NAME, "127.0.1.1")
    report(f"http, interval {interval}, timeout {timeout}, fall {fall}: black hole -> answer", down)
    waypost.stop()


def enter_namespace():
    """True: this is one of our own. Anew, because a process cannot move its sockets."""
    if os.environ.get("WAYPOST_BENCH_NAMESPACE"):
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        return True
    if os.geteuid() != 0 or not shutil.which("nft") or not shutil.which("unshare"):
        print("no black hole: it needs root, nft and unshare")
        return False
    os.environ["WAYPOST_BENCH_NAMESPACE"] = "1"
    os.execvp("unshare", ["unshare", "--net", sys.executable, *sys.argv])


def verdict_to_answer(waypost, rounds):
    """The director's own log line of the verdict against the first changed answer."""
    client, delays, log = waypost.client, [], waypost.dir + "/waypost-dnsd.log"
    for _ in range(rounds):
        client.until(NAME, "127.0.1.1")
        time.sleep(0.3)
        mark = os.path.getsize(log)
        os.kill(waypost.server, signal.SIGKILL)
        os.waitpid(waypost.server, 0)
        client.until(NAME, "127.0.2.1")
        changed = time.time()
        time.sleep(0.05)
        with open(log) as f:
            f.seek(mark)
            stamps = [l.split()[0][len("time="):] for l in f if "event=verdict" in l and "down" in l]
        stamp = subprocess.run(["date", "-d", stamps[0], "+%s.%N"], stdout=subprocess.PIPE, text=True).stdout
        delays.append(max(0.0, changed - float(stamp)))
        waypost.server = serve("127.0.1.1", waypost.http_port)
    report("verdict (log, director's log) -> changed answer", delays)


def weights(waypost, rounds):
    delays = []
    for i in range(rounds):
        to, other = ("east", "west") if i % 2 else ("west", "east")
        waypost.ctl("weight", "set", to, "100")
        waypost.ctl("weight", "set", other, "0")
        delays.append(waypost.client.until("split.example.test", "127.0.1.1" if to == "east" else "127.0.2.1"))
    report("weight set acknowledged -> visible in answers", delays)
    waypost.ctl("weight", "set", "east", "70")
    waypost.ctl("weight", "set", "west", "30")
    east = sum(waypost.client.ask("split.example.test") == "127.0.1.1" for _ in range(10000))
    print(f"{'70/30 over 10,000 queries':<58} {east / 100:.2f} / {100 - east / 100:.2f}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--only-black-hole", action="store_true")
    arguments = parser.parse_args()
    rounds = arguments.rounds
    if enter_namespace():
        for fall in (1, 2, 3):
            black_hole("1s", "500ms", rounds, fall)
    if arguments.only_black_hole:
        return
    failovers("1s", "500ms", rounds).stop()
    failovers("1s", "500ms", rounds, HELD).stop()
    waypost = failovers("100ms", "100ms", rounds)
    verdict_to_answer(waypost, rounds)
    weights(waypost, rounds)
    waypost.stop()


if __name__ == "__main__":
    main()
