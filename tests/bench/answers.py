#!/usr/bin/env python3
"""Answers of one worker beside the floor, NSD, Knot and gdnsd, on the same zone, interleaved in one run.

  tests/bench/answers.py [--rounds 5] [--seconds 5] [--geo FILE...] [--only static ecs plain tcp tcp1 rate]
                         [--before WAYPOST-DNSD] [--other NAME PORT COMMAND]...

Each server runs on core 0, bench_load on core 1. In every round each of them is started anew, alone, and warmed up: where its memory
happens to lie makes up to a third of a server's own time from one start to the next. The floor sends canned replies of the same size
and looks at nothing. `--before` is another build of waypost, which takes part in everything.
Any other server can take part in the scenes without steering: its command is started with {zone} replaced by the master file of
static.test, and {folder} by an empty folder. It must stay in the foreground, answer on 127.0.0.1 PORT, and have one worker.
Steered answers: waypost by residency, latency, weight and answers from the geo databases given; gdnsd by one map of
56,832 networks. Prints medians with ratios by round, and means of processor time, which the kernel counts by ticks; asserts nothing.
Needs `deploy/install-deps --bench`.
"""
import argparse
import functools
import random
import shlex
import shutil
import statistics
import tempfile

from peers import (NAMES, Server, gdnsd_options, load, reply_size, start_floor, start_knot, start_nsd, start_waypost, write, write_queries,
                   zone_text)

WARM_UP = 2  # seconds, for servers go on tidying up when they have started


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
    write(folder + "/etc/config", gdnsd_options(port, folder) + f"""plugins => {{ geoip => {{
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
    load(server.port, queries, WARM_UP, *flags)
    user, system = server.cpu()
    found = load(server.port, queries, seconds, *flags)
    after = server.cpu()
    answers = max(found["answers"], 1)
    return {"per_second": found["per_second"], "p50": found["p50_us"], "p99": found["p99_us"], "lost": found["lost"],
            "bad": found["not_noerror"], "user": (after[0] - user) / answers * 1e6, "system": (after[1] - system) / answers * 1e6}


def drive_anew(start, question, queries, seconds, flags):
    server = start()
    try:
        server.wait(question)
        return server.name, drive(server, queries, seconds, flags)
    finally:
        server.stop()


def compare(title, starts, question, queries, arguments, *flags):
    """The first server is what the others are compared with."""
    taken = {}
    for turn in range(arguments.rounds):
        for at in range(len(starts)):
            name, one = drive_anew(starts[(turn + at) % len(starts)], question, queries, arguments.seconds, flags)
            taken.setdefault(name, []).append(one)
    base = next(iter(taken))
    print(f"\n{title}: {arguments.rounds} rounds of {arguments.seconds} s, interleaved, each with fresh processes")
    print(f"{'server':<10}{'answers/s':>11}{'spread':>8}{'x ' + base:>11}{'user us':>9}{'system us':>10}{'p50 us':>8}{'p99 us':>8}"
          f"{'lost':>7}{'failed':>7}")
    for name, rounds in taken.items():
        rates = [one["per_second"] for one in rounds]
        rate, middle = statistics.median(rates), lambda what: statistics.median(one[what] for one in rounds)
        ratio = statistics.median(one["per_second"] / other["per_second"] for one, other in zip(rounds, taken[base]))
        mean = lambda what: statistics.mean(one[what] for one in rounds)
        print(f"{name:<10}{rate:>11.0f}{(max(rates) - min(rates)) / rate * 100:>7.1f}%{ratio:>11.2f}{mean('user'):>9.3f}"
              f"{mean('system'):>10.3f}{middle('p50'):>8.0f}{middle('p99'):>8.0f}{sum(one['lost'] for one in rounds):>7}"
              f"{sum(one['bad'] for one in rounds):>7}", flush=True)


def size_of_reply(start, name):
    server = start()
    try:
        server.wait(name)
        return reply_size(server.port, name)
    finally:
        server.stop()


def measure(folder, ours, nsd, knot, gdnsd, others, arguments):
    static = write_queries(folder + "/static.txt", "static.test")
    steered = folder + "/steered.txt"
    write(steered, "".join(f"s{i * 7919 % 1000}.steer.test A\n" for i in range(NAMES)))
    plain, steered_name = "h1.static.test", "s1.steer.test"

    def beside_floor(title, name, servers, queries, *flags):
        octets = size_of_reply(ours[0], name)
        compare(title, [lambda: start_floor(5610, folder, octets), *ours, *servers], name, queries, arguments, *flags)

    def over_tcp(title, *flags):
        compare(title, [*ours, nsd, knot, gdnsd, *others], plain, static, arguments, *flags)

    scenes = {
        "static": lambda: beside_floor("static, UDP", plain, [nsd, knot, gdnsd, *others], static),
        "ecs": lambda: beside_floor("steered, client subnets at random", steered_name, [gdnsd], steered, "--random-subnet"),
        "plain": lambda: beside_floor("steered, no client subnet", steered_name, [gdnsd], steered),
        "tcp": lambda: over_tcp("50 TCP connections that stay", "--tcp", "50"),
        "tcp1": lambda: over_tcp("one query a TCP connection", "--tcp", "50", "--each", "1"),
        "rate": lambda: over_tcp("20,000 queries/s", "--rate", "20000"),
    }
    for scene in arguments.only or scenes:
        scenes[scene]()


def parse_arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--geo", nargs="*", default=[], help="geo databases for waypost")
    parser.add_argument("--only", nargs="*", default=[], help="some of the scenes")
    parser.add_argument("--before", help="waypost-dnsd of another build")
    parser.add_argument("--other", nargs=3, action="append", default=[], metavar=("NAME", "PORT", "COMMAND"), help="one more server")
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    folder = tempfile.mkdtemp(prefix="waypost-bench-")
    geo = ["--geo", *arguments.geo] if arguments.geo else []
    zones = load_folder(folder + "/waypost")
    ours = [lambda: start_waypost(5601, folder + "/waypost", zones, *geo)]
    if arguments.before:
        ours.append(lambda: start_waypost(5605, folder + "/before", zones, *geo, name="before", program=arguments.before))
    try:
        measure(folder, ours, lambda: start_nsd(5602, folder + "/nsd", "static.test", "  minimal-responses: yes\n"),
                lambda: start_knot(5604, folder + "/knot", "static.test"), lambda: start_gdnsd(5603, folder + "/gdnsd"),
                [functools.partial(start_other, *other, f"{folder}/other-{other[0]}") for other in arguments.other], arguments)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


main()
