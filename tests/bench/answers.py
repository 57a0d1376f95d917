#!/usr/bin/env python3
"""Answers of one worker beside the floor, NSD, Knot and gdnsd, on the same zone, interleaved in one run.

  tests/bench/answers.py [--rounds 5] [--seconds 5] [--geo FILE...] [--only static ecs plain tcp tcp1 rate]
                         [--other NAME PORT COMMAND]...

Each server runs on core 0, bench_load on core 1. The floor sends canned replies of the same size and looks at nothing.
Any other server can take part in the scenes without steering: its command is started with {zone} replaced by the master file of
static.test, and {folder} by an empty folder. It must stay in the foreground, answer on 127.0.0.1 PORT, and have one worker.
Steered answers: waypost by residency, latency, weight and answers from the geo databases given; gdnsd by one map of
56,832 networks. Prints medians, spreads and ratios; asserts nothing. Needs `deploy/install-deps --bench`.
"""
import argparse
import random
import shlex
import shutil
import statistics
import tempfile

from peers import (NAMES, Server, load, reply_size, start_floor, start_knot, start_nsd, start_waypost, write, write_queries,
                   zone_text)


def resources():
    documents = []
    for name, latitude, longitude, country, octet in (("us", 39, -77, "US", 1), ("eu", 53, -6, "IE", 2), ("ap", 1, 104, "SG", 3)):
        documents.append(f"kind: Region\nname: {name}\nlocation: {{latitude: {latitude}, longitude: {longitude}, country: {country}}}\n"
                         f"labels: {{jurisdiction: {'gdpr' if name == 'eu' else 'none'}}}")
        documents.append(f"{{kind: Pool, name: {name}, region: {name}, endpoints: [{{address: 192.0.2.{octet}0}}, {{address: 192.0.2.{octet}1}}]}}")
    documents.append("kind: Policy\nname: web\nsteps: [{residency: {prefer: true}}, {latency: {tolerance: 10ms}}, weighted, {answers: {max: 2}}]")
    documents += [f"{{kind: Record, name: s{i}.steer.test, types: A, policy: web, pools: [us, eu, ap]}}" for i in range(1000)]
    return "\n---\n".join(documents) + "\n"


def load_folder(folder):
    write(folder + "/load/static.test.zone", zone_text("static.test"))
    write(folder + "/load/steer.test.zone", zone_text("steer.test"))
    write(folder + "/load/resources.yaml", resources())
    return folder + "/load"


def networks():
    """One of six orders of the regions for each /16, in the words of gdnsd."""
    draw = random.Random(1)
    orders = ["us, eu, ap", "us, ap, eu", "eu, us, ap", "eu, ap, us", "ap, us, eu", "ap, eu, us"]
    return "\n".join(f"{i >> 8}.{i & 255}.0.0/16 => [ {draw.choice(orders)} ]" for i in range(1 << 8, 224 << 8) if i >> 8 != 127)


def start_gdnsd(port, folder):
    write(folder + "/etc/zones/static.test", zone_text("static.test"))
    steered = "\n".join(f"s{i} 60 DYNA geoip!web" for i in range(1000))
    write(folder + "/etc/zones/steer.test", zone_text("steer.test") + steered + "\n")
    write(folder + "/etc/geoip/networks", networks() + "\n")
    write(folder + "/etc/config", f"""options => {{
  listen => 127.0.0.1
  dns_port => {port}
  udp_threads => 1
  tcp_threads => 1
  run_dir => {folder}/run
  state_dir => {folder}/state
}}
plugins => {{ geoip => {{
  maps => {{ m => {{ datacenters => [us, eu, ap], nets => networks }} }}
  resources => {{ web => {{ map => m, dcmap => {{
    us => [192.0.2.10, 192.0.2.11], eu => [192.0.2.20, 192.0.2.21], ap => [192.0.2.30, 192.0.2.31]
  }} }} }}
}} }}
""")
    return Server("gdnsd", port, ["gdnsd", "-c", folder + "/etc", "start"], folder)


def start_other(name, port, command, folder):
    write(folder + "/static.test.zone", "$ORIGIN static.test.\n" + zone_text("static.test"))
    words = [word.format(zone=folder + "/static.test.zone", folder=folder) for word in shlex.split(command)]
    return Server(name, int(port), words, folder)


