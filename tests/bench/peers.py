"""What benches beside other servers share: the zone, the servers on core 0, and the load on core 1."""
import json
import os
import re
import socket
import struct
import subprocess
import sys
import time

BIN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../build/release/bin")
NAMES = 10000


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as f:
        f.write(text)


def zone_text(origin):
    lines = ["$TTL 300", f"@ IN SOA ns1.{origin}. hostmaster.{origin}. 1 3600 600 604800 60", f"@ IN NS ns1.{origin}.",
             "ns1 IN A 192.0.2.53"]
    return "\n".join(lines + [f"h{i} IN A 10.{i >> 16}.{i >> 8 & 255}.{i & 255}" for i in range(NAMES)]) + "\n"


def write_queries(path, origin):
    write(path, "".join(f"h{i * 7919 % NAMES}.{origin} A\n" for i in range(NAMES)))
    return path


class Server:
    """On core 0, from now until stop."""

    def __init__(self, name, port, command, folder):
        os.makedirs(folder, exist_ok=True)
        log = open(folder + "/log", "w")
        self.name, self.port = name, port
        self.process = subprocess.Popen(["taskset", "-c", "0", *command], stdout=log, stderr=log)

    def cpu(self):
        """Seconds of user and of system time of the process and its children."""
        user, system, pids = 0, 0, [self.process.pid]
        for pid in pids:
            fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
            user, system = user + int(fields[11]), system + int(fields[12])
            children = f"/proc/{pid}/task/{pid}/children"
            pids += [int(c) for c in open(children).read().split()]
        tick = os.sysconf("SC_CLK_TCK")
        return user / tick, system / tick

    def busiest_cpu(self):
        """The same of the thread that used most: the one that answers."""
        threads = f"/proc/{self.process.pid}/task"
        used = [open(f"{threads}/{thread}/stat").read().rsplit(")", 1)[1].split()[11:13] for thread in os.listdir(threads)]
        tick = os.sysconf("SC_CLK_TCK")
        return max(((int(user) / tick, int(system) / tick) for user, system in used), key=sum)

    def wait(self, question):
        for _ in range(600):
            out = subprocess.run(["dig", "@127.0.0.1", "-p", str(self.port), "+short", "+tries=1", "+time=1", question],
                                 stdout=subprocess.PIPE, text=True).stdout
            if out and ";;" not in out:
                return
            time.sleep(0.1)
        sys.exit(self.name + " does not answer")

    def stop(self):
        self.process.terminate()
        self.process.wait()


def reply_size(port, name):
    """Octets of the reply to a question for A with OPT."""
    labels = b"".join(bytes([len(l)]) + l.encode() for l in name.split("."))
    query = struct.pack(">6H", 1, 0, 1, 0, 0, 1) + labels + b"\0\0\1\0\1" + b"\0\0\x29\4\xd0\0\0\0\0\0\0"
    asker = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    asker.settimeout(2)
    asker.connect(("127.0.0.1", port))
    asker.send(query)
    return len(asker.recv(4096))


class Floor(Server):
    """Its replies answer nothing that dig would take."""

    def wait(self, question):
        for _ in range(100):
            try:
                return reply_size(self.port, question)
            except OSError:
                time.sleep(0.05)
        sys.exit("the floor does not answer")


def start_floor(port, folder, octets):
    return Floor("floor", port, [BIN + "/bench_floor", str(port), str(octets)], folder)


def start_waypost(port, folder, load, *more, name="waypost", program=BIN + "/waypost-dnsd"):
    command = [program, "--listen", f"127.0.0.1:{port}", "--control", f"unix:{folder}/control.sock",
               "--threads", "1", "--load", load, *more]
    return Server(name, port, command, folder)


def start_nsd(port, folder, origin, settings=""):
    write(folder + "/zones/zone", zone_text(origin))
    write(folder + "/nsd.conf", f"""server:
  server-count: 1
  ip-address: 127.0.0.1@{port}
  username: ""
  chroot: ""
  zonesdir: "{folder}/zones"
  database: ""
  pidfile: "{folder}/nsd.pid"
  xfrdfile: "{folder}/xfrd"
  zonelistfile: "{folder}/list"
  xfrdir: "{folder}"
  rrl-ratelimit: 0
{settings}remote-control:
  control-enable: no
zone:
  name: {origin}
  zonefile: zone
""")
    return Server("nsd", port, ["nsd", "-d", "-c", folder + "/nsd.conf"], folder)


def start_knot(port, folder, origin):
    write(folder + "/zones/zone", zone_text(origin))
    return start_knot_with(port, folder, origin, folder + "/zones/zone")


def start_knot_with(port, folder, origin, file):
    write(folder + "/knot.conf", f"""server:
  rundir: {folder}
  listen: 127.0.0.1@{port}
  udp-workers: 1
  tcp-workers: 1
  background-workers: 1
database:
  storage: {folder}
zone:
  - domain: {origin}
    file: {file}
    zonefile-sync: -1
""")
    return Server("knot", port, ["knotd", "-c", folder + "/knot.conf"], folder)


def gdnsd_options(port, folder):
    return f"""options => {{
  listen => 127.0.0.1
  dns_port => {port}
  udp_threads => 1
  tcp_threads => 1
  run_dir => {folder}/run
  state_dir => {folder}/state
}}
"""


def start_gdnsd_with(port, folder, origin, file):
    os.makedirs(folder + "/etc/zones", exist_ok=True)
    os.symlink(file, f"{folder}/etc/zones/{origin}")
    write(folder + "/etc/config", gdnsd_options(port, folder))
    return Server("gdnsd", port, ["gdnsd", "-c", folder + "/etc", "start"], folder)


def load(port, queries, seconds, *more):
    """What bench_load found."""
    command = ["taskset", "-c", "1", BIN + "/bench_load", "--port", str(port), "--queries", queries, "--seconds", str(seconds)]
    return json.loads(subprocess.run(command + list(more), check=True, stdout=subprocess.PIPE, text=True).stdout)


def dnsperf(port, queries, seconds, *more):
    """What it prints."""
    command = ["taskset", "-c", "1", "dnsperf", "-s", "127.0.0.1", "-p", str(port), "-d", queries, "-l", str(seconds)]
    return subprocess.run(command + list(more), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout


def figure(out, label):
    """The number behind a label of dnsperf; nan: it has none."""
    found = re.search(re.escape(label) + r"\s+([\d.]+)", out)
    return float(found.group(1)) if found else float("nan")
