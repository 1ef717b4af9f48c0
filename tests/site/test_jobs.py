#!/usr/bin/env python3
"""What runs beside the paper gives way to it: all of it at once while somebody saves, and
an operator who lets it wait. A second contest, long over, has papers of thousands."""

import os
import re
import sqlite3
import sys
import threading
import time

from harness import (HOME, ROOT, Browser, Folder, begin, equal, hoithi, mark, new_folder,
                     register, run, wait_for)

sys.path.insert(0, os.path.join(ROOT, "bench"))
import reports  # noqa: E402

OVER = ["--contest", reports.OVER]
PEOPLE = 3000

folder = Folder()
folder.demo(30).end()
reports.over_folder(os.path.join(folder.root, reports.OVER))
folder.run("contest", "apply", os.path.join(folder.root, reports.OVER))
PAPERS = reports.fill(folder.data, PEOPLE)


def query(sql, *values):
    with sqlite3.connect(os.path.join(folder.data, "hoithi.db"), timeout=20) as db:
        rows = db.execute(sql, values).fetchall()
    db.close()
    return rows


def jobs(*words, **kw):
    return hoithi("jobs", *words, "--data", folder.data, **kw).out


def status(job):
    """What `jobs status` tells of one, and its numbers."""
    line = next(line for line in jobs("status").splitlines() if line.startswith(job + ": "))
    found = re.search(r"(\d+) ms, (\d+) dòng; (\d+) lát đọc, (\d+) lát ghi", line)
    return line, dict(zip(("ms", "rows", "reads", "writes"), map(int, found.groups()))) \
        if found else {}


def forget_snapshots():
    """The server takes anew what is not there."""
    query("DELETE FROM snapshot_row")
    query("DELETE FROM snapshot")


def participation():
    """What the snapshots of the second contest say, and what one query says: the papers."""
    taken = query("SELECT s.due_at, r.unit_id, r.people, r.papers FROM snapshot s JOIN contest c"
                  " ON c.id = s.contest_id JOIN snapshot_row r ON r.snapshot_id = s.id"
                  " WHERE c.code = ? AND s.due_at > 0", reports.OVER)
    counted = query("SELECT s.due_at, e.unit_id, COUNT(DISTINCT e.id), COUNT(*) FROM snapshot s"
                    " JOIN contest c ON c.id = s.contest_id JOIN paper p ON p.contest_id = c.id"
                    " AND p.submitted_at < s.due_at JOIN entry e ON e.id = p.entry_id"
                    " WHERE c.code = ? AND s.due_at > 0 GROUP BY 1, 2", reports.OVER)
    return sorted(taken), sorted(counted)


def everything(target):
    """All reports at once; each has to be done."""
    problems = []

    def one(*steps):
        for step in steps:
            try:
                folder.run(*step, timeout=200)
            except AssertionError as error:
                problems.append((step, error))

    threads = [threading.Thread(target=one, args=steps) for steps in
               ([("contest", "freeze", *OVER), ("contest", "rank", *OVER),
                 ("export", "results", target, *OVER, "--names")],
                [("retention", "report")] * 3, [("audit",)] * 3, [("keys", "reseal")])]
    forget_snapshots()
    for thread in threads:
        thread.start()
    return threads, problems


def test_all_at_once():
    """Saves go on, in slices all of it is done, and the result is the one of a folder that
    nobody serves."""
    served, alone = new_folder("served"), new_folder("alone")
    with folder.serve() as s:
        b = Browser(s)
        register(b)
        page = begin(b)
        threads, problems = everything(served)
        n = 0
        while n < 20 or any(thread.is_alive() for thread in threads):
            form = mark(page.form("paper"), "1234"[n % 4] * 30)
            page = b.press(page, form)
            assert page.has_form("paper"), page.text[:500]
            n += 1
        for thread in threads:
            thread.join()
        assert not problems, problems
        print("    saves meanwhile:", n)
        for job, least in (("contest freeze", PAPERS), ("contest rank", PAPERS)):
            line, numbers = status(job)
            assert line.startswith(f"{job}: xong"), line
            assert numbers["writes"] > 2 and numbers["rows"] > least, line
            print("   ", line)
        wait_for(lambda: len(query("SELECT 1 FROM snapshot WHERE due_at > 0")) > 10, 60)
        taken, counted = participation()
        assert taken
        equal(taken, counted)
        wait_for(lambda: status("snapshot")[0].startswith("snapshot: xong"), 60)
    folder.run("contest", "freeze", *OVER, say="không đổi")
    folder.run("contest", "rank", *OVER, say="không đổi")
    folder.run("export", "results", alone, *OVER, "--names")
    for name in os.listdir(alone):
        with open(os.path.join(served, name), "rb") as a, open(os.path.join(alone, name), "rb") as c:
            if name != "manifest.json":     # it has the moment of the export
                equal(a.read(), c.read(), name)
    equal(query("SELECT COUNT(*) FROM freeze_paper")[0][0], PAPERS)


def test_pause():
    with folder.serve() as s:
        jobs("pause", "--for", "30m", say="tạm dừng")
        assert "tạm dừng, còn 30 phút" in jobs("status"), jobs("status")
        for words in (("contest", "rank", *OVER), ("export", "results", new_folder("x"), *OVER),
                      ("retention", "report"), ("keys", "reseal")):
            folder.run(*words, status=1, say=["paused for another 30 minutes", "jobs resume"])
        # What decides a result goes on, and so does the paper.
        folder.run("contest", "freeze", *OVER, say="không đổi")
        Browser(s).get(HOME)
        # A snapshot that was under way may have ended; no other one begins.
        forget_snapshots()
        time.sleep(3)
        forget_snapshots()
        time.sleep(3)
        equal(query("SELECT COUNT(*) FROM snapshot"), [(0,)])
        jobs("resume", say="chạy tiếp")
        assert "tạm dừng" not in jobs("status"), jobs("status")
        wait_for(lambda: query("SELECT 1 FROM snapshot WHERE due_at > 0"), 60)
        folder.run("retention", "report", say="còn lưu")
        jobs("pause", say="đến")
    # Two pauses and one resume, each told with what was before.
    told = folder.run("audit").out
    equal(re.findall(r"(jobs\.\w+): jobs; trước: ([\w ]+); sau: ([\w ]+)", told),
          [("jobs.pause", "running", "paused for 30 minutes"),
           ("jobs.resume", "paused for 30 minutes", "running"),
           ("jobs.pause", "running", "paused for 240 minutes")])
    # It does not outlive the server.
    with folder.serve():
        assert "tạm dừng" not in jobs("status")


def test_nobody_serves():
    for word in ("pause", "resume", "status"):
        jobs(word, status=1, say="nobody serves")


run(globals())
