#!/usr/bin/env python3
"""Time from a dead server to the changed answer beside gdnsd, and to the changed state beside HAProxy's checks, on loopback.

  tests/bench/failover_peers.py [--rounds 10]

The same HTTP server, killed in any phase of the interval. Prints medians; asserts nothing. Needs `deploy/install-deps --bench`.
"""
import argparse
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from failover import NAME, Client, free_port, report, serve
from peers import write

ZONE = """$TTL 60
@ IN SOA ns1 hostmaster 1 3600 600 604800 60
@ IN NS ns1
ns1 IN A 192.0.2.53
www 60 DYNA simplefo!web
"""


def gdnsd_config(folder, dns_port, http_port, interval):
    write(folder + "/etc/zones/example.test", ZONE)
    write(folder + "/etc/config", f"""options => {{ listen => 127.0.0.1, dns_port => {dns_port}, run_dir => {folder}/run, state_dir => {folder}/state }}
service_types => {{ web => {{ plugin => http_status, port => {http_port}, url_path => /, interval => {interval}, timeout => 1,
  up_thresh => 2, ok_thresh => 2, down_thresh => 2 }} }}
plugins => {{ simplefo => {{ web => {{ service_types => web, primary => 127.0.1.1, secondary => 127.0.2.1 }} }} }}
""")
    return ["gdnsd", "-c", folder + "/etc", "start"]


def haproxy_config(folder, front_port, http_port, more):
    write(folder + "/haproxy.cfg", f"""global
  stats socket {folder}/stats level admin
defaults
  mode http
  timeout connect 500ms
  timeout client 5s
  timeout server 5s
  timeout check 500ms
frontend all
  bind 127.0.0.1:{front_port}
  default_backend web
backend web
  option httpchk GET /
  default-server check inter 1s fall 2 rise 2 {more}
  server east 127.0.1.1:{http_port}
  server west 127.0.2.1:{http_port} backup
""")
    return ["haproxy", "-db", "-f", folder + "/haproxy.cfg"]


def state_of_east(folder):
    with socket.socket(socket.AF_UNIX) as stats:
        stats.connect(folder + "/stats")
        stats.sendall(b"show stat\n")
        text = b"".join(iter(lambda: stats.recv(65536), b"")).decode()
    return next(line.split(",")[17] for line in text.splitlines() if line.startswith("web,east,")).split()[0]


def until(is_so, limit=60):
    began = time.monotonic()
    while not is_so():
        if time.monotonic() - began > limit:
            raise SystemExit("it never changed")
        time.sleep(0.001)
    return time.monotonic() - began


def rounds_of(title, rounds, command, http_port, is_east, is_away):
    """Kills the server and starts it again."""
    east, west = serve("127.0.1.1", http_port), serve("127.0.2.1", http_port)
    program = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    down = []
    try:
        time.sleep(1)
        until(is_east)
        for _ in range(rounds):
            time.sleep(1 + 2 * random.random())  # any phase of the interval
            os.kill(east, signal.SIGKILL)
            os.waitpid(east, 0)
            down.append(until(is_away))
            east = serve("127.0.1.1", http_port)
            until(is_east)
        report(title, down)
    finally:
        program.terminate()
        program.wait()
        for pid in (east, west):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=10)
    rounds = parser.parse_args().rounds
    folder = tempfile.mkdtemp(prefix="waypost-failover-")
    try:
        if shutil.which("gdnsd"):
            dns, http = free_port("127.0.0.1"), free_port("127.0.1.1")
            client = Client(dns)
            rounds_of("gdnsd, interval 2s, down_thresh 2: killed -> answer", rounds, gdnsd_config(folder, dns, http, 2), http,
                      lambda: client.ask(NAME) == "127.0.1.1", lambda: client.ask(NAME) == "127.0.2.1")
        for more in ("", "fastinter 100ms"):
            if shutil.which("haproxy"):
                front, http = free_port("127.0.0.1"), free_port("127.0.1.1")
                rounds_of(f"haproxy, inter 1s, fall 2 {more}: killed -> state", rounds, haproxy_config(folder, front, http, more), http,
                          lambda: state_of_east(folder) == "UP", lambda: state_of_east(folder) == "DOWN")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
