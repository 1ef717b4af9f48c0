#!/usr/bin/env python3
"""What every report at once costs those who sit a paper.

    reports.py BUILD [--people N] [--seconds S] [--connections C] [--rounds R] [--dir DIR]

A rehearsal folder gets N people (100000) who sit now, and a second contest, long over, in which
each of them has two papers. One server: journeys without reports, with them, without, with … R
times (3), S seconds (10) a time, and once more without. With them, all of this runs again and
again at once: freeze, rank and export of the second contest, snapshots of both, the reports of
retention and acts.

Prints as JSON the journeys a second of each time, the ratio of each time with them to the mean
of the times before and after it, the median of these, what the reports did, and how the server
says they went. Exit status 0: they cost less than a tenth."""

import argparse
import json
import os
import re
import shutil
import sqlite3
import statistics
import subprocess
import sys
import threading
import time

from bench_site import ROOT, Site

SAMPLE = os.path.join(ROOT, "examples", "binh-phuoc-2024")
OVER = "da-ket-thuc"
WARM_S = 3
LOCK_S = 120    # a writer that is never idle, on a slow disk, lets others in late

PAPERS = """
INSERT INTO paper SELECT p.base + e.n * 2 + a.n, :contest, p.round, e.id, e.group_id,
 a.n + 1, 1, 1, p.bank, 1, randomblob(32), randomblob(180), 7, 1, 1,
 printf('%030d', e.id), printf('%030d', 0), abs(random()) % 100000, p.open + e.n,
 p.open + e.n + 1800000, p.open + e.n + 60000,
 p.open + e.n + 60000 + abs(random()) % 600000, 60000 + abs(random()) % 600000, 0,
 abs(random()) % 31, 0, 0, randomblob(16), randomblob(32), hex(randomblob(8))
 FROM (SELECT *, row_number() OVER (ORDER BY id) AS n FROM entry WHERE contest_id = :contest) e,
 (SELECT 0 AS n UNION SELECT 1) a,
 (SELECT (SELECT MAX(id) FROM entry) AS base,
  (SELECT id FROM round WHERE contest_id = :contest) AS round,
  (SELECT MIN(id) FROM bank_version WHERE contest_id = :contest AND code = 'chung') AS bank,
  :open AS open) p"""


def over_folder(to):
    """The sample contest under another name, two years before."""
    shutil.copytree(SAMPLE, to)
    path = os.path.join(to, "profile.json")
    with open(path, encoding="utf-8") as file:
        text = file.read().replace("binh-phuoc-2024", OVER)
    with open(path, "w", encoding="utf-8") as file:
        file.write(re.sub(r'"2024-', '"2022-', text))


def fill(data, more=0, most=None):
    """Everybody entered it and has two papers, or the first `most`; `more` of whom nothing is
    known."""
    with sqlite3.connect(os.path.join(data, "hoithi.db")) as db:
        (contest,) = db.execute("SELECT id FROM contest WHERE code = ?", (OVER,)).fetchone()
        (group,) = db.execute("SELECT MIN(id) FROM contest_group WHERE contest_id = ?",
                              (contest,)).fetchone()
        units = [row[0] for row in db.execute("SELECT unit_id FROM contest_unit"
                                              " WHERE contest_id = ?", (contest,))]
        db.execute("INSERT INTO person SELECT m.base + n.value, 0, 0, -1"
                   " FROM (SELECT MAX(id) AS base FROM person) m, (WITH RECURSIVE n(value) AS"
                   " (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < :more)"
                   " SELECT value FROM n WHERE value <= :more) n", {"more": more})
        people = [row[0] for row in db.execute("SELECT id FROM person ORDER BY id")][:most]
        (base,) = db.execute("SELECT MAX(id) FROM (SELECT MAX(id) AS id FROM entry UNION"
                             " SELECT MAX(id) FROM paper)").fetchone()
        db.executemany("INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, '', '1', x'00', 0, 0)",
                       ((base + 1 + i, contest, person, f"X{i:07d}", group,
                         units[i % len(units)]) for i, person in enumerate(people)))
        db.execute(PAPERS, {"contest": contest, "open": 1663635600000})
    db.close()
    return 2 * len(people)


