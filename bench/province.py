#!/usr/bin/env python3
"""A province's contest: a million whole journeys through the front door, one after the
other on each connection.

    province.py BUILD [--journeys 1000000] [--connections 64] [--savers 400]
                [--slow LIBRARY [--slow-ms 5]] [--dir DIR]

Half as many contestants have two papers each. Before the first of them and after the last,
so many others do hardly anything but save, 500 times each: what a save costs beside no
papers and beside all of them. LIBRARY is slow_sync: its disk is slow. Prints JSON."""

import argparse
import json
import time

from bench_site import Site, slow_arguments, slow_environment

SAVES = 500
NO_END = 10**6      # seconds


def savers(site, lines, connections):
    """The CPU of the server for a save, and how many a second."""
    before = site.cpu_s()
    ran = site.run("journeys", "--cookies", site.part("savers", lines), "--connections",
                   connections, "--seconds", NO_END, "--attempts", 1, "--saves", SAVES)
    saves = ran["journeys"]["steps"]["save"]
    return {"per_second": round(saves["n"] / ran["journeys"]["seconds"], 1),
            "cpu_us": round(1e6 * (site.cpu_s() - before) / saves["n"], 2),
            "p99_ms": saves["p99_ms"], "errors": ran["errors"]}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--journeys", type=int, default=1000000)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--savers", type=int, default=400)
    slow_arguments(parser)
    parser.add_argument("--dir")
    args = parser.parse_args()
    people = (args.journeys + 1) // 2
    site = Site(args.build, args.dir)
    try:
        site.fill()
        began = time.monotonic()
        site.prepare(2 * args.savers + people)
        prepared_s = time.monotonic() - began
        lines = site.lines("cookies")
        site.serve(**slow_environment(args))
        before = savers(site, lines[:args.savers], args.connections)
        ran = site.run("journeys", "--cookies", site.part("crowd", lines[2 * args.savers:]),
                       "--connections", args.connections, "--seconds", NO_END, "--attempts", 2,
                       "--journeys", args.journeys)
        after = savers(site, lines[args.savers:2 * args.savers], args.connections)
        papers = site.metric("hoithi_papers_total{event=\"submitted\"}")
        peak_mb = site.peak_mb()
        site.stop()     # what the log still held is in the database file then
        print(json.dumps({"prepared_s": round(prepared_s, 1), "people": people, "papers": papers,
                          "journeys": ran["journeys"], "before": before, "after": after,
                          "cpu_ratio": round(after["cpu_us"] / before["cpu_us"], 3),
                          "peak_mb": peak_mb, "database_mb": site.database_mb(),
                          "errors": ran["errors"] + before["errors"] + after["errors"]},
                         indent=1))
    finally:
        site.close()


main()
