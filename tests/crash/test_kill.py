#!/usr/bin/env python3
"""kill -9 of the server at random moments under full load, again and again. After each,
before anybody mends anything, the tables have to hold all that people were told.

    test_kill.py HOITHI SOURCE_ROOT JOURNEYS PREPARE [NAME …]

    CRASH_KILLS=25  CRASH_CONNECTIONS=48  CRASH_SEED=…

`make crash` does it 200 times with a release build."""

import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time

from manager import Rehearsal
from harness import ROOT, equal, hoithi, new_folder, run, wait_for
from record import Record, open_tables

KILLS = int(os.environ.get("CRASH_KILLS", "25"))
CONNECTIONS = os.environ.get("CRASH_CONNECTIONS", "48")
SEED = int(os.environ.get("CRASH_SEED", time.time_ns() % 1000000))
LIFE_S = 1.0            # at most, of a server that is ready
ACKNOWLEDGED_S = 0.05   # within which it is likely to acknowledge something
EARLY, START_S = 0.15, 0.4      # the part of servers that are killed while they start
INTEGRITY_EVERY = 10
NEVER_S = "100000"
AFTER_CLOSE = "2024-10-06T12:00:00+07:00"
LAST_SNAPSHOT = "2024-10-05T11:00:00+07:00"

dice = random.Random(SEED)
rehearsal = Rehearsal(max(3000, 250 * KILLS))
manager, data = rehearsal.manager, rehearsal.data
before_planting = None      # a copy of the folder, and the record, after all kills


def check_integrity():
    tables = open_tables(data)
    equal(tables.execute("PRAGMA integrity_check").fetchall(), [("ok",)], "integrity_check")
    equal(tables.execute("PRAGMA foreign_key_check").fetchall(), [], "foreign_key_check")
    tables.close()


def check_after(record, n):
    """Nothing is mended by looking."""
    log = os.path.join(data, "hoithi.db-wal")
    left = os.path.getsize(log) if os.path.exists(log) else 0
    record.read().check(data, f"after kill {n} (CRASH_SEED={SEED})")
    if n % INTEGRITY_EVERY == 0:
        check_integrity()
    equal(os.path.getsize(log) if os.path.exists(log) else 0, left, "bytes of the log")
    return left


def live(server, early, journal):
    """Until a random moment; every second time on to the next acknowledgement, so that
    one that comes before its commit is hardly missed."""
    if not early:
        manager.wait_for("READY=1", server)
    time.sleep(dice.uniform(0, START_S if early else LIFE_S))
    on_time = dice.random() < 0.5
    size, end = os.path.getsize(journal), time.monotonic() + ACKNOWLEDGED_S
    while on_time and os.path.getsize(journal) == size and time.monotonic() < end:
        pass


def test_kills():
    global before_planting
    paths = [new_folder("journal"), new_folder("journal")]
    record, early, left = Record(*paths), 0, 0
    loads = [rehearsal.journeys("--connections", CONNECTIONS, "--seconds", NEVER_S,
                                "--journal", paths[0]),
             rehearsal.registers("--door-connections", "2", "--door-seconds", NEVER_S,
                                 "--journal", paths[1])]
    for n in range(1, KILLS + 1):
        server = rehearsal.serve(wait=False)
        is_early = n > 1 and dice.random() < EARLY
        live(server, is_early, paths[0])
        server.kill()
        server.check_log()
        early += is_early
        while manager.heard():      # what the dead one said is of no interest
            pass
        assert loads[0].process.poll() is None, "the load has no more people"
        left += check_after(record, n) > 0
    server = rehearsal.serve()
    wait_for(lambda: record.read().entries, 60)
    figures = [load.end() for load in loads]
    manager.end(server)
    record.read().check(data, "at the end")
    check_integrity()
    check_whole(record)
    before_planting = copy_of(data), record
    counts = record.counts
    print(f"    {KILLS} kills, {early} of them while starting, {left} with a log to mend;",
          f"CRASH_SEED={SEED}")
    print("    acknowledged:", ", ".join(f"{counts[what]} {words}" for what, words in (
        ("register", "registrations"), ("start", "starts"), ("save", "saves"),
        ("submit", "submissions"), ("receipt", "receipts"))) + "; lost 0;",
        f"without an answer: {figures[0]['journeys']['unanswered']} and sent again,",
        f"{figures[1]['registers']['unanswered']} registrations")


def check_whole(record):
    """Everybody was let finish, so nothing is unknown: there is no paper but those of
    which people were told, and each is submitted."""
    assert all(told.submitted and told.receipt for told in record.papers.values())
    with open(rehearsal.cookies, encoding="ascii") as file:
        first = min(person for person, _ in record.papers)
        n = len(file.readlines())
    tables = open_tables(data)
    equal(tables.execute("SELECT COUNT(*) FROM paper p JOIN entry e ON e.id = p.entry_id"
                         " WHERE e.person_id >= ?", (first,)).fetchone()[0], len(record.papers),
          "papers of those who came")
    assert len({person for person, _ in record.papers}) <= n
    tables.close()


