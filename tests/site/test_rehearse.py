#!/usr/bin/env python3
"""A rehearsal on the organizer's machine: it plays against a copy, served or not, and
whatever becomes of it nothing is left of the copy and nothing is changed in the folder. How
many people the machine holds is not judged here; that the page's figures belong together is."""

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import time

from harness import (BAD_SIGNS, CODE, HOITHI, HOME, SAMPLE, Browser, Folder, equal, hoithi,
                     new_folder, run, wait_for)

PEOPLE = 240
STEPS = ("trang trước khi vào thi", "bấm Vào thi", "mở đề", "lưu bài", "nộp bài", "xem kết quả",
         "trang đăng nhập", "đăng nhập")
# What a server holds while it runs, and counts when the clock says so.
OWN_ROWS = ('INSERT INTO "lease"', 'INSERT INTO "snapshot"', 'INSERT INTO "snapshot_row"')


def real():
    """A folder of the sample that is no rehearsal."""
    made = Folder().new()
    made.run("contest", "apply", SAMPLE)
    return made


def query(path, sql):
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=20)
    try:
        return db.execute(sql).fetchall()
    finally:
        db.close()


def dump(where, served=False):
    """Every row; of a folder that nobody serves without a file beside the database."""
    db = sqlite3.connect(f"file:{where.data}/hoithi.db?mode=ro&immutable={int(not served)}",
                         uri=True)
    try:
        return [line for line in db.iterdump() if not any(row in line for row in OWN_ROWS)]
    finally:
        db.close()


def files_of(where):
    """The log of what is watched is made by whatever comes first."""
    return sorted(set(os.listdir(where.data)) | {"security.log"})


def work_of(where):
    return os.path.join(where.root, "hoithi-rehearsal")


def copy_of(where):
    return os.path.join(work_of(where), "rehearsal-copy", "hoithi.db")


def arguments(where, *more, people=PEOPLE):
    return ["rehearse", *where.args, "--people", str(people), "--minutes", "1", *more]


