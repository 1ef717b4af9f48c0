#!/usr/bin/env python3
"""A long while at half of what the machine can do, with everything else going on.

    steady.py BUILD --rate R [--minutes 30] [--reported 100000]
              [--slow LIBRARY [--slow-ms 5]] [--dir DIR]

R journeys a second come and do not wait for answers. All the time every report of
reports.py runs again and again, over a second contest of so many people, and backups are
taken one after the other, with pauses in which none runs. Each second the size of the WAL
is read: within a backup, which holds it back, and outside. LIBRARY is slow_sync: the server's
disk is slow. Prints JSON."""

import argparse
import json
import os
import subprocess
import threading
import time

from bench_site import Site, slow_arguments, slow_environment
from reports import Reports, second_contest

CONNECTIONS = 1024
PAUSE_S = 20        # between backups
WARM_S = 2
SETTLE_S = 2        # after a backup the log is still as it left it


class Backups:
    """One after the other until end()."""

    def __init__(self, site, pause_s):
        self.site, self.pause_s = site, pause_s
        self.over = threading.Event()
        self.times, self.failed = [], []    # (began, ended)
        self.to, self.public = site.path("backups"), site.path("backup.public")
        os.mkdir(self.to)
        site.hoithi("keys", "backup-pair", "--public", self.public, "--private",
                    site.path("backup.private"))
        self.thread = threading.Thread(target=self.run)

    def run(self):
        while not self.over.wait(self.pause_s):
            began = time.monotonic()
            ran = subprocess.run([self.site.program("src", "cli", "hoithi"), "backup", "--data",
                                  self.site.data, "--to", self.to, "--public", self.public],
                                 check=False, capture_output=True, text=True,
                                 stdin=subprocess.DEVNULL)
            self.times.append((began, time.monotonic()))
            if ran.returncode:
                self.failed.append(ran.stderr)
            for name in os.listdir(self.to):
                if name.endswith(".backup"):
                    os.remove(os.path.join(self.to, name))

    def end(self):
        self.over.set()
        self.thread.join()

    def ran_at(self, at):
        """Whether one ran at that time, or had just ended."""
        return any(began <= at <= ended + SETTLE_S for began, ended in self.times)


class Log:
    """Reads the size of the WAL each second until end()."""

    def __init__(self, site):
        self.site = site
        self.over = threading.Event()
        self.seen = []      # (when, MiB)
        self.thread = threading.Thread(target=self.run)

    def run(self):
        while not self.over.wait(1):
            bytes_now = self.site.metric("hoithi_store_wal_bytes")
            self.seen.append((time.monotonic(), bytes_now / 2**20))

    def end(self):
        self.over.set()
        self.thread.join()


def most(values):
    return round(max(values, default=0), 1)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--rate", type=float, required=True)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--reported", type=int, default=100000)
    slow_arguments(parser)
    parser.add_argument("--dir")
    args = parser.parse_args()
    seconds = 60 * args.minutes
    people = int(args.rate * (seconds + WARM_S) / 2) + CONNECTIONS
    site = Site(args.build, args.dir)
    try:
        site.fill()
        site.prepare(max(people, args.reported))
        papers = second_contest(site, args.reported)
        lines = site.lines("cookies")
        warm = int(args.rate * WARM_S / 2) + 1
        site.serve(**slow_environment(args))
        load = ["--connections", CONNECTIONS, "--rate", args.rate, "--attempts", 2]
        site.run("journeys", "--cookies", site.part("warm", lines[:warm]), "--seconds", WARM_S,
                 *load)
        backups, log = Backups(site, min(PAUSE_S, seconds / 10)), Log(site)
        reports = Reports(site)
        backups.thread.start()
        log.thread.start()
        try:
            ran = site.run("journeys", "--cookies", site.part("crowd", lines[warm:]),
                           "--seconds", seconds, *load)
        finally:
            log.end()
            reports.end()
            backups.end()
        assert len(log.seen) > seconds / 2, "the page of metrics was not to be had"
        inside = [mib for at, mib in log.seen if backups.ran_at(at)]
        outside = [mib for at, mib in log.seen if not backups.ran_at(at)]
        print(json.dumps({
            "minutes": args.minutes, "journeys": ran["journeys"], "papers_reported": papers,
            "wal_mb": {"outside": most(outside), "inside": most(inside),
                       "seconds_outside": len(outside), "seconds_inside": len(inside)},
            "backups": len(backups.times),
            "longest_backup_s": most(ended - began for began, ended in backups.times),
            "backups_failed": backups.failed, "reports": reports.done,
            "reports_failed": reports.failed, "peak_mb": site.peak_mb(),
            "database_mb": site.database_mb(),
            "errors": ran["errors"] + len(backups.failed) + len(reports.failed)}, indent=1))
    finally:
        site.close()


main()