def test_aggregates():
    """What the jobs count after all that is what the papers say; and another program
    comes to the same result."""
    server = rehearsal.serve(clock=AFTER_CLOSE)
    tables = open_tables(data)
    wait_for(lambda: tables.execute("SELECT 1 FROM snapshot WHERE due_at = unixepoch(?) * 1000",
                                    (LAST_SNAPSHOT,)).fetchone(), 60)
    manager.end(server)
    snapshots = tables.execute("SELECT id, due_at, people, papers FROM snapshot").fetchall()
    papers = tables.execute("SELECT e.unit_id, p.entry_id, p.submitted_at FROM paper p JOIN entry e"
                            " ON e.id = p.entry_id WHERE p.state = 1").fetchall()
    equal(tables.execute("SELECT COUNT(*) FROM paper WHERE state = 0").fetchone(), (0,), "open")
    for number, due_at, n_people, n_papers in snapshots:
        units = {}
        for unit, entry, submitted_at in papers:
            if submitted_at < due_at:
                units.setdefault(unit, []).append(entry)
        equal({unit: rest for unit, *rest in tables.execute(
            "SELECT unit_id, people, papers FROM snapshot_row WHERE snapshot_id = ?", (number,))},
            {unit: [len(set(entries)), len(entries)] for unit, entries in units.items()}, due_at)
        equal((n_people, n_papers), (len({e for list_ in units.values() for e in list_}),
                                     sum(map(len, units.values()))), due_at)
    tables.close()
    folder, export = ("--data", data, "--keys", rehearsal.keys), new_folder("export")
    hoithi("contest", "freeze", *folder, timeout=300)
    hoithi("contest", "rank", *folder, timeout=300)
    hoithi("export", "results", export, *folder, timeout=300)
    recompute = os.path.join(ROOT, "tests", "recompute", "recompute.py")
    again = subprocess.run([sys.executable, recompute, export], capture_output=True, text=True,
                           timeout=600, check=False)
    equal((again.returncode, "agrees" in again.stdout), (0, True), again.stdout[-2000:])
    print(f"    {len(snapshots)} snapshots of {len(papers)} papers;", again.stdout.strip())


def copy_of(folder):
    copied = new_folder("copy")
    shutil.copytree(folder, copied, ignore=shutil.ignore_patterns("*.sock"))
    return copied


def planted(change):
    """The problems that are found once somebody changed the tables by hand."""
    folder, record = before_planting
    changed = copy_of(folder)
    tables = sqlite3.connect(os.path.join(changed, "hoithi.db"))
    change(tables)
    tables.commit()
    tables.close()
    return record.compare(changed)


def paper_id(tables, key):
    return tables.execute("SELECT p.id FROM paper p JOIN entry e ON e.id = p.entry_id"
                          " WHERE e.person_id = ? AND p.attempt = ?", key).fetchone()[0]


def test_planted():
    """It would have been seen: what was acknowledged is taken away by hand."""
    record = before_planting[1]
    saved = next(key for key, told in reversed(record.papers.items()) if told.revision > 1)
    submitted = next(key for key, told in record.papers.items() if told.submitted)
    entry, vector = next(iter(record.entries)), record.papers[saved].vector
    other = vector.answers[:-1] + ("1" if vector.answers[-1] != "1" else "2")

    def roll_back(tables):
        told = record.papers[saved]
        tables.execute("UPDATE paper SET revision = ?, answers = ? WHERE id = ?",
                       (told.revision - 1, other, paper_id(tables, saved)))

    def alter(tables):
        tables.execute("UPDATE paper SET revision = ?, answers = ? WHERE id = ?",
                       (record.papers[saved].revision, other, paper_id(tables, saved)))

    def undo(tables):
        tables.execute("UPDATE paper SET state = 0, submitted_at = -1, receipt = '', salt = x'',"
                       " leaf_hash = x'' WHERE id = ?", (paper_id(tables, submitted),))

    def delete_start(tables):
        tables.execute("DELETE FROM paper WHERE id = ?", (paper_id(tables, submitted),))

    def delete_entry(tables):
        tables.execute("DELETE FROM entry WHERE code = ?", (entry,))

    def start_twice(tables):
        paper = paper_id(tables, saved)
        columns = [row[1] for row in tables.execute("PRAGMA table_info(paper)")]
        another = ", ".join({"id": "1", "attempt": "attempt + 7"}.get(name, name)
                            for name in columns)
        tables.execute("UPDATE paper SET state = 0 WHERE id = ?", (paper,))
        tables.execute(f"INSERT INTO paper SELECT {another} FROM paper WHERE id = ?", (paper,))
    equal(planted(lambda tables: None), [])
    for change, word in ((roll_back, "a save is gone"), (alter, "other answers"),
                         (undo, "a submission is gone"), (delete_start, "a start is gone"),
                         (delete_entry, "a registration is gone"),
                         (start_twice, "two open papers")):
        problems = planted(change)
        assert any(problem.startswith(word) for problem in problems), (word, problems)
        print(f"    {change.__name__}: {problems[0]}")


run(globals())