class Reports:
    """Runs everything again and again, each on a thread of its own, until end()."""

    def __init__(self, site):
        self.over = threading.Event()
        self.done, self.failed = {}, {}
        both, hoithi, to = site.both, site.program("src", "cli", "hoithi"), site.path("export")
        self.commands = {
            "rank": [[hoithi, "contest", "freeze", *both, "--contest", OVER],
                     [hoithi, "contest", "rank", *both, "--contest", OVER]],
            "export": [[hoithi, "export", "results", to, *both, "--contest", OVER, "--names"]],
            "retention": [[hoithi, "retention", "report", *both]],
            "audit": [[hoithi, "audit", *both]],
        }
        self.db = os.path.join(site.data, "hoithi.db")
        self.threads = [threading.Thread(target=self.run, args=(name,)) for name in self.commands]
        self.threads.append(threading.Thread(target=self.again))
        for thread in self.threads:
            thread.start()

    def run(self, name):
        while not self.over.is_set():
            for command in self.commands[name]:
                ran = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL,
                                     check=False)
                if ran.returncode:
                    self.failed[name] = ran.stderr.decode()
                    time.sleep(1)
            self.done[name] = self.done.get(name, 0) + 1
            self.over.wait(0.2)     # the caller's process is no report

    def again(self):
        """The server takes anew what is not there: a ranking, and all snapshots."""
        while not self.over.wait(2):
            with sqlite3.connect(self.db, timeout=LOCK_S) as db:
                db.execute("PRAGMA wal_autocheckpoint=0")
                taken = db.execute("DELETE FROM snapshot_row").rowcount
                db.execute("DELETE FROM snapshot")
                db.execute("UPDATE ranking SET hash = randomblob(32)")
                db.execute("UPDATE freeze SET hash = randomblob(32)")
            db.close()
            self.done["snapshot rows"] = self.done.get("snapshot rows", 0) + max(taken, 0)

    def end(self):
        self.over.set()
        for thread in self.threads:
            thread.join()


def second_contest(site, people):
    """Long over, with two papers of each of so many, frozen and ranked. How many papers."""
    over_folder(site.path(OVER))
    site.hoithi("contest", "apply", site.path(OVER), *site.both)
    papers = fill(site.data, most=people)
    for step in ("freeze", "rank"):
        site.hoithi("contest", step, *site.both, "--contest", OVER)
    return papers


class Sitters:
    """Journeys, each time of others."""

    def __init__(self, site, times, args):
        self.site, self.args = site, args
        self.lines = site.lines("cookies")
        self.share = len(self.lines) // times

    def sit(self, seconds):
        part, self.lines = self.lines[:self.share], self.lines[self.share:]
        return self.site.run("journeys", "--cookies", self.site.part("sitting", part),
                             "--connections", self.args.connections, "--seconds", seconds)


def alternate(site, sitters, args):
    """Runs without reports, and between two of them one with; what the reports did."""
    found, reports = {"without": [], "with": []}, []
    for _ in range(args.rounds):
        found["without"].append(sitters.sit(args.seconds))
        running = Reports(site)
        time.sleep(2)
        found["with"].append(sitters.sit(args.seconds))
        running.end()
        reports.append({"done": running.done, "failed": running.failed})
    found["without"].append(sitters.sit(args.seconds))
    return found, reports


def summary(found, reports):
    speeds = {name: [one["journeys"]["per_second"] for one in runs]
              for name, runs in found.items()}
    ratios = [2 * speed / sum(speeds["without"][i:i + 2])
              for i, speed in enumerate(speeds["with"])]
    return {"journeys_per_second": speeds, "ratios": [round(one, 3) for one in ratios],
            "ratio": round(statistics.median(ratios), 3),
            "save_p99_ms": {name: [one["journeys"]["steps"]["save"]["p99_ms"] for one in runs]
                            for name, runs in found.items()},
            "reports": reports,
            "errors": sum(one["errors"] for runs in found.values() for one in runs) +
                      sum(len(one["failed"]) for one in reports)}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--people", type=int, default=100000)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--dir")
    args = parser.parse_args()
    site = Site(args.build, args.dir)
    try:
        site.fill()
        site.prepare(args.people)
        papers = second_contest(site, args.people)
        site.serve()
        sitters = Sitters(site, 2 * args.rounds + 2, args)
        sitters.sit(WARM_S)
        found = summary(*alternate(site, sitters, args))
        found["papers"] = papers
        found["status"] = site.hoithi("jobs", "status", "--data", site.data).splitlines()
    finally:
        site.close()
    print(json.dumps(found, ensure_ascii=False, indent=1))
    return 0 if found["ratio"] > 0.9 else 1


if __name__ == "__main__":
    sys.exit(main())
