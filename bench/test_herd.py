#!/usr/bin/env python3
"""A small herd against a server with one processor: as many sign in as it cannot hash at
once, so that some of them have to wait; everybody gets what they came for. And the herd
does see what goes wrong."""

import datetime
import json
import os
import sqlite3
import subprocess
import sys

sys.path.insert(0, os.path.join(sys.argv[2], "tests", "site"))
from harness import CODE, HOITHI, HOME, SAMPLE, Browser, Folder, equal, metric, run  # noqa: E402

BENCH = os.path.join(os.path.dirname(HOITHI), "../../bench")
# 256 may wait for a hash, and a processor makes fewer than 100 a second.
READY, SIGN_INS, REGISTERS = 100, 330, 6
WINDOW_S = 0.3
OPENS = "2024-09-20T08:00:00+07:00"
LEAD_S = 15

folder = Folder().new()


def hours_before(hours, seconds=0):
    return (datetime.datetime.fromisoformat(OPENS) -
            datetime.timedelta(hours=hours, seconds=seconds)).isoformat()


def write(name, lines):
    path = os.path.join(folder.root, name)
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(lines)
    return path


def read(name):
    with open(os.path.join(folder.root, name), encoding="utf-8") as file:
        return file.readlines()


def herd(server, *words, status=0):
    ran = subprocess.run([os.path.join(BENCH, "herd"), "--url", f"http://127.0.0.1:{server.port}",
                          "--contest", CODE, *map(str, words)], check=False, capture_output=True,
                         text=True, timeout=200)
    equal(ran.returncode, status, ran.stderr + ran.stdout)
    return json.loads(ran.stdout)


def serve_on_one_processor(clock):
    ours = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(ours)})
    try:
        return folder.serve(clock, "--metrics", "127.0.0.1:0")
    finally:
        os.sched_setaffinity(0, ours)


def opens_ms():
    """By the machine's clock."""
    with sqlite3.connect(os.path.join(folder.data, "hoithi.db")) as db:
        (shift,) = db.execute("SELECT value FROM setting WHERE name = 'clock_shift_ms'").fetchone()
    db.close()
    return int(datetime.datetime.fromisoformat(OPENS).timestamp() * 1000) - int(shift)


def prepare():
    folder.run("contest", "apply", SAMPLE, clock=hours_before(24))
    made = subprocess.run([os.path.join(BENCH, "prepare"), *folder.args, "--people",
                           str(READY + SIGN_INS + 1), "--cookies", os.path.join(folder.root, "c"),
                           "--pages", os.path.join(folder.root, "pages"), "--browsers",
                           os.path.join(folder.root, "browsers"), "--browsers-count",
                           str(SIGN_INS + REGISTERS)], check=True, capture_output=True, text=True)
    return json.loads(made.stdout)


def test_a_herd():
    made = prepare()
    pages, browsers = read("pages"), read("browsers")
    sign_ins = (f"{browser.strip()} 098{READY + i:07d} {made['password']}\n"
                for i, browser in enumerate(browsers[:SIGN_INS]))
    with serve_on_one_processor(hours_before(0, LEAD_S)) as s:
        early = Browser(s)
        early.cookies["hoithi"] = pages[READY + SIGN_INS].split()[0]
        early.get(HOME + "/vao-thi").says("Chưa đến giờ mở thi.")
        seen = herd(s, "--at", opens_ms(), "--window", WINDOW_S, "--ready",
                    write("ready", pages[:READY]), "--sign-ins", write("sign-ins", sign_ins),
                    "--registers", write("registers", browsers[SIGN_INS:]), "--group",
                    made["group"], "--unit", made["unit"], "--phone-from", 0)
        equal((seen["errors"], seen["not_in"]), (0, 0))
        equal([seen[name]["n"] for name in ("start", "paper", "signed_in", "paper_after",
                                            "registered")],
              [READY, READY, SIGN_INS, SIGN_INS, REGISTERS])
        assert seen["waited"] > 0, seen
        equal(metric(s, 'hoithi_papers_total{event="started"}'), READY + SIGN_INS)
        # Their form is somebody else's.
        cookie, token = pages[READY + SIGN_INS].split()[0], pages[0].split()[1]
        seen = herd(s, "--window", 0, "--limit", 1, "--ready",
                    write("wrong", [f"{cookie} {token}\n"]), status=1)
        equal((seen["errors_by_kind"], seen["not_in"]), ({"status": 1}, 1))
        equal(metric(s, 'hoithi_papers_total{event="started"}'), READY + SIGN_INS)


run(globals())
