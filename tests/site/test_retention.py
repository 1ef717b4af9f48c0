#!/usr/bin/env python3
"""Personal data goes by the profile's clock while a server runs: before, at and after
both dates, and what is left of the result then."""

import csv
import os
import re
import sqlite3

from harness import (HOME, PASSWORD, Browser, Folder, equal, hoithi, new_folder, register, run,
                     wait_for)

AFTER_CLOSE = "2024-10-05T09:00:00+07:00"
AFTER_RESULT = "2024-10-08T09:00:00+07:00"
# 90 and 365 days after 08:00 on 8 October 2024.
BEFORE, AT, AFTER = ("2025-01-06T07:30:00+07:00", "2025-01-06T08:00:00+07:00",
                     "2025-03-01T08:00:00+07:00")
WINNERS_BEFORE, WINNERS_AT = "2025-10-08T07:30:00+07:00", "2025-10-08T08:00:00+07:00"
GONE = "(tên không còn được lưu)"

folder = Folder()
with folder.demo(150) as demo:
    register(Browser(demo), name="Lý Thị Không Thi", phone="0861 000 001")


def query(sql, *values):
    with sqlite3.connect(os.path.join(folder.data, "hoithi.db")) as db:
        rows = db.execute(sql, values).fetchall()
    db.close()
    return rows


def known():
    """Mã dự thi of whom something is known."""
    return {row[0] for row in query("SELECT e.code FROM entry e JOIN person_data d"
                                    " ON d.person_id = e.person_id")}


def report(**kw):
    out = folder.run("retention", "report", **kw).out
    found = re.search(r"còn lưu dữ liệu của (\d+) người \((\d+) chỗ đoạt giải\); đã xóa (\d+) người", out)
    assert found, out
    assert "06/01/2025" in out and "08/10/2025" in out, out
    return tuple(int(number) for number in found.groups())


def look(clock):
    """A server that starts at that moment looks at once; what it told until then."""
    with folder.serve(clock) as s:
        Browser(s).get(HOME + "/ket-qua")
        wait_for(lambda: "\nretention: xong" in hoithi("jobs", "status", "--data",
                                                       folder.data).out)
    return s.log()


winners = set()
everybody = known()


def test_publish():
    for step in ("freeze", "rank"):
        folder.run("contest", step, clock=AFTER_CLOSE)
    folder.run("contest", "publish", "--decision-no", "90/QĐ-BTC", "--decision-date", "2024-10-08",
               clock=AFTER_RESULT)
    target = new_folder("export")
    folder.run("export", "results", target, clock=AFTER_RESULT)
    with open(os.path.join(target, "ranking.csv"), encoding="utf-8-sig", newline="") as file:
        winners.update(row["entry_code"] for row in csv.DictReader(file) if int(row["place"]) <= 16)
    assert 20 <= len(winners) < len(everybody) - 20, (len(winners), len(everybody))
    equal(report(clock=AFTER_RESULT), (len(everybody), len(winners), 0))


def test_before():
    assert "retention" not in look(BEFORE)
    equal(known(), everybody)


def test_at():
    log = look(AT)
    losers = len(everybody) - len(winners)
    erased = [int(n) for n in re.findall(r"retention: erased (\d+) people of binh-phuoc-2024, "
                                         r"0 of them winners", log)]
    equal(sum(erased), losers)
    equal(len(erased), 2)       # at most 100 are looked at together
    equal(known(), winners)
    acts = query("SELECT actor, subject, after_text FROM act WHERE kind = 'retention.erase'")
    equal(sum(int(row[2].split()[0]) for row in acts), losers)     # one a transaction
    equal({row[:2] for row in acts}, {("job:retention", "binh-phuoc-2024")})
    folder.run("audit", clock=AT, say=["retention.erase", "chuỗi nguyên vẹn"])
    equal(report(clock=AT), (len(winners), len(winners), losers))


def test_after():
    with folder.serve(AFTER) as s:
        b = Browser(s)
        b.get(HOME + "/ket-qua").says("Giải Nhất").says_not(GONE)
        equal(report(), (len(winners), len(winners), len(everybody) - len(winners)))
        page = b.get(HOME + "/dang-nhap")
        b.press(page, page.form("sign-in").set("sdt", "0861000001").set("matkhau", PASSWORD),
                status=422)
    equal(known(), winners)
    assert "retention" not in s.log()


def test_winners():
    assert "retention" not in look(WINNERS_BEFORE)
    equal(known(), winners)
    with folder.serve(WINNERS_AT) as s:
        b = Browser(s)
        # The page may have been made before the job had its look; then it is made anew.
        wait_for(lambda: b.get(HOME + "/ket-qua").text.count(GONE) == len(winners))
    assert f"{len(winners)} of them winners" in s.log()
    equal(known(), set())
    equal(report(clock=WINNERS_AT), (0, 0, len(everybody)))
    for table in ("person_data", "identity", "recovery", "password_reset", "device", "guardian"):
        equal(query(f"SELECT * FROM {table}"), [], table)
    assert "retention" not in look(WINNERS_AT)
    acts = query("SELECT after_text FROM act WHERE kind = 'retention.erase'")
    equal(sum(int(row[0].split()[0]) for row in acts), len(everybody))
    # Each is told outside the database, once.
    with open(os.path.join(folder.data, "erasures.log"), encoding="ascii") as file:
        told = [int(line.split()[2]) for line in file]
    equal(sorted(told), [row[0] for row in query("SELECT id FROM person ORDER BY id")])


run(globals())