def drive(server, queries, seconds, flags):
    user, system = server.cpu()
    found = load(server.port, queries, seconds, *flags)
    after = server.cpu()
    answers = max(found["answers"], 1)
    return {"per_second": found["per_second"], "p50": found["p50_us"], "p99": found["p99_us"], "lost": found["lost"],
            "bad": found["not_noerror"], "user": (after[0] - user) / answers * 1e6, "system": (after[1] - system) / answers * 1e6}


def compare(title, servers, queries, arguments, *flags):
    """The first server is what the others are compared with."""
    taken = {server.name: [] for server in servers}
    for turn in range(arguments.rounds):
        for server in servers[turn % len(servers):] + servers[:turn % len(servers)]:
            taken[server.name].append(drive(server, queries, arguments.seconds, flags))
    print(f"\n{title}: {arguments.rounds} rounds of {arguments.seconds} s, interleaved, medians")
    print(f"{'server':<10}{'answers/s':>11}{'spread':>8}{'x ' + servers[0].name:>11}{'user us':>9}{'system us':>10}{'p50 us':>8}{'p99 us':>8}"
          f"{'lost':>7}{'failed':>7}")
    base = statistics.median(one["per_second"] for one in taken[servers[0].name])
    for name, rounds in taken.items():
        rates = [one["per_second"] for one in rounds]
        rate, middle = statistics.median(rates), lambda what: statistics.median(one[what] for one in rounds)
        print(f"{name:<10}{rate:>11.0f}{(max(rates) - min(rates)) / rate * 100:>7.1f}%{rate / base:>11.2f}{middle('user'):>9.3f}"
              f"{middle('system'):>10.3f}{middle('p50'):>8.0f}{middle('p99'):>8.0f}{sum(one['lost'] for one in rounds):>7}"
              f"{sum(one['bad'] for one in rounds):>7}", flush=True)


def measure(folder, servers, arguments):
    waypost, nsd, knot, gdnsd, *others = servers
    static = write_queries(folder + "/static.txt", "static.test")
    steered = folder + "/steered.txt"
    write(steered, "".join(f"s{i * 7919 % 1000}.steer.test A\n" for i in range(NAMES)))
    floors = []

    def beside_floor(title, name, others, queries, *flags):
        floor = start_floor(5610 + len(floors), folder, reply_size(waypost.port, name))
        floors.append(floor)
        compare(title, [floor, waypost, *others], queries, arguments, *flags)
        floor.stop()

    scenes = {
        "static": lambda: beside_floor("static, UDP", "h1.static.test", [nsd, knot, gdnsd, *others], static),
        "ecs": lambda: beside_floor("steered, client subnets at random", "s1.steer.test", [gdnsd], steered, "--random-subnet"),
        "plain": lambda: beside_floor("steered, no client subnet", "s1.steer.test", [gdnsd], steered),
        "tcp": lambda: compare("50 TCP connections that stay", [waypost, nsd, knot, gdnsd, *others], static, arguments, "--tcp", "50"),
        "tcp1": lambda: compare("one query a TCP connection", [waypost, nsd, knot, gdnsd, *others], static, arguments, "--tcp", "50",
                                "--each", "1"),
        "rate": lambda: compare("20,000 queries/s", [waypost, nsd, knot, gdnsd, *others], static, arguments, "--rate", "20000"),
    }
    for scene in arguments.only or scenes:
        scenes[scene]()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--geo", nargs="*", default=[], help="geo databases for waypost")
    parser.add_argument("--only", nargs="*", default=[], help="some of the scenes")
    parser.add_argument("--other", nargs=3, action="append", default=[], metavar=("NAME", "PORT", "COMMAND"), help="one more server")
    arguments = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="waypost-bench-")
    geo = ["--geo", *arguments.geo] if arguments.geo else []
    servers = [start_waypost(5601, folder + "/waypost", load_folder(folder + "/waypost"), *geo),
               start_nsd(5602, folder + "/nsd", "static.test", "  minimal-responses: yes\n"),
               start_knot(5604, folder + "/knot", "static.test"),
               start_gdnsd(5603, folder + "/gdnsd"),
               *(start_other(*other, f"{folder}/other-{other[0]}") for other in arguments.other)]
    try:
        for server in servers:
            server.wait("h1.static.test")
        measure(folder, servers, arguments)
    finally:
        for server in servers:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


main()
