#!/usr/bin/env python3
"""A herd at the opening: everybody presses within a minute, half of them in its first ten
seconds, each on a connection and from an address of their own.

    herd.py BUILD [--people 250000] [--even 50000] [--window 60] [--sign-ins 0.3]
            [--keep SECONDS] [--queue N] [--slow LIBRARY [--slow-ms 5]] [--dir DIR]

Of the people three in ten have no session and sign in first; a fiftieth as many more
register meanwhile. Browsers keep a connection for so many seconds after an answer (--keep).
The contest opens as the first comes. When the last has a paper, so many others (--even) come
evenly within as long. With --queue all is in a network of its own (for which one has to be
root) whose system lets so many connections wait for the server, not the usual 4096. LIBRARY
is slow_sync: its disk is slow. Prints JSON."""

import argparse
import ctypes
import datetime
import json
import os
import sqlite3
import subprocess

from bench_site import ROOT, Site, slow_arguments, slow_environment

SAMPLE = os.path.join(ROOT, "examples", "binh-phuoc-2024")
REGISTERS = 0.02
LEAD_S = 15     # from the server's start to the opening: the herd is read meanwhile
PHONES = 1000000
CLONE_NEWNET = 0x40000000
QUEUE = "/proc/sys/net/core/somaxconn"


def open_at():
    with open(os.path.join(SAMPLE, "profile.json"), encoding="utf-8") as file:
        return datetime.datetime.fromisoformat(json.load(file)["contest"]["open_at"])


def opens_ms(site):
    """When the contest opens by the machine's clock."""
    with sqlite3.connect(os.path.join(site.data, "hoithi.db")) as db:
        (shift,) = db.execute("SELECT value FROM setting WHERE name = 'clock_shift_ms'").fetchone()
    db.close()
    return int(open_at().timestamp() * 1000) - int(shift)


def take_own_network(queue):
    """From here on there is a loopback of our own, with so long a queue."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "a network of its own")
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    with open(QUEUE, "w", encoding="utf-8") as file:
        file.write(str(queue))


def queue_length():
    with open(QUEUE, encoding="utf-8") as file:
        return int(file.read())


class Crowd:
    """Those who were prepared, handed out once each."""

    def __init__(self, site, made, args):
        self.site, self.made, self.args, self.at = site, made, args, 0
        self.pages, self.browsers = site.lines("pages"), site.lines("browsers")

    def come(self, people, *more):
        signing, registering = int(people * self.args.sign_ins), max(1, int(people * REGISTERS))
        ready = people - signing
        first = self.at + ready
        self.at += people
        browsers = [self.browsers.pop() for _ in range(signing + registering)]
        files = ["--ready", self.site.part("ready", self.pages[first - ready:first]),
                 "--registers", self.site.part("registers", browsers[signing:]),
                 "--group", self.made["group"], "--unit", self.made["unit"],
                 "--phone-from", PHONES + self.at]
        if signing:
            files += ["--sign-ins", self.site.part("sign-ins", (
                f"{browsers[i].strip()} 098{first + i:07d} {self.made['password']}\n"
                for i in range(signing)))]
        return self.site.run("herd", *files, "--window", self.args.window, "--keep",
                             self.args.keep, *more)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--people", type=int, default=250000)
    parser.add_argument("--even", type=int, default=50000)
    parser.add_argument("--window", type=float, default=60)
    parser.add_argument("--sign-ins", type=float, default=0.3)
    slow_arguments(parser)
    parser.add_argument("--keep", type=float, default=0)
    parser.add_argument("--queue", type=int)
    parser.add_argument("--dir")
    args = parser.parse_args()
    people = args.people + args.even
    if args.queue:
        take_own_network(args.queue)
    site = Site(args.build, args.dir)
    try:
        os.makedirs(site.path("demo"))
        site.hoithi("keys", "init", "--keys", site.keys)
        before = open_at() - datetime.timedelta(days=1)
        site.hoithi("contest", "apply", SAMPLE, *site.both, "--clock", before.isoformat())
        made = site.prepare(people, "--pages", site.path("pages"), "--browsers",
                            site.path("browsers"), "--browsers-count", people)
        crowd = Crowd(site, made, args)
        clock = open_at() - datetime.timedelta(seconds=LEAD_S)
        site.serve("--clock", clock.isoformat(), **slow_environment(args))
        rush = crowd.come(args.people, "--at", opens_ms(site))
        found = {"queue": queue_length(), "rush": rush, "peak_mb": site.peak_mb()}
        if args.even:
            found["even"] = crowd.come(args.even, "--even", 1)
        started = site.metric('hoithi_papers_total{event="started"}')
        runs = [found[name] for name in ("rush", "even") if name in found]
        found["papers_started"] = started
        found["papers_wanted"] = sum(run["ready"] + run["signing_in"] for run in runs)
        found["errors"] = sum(run["errors"] + run["not_in"] for run in runs)
        print(json.dumps(found, indent=1))
    finally:
        site.close()


main()