def started(where, *more, people=PEOPLE):
    """One under way; standard error is in a file."""
    log = new_folder("log")
    with open(log, "wb") as file:
        process = subprocess.Popen([HOITHI, *arguments(where, *more, people=people)],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=file)
    return process, log


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def processes_of(where):
    """Those whose command line names the copy."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                if work_of(where).encode() in file.read():
                    found.append(int(pid))
        except OSError:
            pass
    return found


def nothing_left(where, files):
    assert not os.path.exists(work_of(where))
    equal(files_of(where), files)
    equal(processes_of(where), [])


def number(text):
    return int(text.replace(".", ""))


def value(page, name):
    found = re.search(rf"^  {re.escape(name)}  +(.*)$", page, re.M)
    assert found, (name, page)
    return found.group(1)


def looks_right(page):
    """A page whose figures belong together."""
    came = number(re.search(r"đã đến ([\d.]+)$", value(page, "Người giả lập")).group(1))
    done = number(value(page, "Bài người giả lập làm trọn"))
    equal(done, number(value(page, "Bài đã nộp trong bản sao")))
    assert 0 < done < came <= PEOPLE, page
    lines = {step: number(re.search(r"\(([\d.]+) lượt\)$", value(page, step)).group(1))
             for step in STEPS}
    # Each who came to hold the rate went the whole way, but for those under way at the end.
    held = [lines[step] for step in STEPS[:3] + STEPS[4:6]]
    equal(held, sorted(held, reverse=True), lines)
    assert lines["lưu bài"] >= 30 * lines["nộp bài"] > 0, lines
    assert 0 < lines["đăng nhập"] <= lines["trang đăng nhập"] <= held[0] / 5 + 1, lines
    assert re.search(rf"^KẾT LUẬN cho {PEOPLE} người cùng thi: (ĐỦ|KHÔNG ĐỦ|CHƯA BIẾT)$", page,
                     re.M), page
    a_second, an_hour = re.search(r"([\d.,]+) một giây, ([\d.]+) một giờ",
                                  value(page, "Bài thi trọn vẹn")).groups()
    a_second = float(a_second.replace(".", "").replace(",", "."))
    # A second's figure is rounded, in tenths or from 100 on to the whole.
    assert abs(number(an_hour) / 3600 - a_second) <= 0.5, page
    seated = number(re.search(r"[\d.]+$", value(page, "Người ngồi thi cùng lúc")).group())
    assert abs(seated * 2 - number(an_hour)) <= 2, page     # a paper has half an hour
    assert "BƯỚC CHẬM TRƯỚC NHẤT" in page and "máy chủ" in value(page, "CPU"), page


def test_unserved():
    folder = real()
    before, files = dump(folder), files_of(folder)
    ran = hoithi(*arguments(folder), timeout=150)
    looks_right(ran.out)
    for stage in ("khởi động", "cùng bấm Vào thi", "đăng nhập", "tăng dần", "giữ mức 80 %"):
        assert f"{stage}" in ran.err, ran
    assert "\x1b" not in ran.err and "\r" not in ran.err, ran     # it is no terminal
    equal(dump(folder), before)
    nothing_left(folder, files)
    log = read(os.path.join(folder.data, "security.log"))
    equal(len(re.findall(r"name=rehearse-copy \S+ status=0", log)), 1, log)


def test_served():
    """The server of a contest that is not open goes on meanwhile."""
    folder = real()
    backups, public = new_folder("backups"), new_folder("public")
    os.mkdir(backups)
    hoithi("keys", "backup-pair", "--public", public, "--private", new_folder("private"))
    with folder.serve() as server:
        hoithi("backup", "--data", folder.data, "--to", backups, "--public", public)
        before, files = dump(folder, served=True), files_of(folder)
        process, log = started(folder)
        wait_for(lambda: process.poll() is not None or "khởi động" in read(log), 60)
        Browser(server).get(HOME).says("Hội thi")
        # The copy is a rehearsal, tells nobody's backups of anything, and has the crowd.
        copy = copy_of(folder)
        equal(dict(query(copy, "SELECT name, value FROM setting WHERE name IN "
                         "('kind', 'backup_folder')")), {"kind": "rehearsal", "backup_folder": ""})
        equal(query(copy, "SELECT COUNT(*) FROM person"), [(PEOPLE,)])
        hoithi(*arguments(folder), status=1, say="running already")
        out, _ = process.communicate(timeout=150)
        equal(process.returncode, 0, read(log))
        assert not any(sign in read(log) for sign in BAD_SIGNS), read(log)
        looks_right(out.decode())
        equal(dump(folder, served=True), before)
        equal(query(os.path.join(folder.data, "hoithi.db"), "SELECT COUNT(*) FROM person"), [(0,)])
        nothing_left(folder, files)
        Browser(server).get(HOME).says("Hội thi")


def ends(folder, files, when, number_, status):
    """A signal once `when` was said."""
    process, log = started(folder, "--even-while-open", people=20000 if "thêm" in when else PEOPLE)
    wait_for(lambda: process.poll() is not None or when in read(log), 60)
    process.send_signal(number_)
    out, _ = process.communicate(timeout=60)
    equal((process.returncode, out), (status, b""), read(log))
    assert not any(sign in read(log) for sign in BAD_SIGNS), read(log)
    if status == 1:
        assert "stopped; the copy is removed" in read(log), read(log)
        nothing_left(folder, files)
    return log


def test_open_and_signals():
    folder = Folder()
    with folder.demo(40) as server:
        before, files = dump(folder, served=True), files_of(folder)
        hoithi(*arguments(folder), status=1, say=f"{CODE} is open now")
        nothing_left(folder, files)
        ends(folder, files, "thêm", signal.SIGTERM, 1)
        ends(folder, files, "tăng dần", signal.SIGINT, 1)
        # Killed, it cannot tidy up: its server ends all the same, and the next one does it.
        ends(folder, files, "tăng dần", signal.SIGKILL, -signal.SIGKILL)
        wait_for(lambda: not processes_of(folder), 40)
        assert os.path.exists(copy_of(folder))
        ends(folder, files, "khởi động", signal.SIGHUP, 1)
        equal(dump(folder, served=True), before)
        Browser(server).get(HOME).says("Hội thi")


def test_refusals():
    folder = real()
    before, files = dump(folder), files_of(folder)
    inside, other = os.path.join(folder.data, "inside"), new_folder("other")
    hoithi(*arguments(folder, "--work", other), status=1, say="there is no folder")
    os.mkdir(inside)
    hoithi(*arguments(folder, "--work", inside), status=1, say="may not lie inside")
    os.rmdir(inside)
    hoithi(*arguments(folder, "--contest", "none"), status=1, say="there is no contest none")
    nothing_left(folder, files)
    keys, folder.keys = folder.keys, Folder().new().keys
    hoithi(*arguments(folder), status=1, say="are these their keys?")
    folder.keys = keys
    nothing_left(folder, files)
    equal(dump(folder), before)
    # Only what a rehearsal makes is removed.
    mine = os.path.join(work_of(folder), "data")
    os.makedirs(mine)
    hoithi(*arguments(folder, "--contest", "none"), status=1)
    equal(os.listdir(work_of(folder)), ["data"])
    # What is not decided cannot be played.
    contest = new_folder("contest")
    shutil.copytree(SAMPLE, contest)
    path = os.path.join(contest, "profile.json")
    profile = json.loads(read(path))
    profile["paper"]["time_limit_s"] = None
    with open(path, "w", encoding="utf-8") as file:
        json.dump(profile, file)
    undecided = Folder().new()
    undecided.run("contest", "apply", contest, clock="2024-09-08T12:00:00+07:00")
    hoithi(*arguments(undecided), status=1, say="the rules are not complete")
    empty = Folder().new()
    hoithi(*arguments(empty), status=1, say="there is no data")
    assert not os.path.exists(work_of(empty))


run(globals())
