#!/usr/bin/env python3
"""What operators do to people: erase, move, merge, release; what that leaves of
papers and rankings; and whom `contest rank` points at."""

import csv
import os
import re
import sqlite3
import subprocess
import sys

from harness import (HOME, PASSWORD, ROOT, Browser, Folder, begin, equal, mark, new_folder,
                     register, run, solve)

AFTER_CLOSE = "2024-10-05T09:00:00+07:00"
AFTER_RESULT = "2024-10-08T09:00:00+07:00"
WHY = ["--reason", "Đơn số 5 của thí sinh"]

folder = Folder()


def code_of(browser):
    return re.search(r"Mã dự thi ([0-9A-Z-]+)", browser.get(HOME + "/toi").text).group(1)


def sit(browser, right):
    page = begin(browser)
    page = browser.press(page, mark(page.form("paper"), solve(page)[:right]))
    page = browser.press(page, page.form("paper"), "Nộp bài")
    return browser.press(page, page.form("submit")).says(f"{right}/30")


def sign_in(server, who, status=200):
    browser = Browser(server)
    page = browser.get(HOME + "/dang-nhap")
    browser.press(page, page.form("sign-in").set("sdt", who).set("matkhau", PASSWORD),
                  status=status)
    return browser


def person(*args, **kw):
    return folder.run("person", *args, *WHY, **kw)


def is_signed_out(browser):
    equal(browser.ask("GET", HOME + "/toi").status, 303)


def query(sql, *values):
    with sqlite3.connect(os.path.join(folder.data, "hoithi.db")) as db:
        rows = db.execute(sql, values).fetchall()
    db.close()
    return rows


def rows_of(export, name):
    with open(os.path.join(export, name), encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def export(*more):
    target = new_folder("export")
    folder.run("export", "results", target, *more, clock=AFTER_CLOSE, say="recompute.py")
    done = subprocess.run([sys.executable, os.path.join(ROOT, "tests", "recompute", "recompute.py"),
                           target], capture_output=True, text=True, timeout=120, check=False)
    equal(done.returncode, 0, done.stdout + done.stderr)
    return target


def rank(**kw):
    return folder.run("contest", "rank", clock=AFTER_CLOSE, **kw)


def hash_in(ran):
    return re.search(r"\b[0-9a-f]{64}\b", ran.out).group(0)


codes = {}


def test_while_served():
    with folder.demo(40) as s:
        erase(s)
        several_on_one_phone(s)
        release(s)
        move(s)
        merge(s)
        withdrawn(s)
        listed(s)


def erase(s):
    b = Browser(s)
    register(b, 1, name="Lý Thị Xóa", phone="0861 000 001")
    codes["erased"] = code_of(b)
    sit(b, 28)
    folder.run("person", "erase", "0861000001", status=2, say="--reason")
    person("erase", "0861000009", status=1, say="nobody")
    person("erase", "0861000001", say=[codes["erased"], "vẫn được tính"])
    person("erase", codes["erased"], status=1, say="nobody")
    is_signed_out(b)
    sign_in(s, "0861000001", status=422)
    sign_in(s, codes["erased"], status=422)
    number = query("SELECT person_id FROM entry WHERE code = ?", codes["erased"])[0][0]
    for table in ("person_data", "identity", "recovery", "password_reset", "device"):
        equal(query(f"SELECT * FROM {table} WHERE person_id = ?", number), [], table)
    # The same person is a stranger now, who may come again.
    again = Browser(s)
    register(again, 1, name="Lý Thị Xóa", phone="0861 000 001")
    assert code_of(again) != codes["erased"]
    person("erase", code_of(again))
    audit = folder.run("audit", say="chuỗi nguyên vẹn").out
    assert "person.erase" in audit and codes["erased"] in audit, audit[-500:]
    assert "0861" not in audit and "Xóa" not in audit


def several_on_one_phone(s):
    """Every command wants to know whose."""
    mine, yours = Browser(s), Browser(s)
    register(mine, name="Lý Văn Một", phone="0861000010")
    register(yours, name="Lý Văn Hai", phone="0861000010")
    both = sorted([code_of(mine), code_of(yours)])
    for words in (["erase"], ["release"], ["move", "--unit", "DP-25195"], ["reset"]):
        ran = person(words[0], "0861000010", *words[1:], status=1, say="2 people have this phone")
        equal(sorted(re.findall(r"^  (\S+)$", ran.err, re.M)), both)
    mine.get(HOME + "/toi").says("Lý Văn Một")


def release(s):
    """Someone registered with a number that is not theirs."""
    stranger, owner = Browser(s), Browser(s)
    register(stranger, name="Lý Văn Mượn", phone="0861000020")
    code = code_of(stranger)
    page = stranger.get(HOME + "/toi")
    slip = stranger.press(page, page.form("slip").set("matkhau", PASSWORD)).at("ma-khoi-phuc")
    folder.run("person", "reset", code, "--reason", "quên")
    stranger = sign_in(s, code)
    person("release", "0861000020", say=[code, "đăng ký được ngay"])
    person("release", "0861000020", status=1, say="nobody")
    is_signed_out(stranger)
    sign_in(s, "0861000020", status=422)
    number = query("SELECT person_id FROM entry WHERE code = ?", code)[0][0]
    for table in ("identity", "recovery", "password_reset"):
        equal(query(f"SELECT * FROM {table} WHERE person_id = ?", number), [], table)
    forgot = Browser(s)
    page = forgot.get(HOME + "/quen-mat-khau")
    for who in ("0861000020", code):
        forgot.press(page, page.form("forgot").set("sdt", who).set("ma", slip)
                     .set("matkhau", "một mật khẩu khác"), status=422)
    # The owner has even the same name and birth date, and that is no hindrance.
    register(owner, name="Lý Văn Mượn", phone="0861000020")
    assert code_of(owner) != code
    back = sign_in(s, code)
    back.get(HOME + "/toi").says("Lý Văn Mượn", "(không có)").says_not("0861")
    sit(back, 3)
    folder.run("person", "find", code, say=["Lý Văn Mượn", "không còn số điện thoại"])
    found = folder.run("person", "find", "0861000020").out
    assert code not in found and code_of(owner) in found, found
    folder.run("audit", say="person.release")


def move(s):
    b, other = Browser(s), Browser(s)
    register(b, name="Lý Thị Chuyển", phone="0861000030")
    register(other, group="Nhóm 1", name="Lý Thị Giữ", phone="0861000030")
    code = code_of(b)
    person("move", code, status=2, say="--unit")
    person("move", code, "--unit", "KHONG-CO", status=1, say="no unit")
    person("move", code, "--unit", "SNV-VP", status=1, say="--group")
    person("move", code, "--unit", "SNV-VP", "--group", "nhom9", status=1, say="no group nhom9")
    # Nhóm 1 takes one person a phone, and that phone has one.
    person("move", code, "--unit", "SNV-VP", "--group", "nhom1", status=1, say="people_per_phone")
    person("release", code_of(other))
    person("move", code, "--unit", "snv-vp", "--group", "nhom1", say=code)
    b.get(HOME + "/toi").says("Nhóm 1")
    sit(b, 12)
    person("move", code, "--unit", "DP-25195", "--group", "nhom2", status=1, say="papers were begun")
    person("move", code, "--unit", "SNV-TTRA", say=code)
    person("move", code, "--unit", "SNV", "--written", "Phòng Lưu trữ", say="Phòng Lưu trữ")
    b.get(HOME + "/toi").says("Phòng Lưu trữ")
    person("move", code, "--unit", "SNV-VP", say=code)
    b.get(HOME + "/toi").says_not("Phòng Lưu trữ")
    codes["moved"] = code
    told = query("SELECT before_text, after_text FROM act WHERE kind = 'person.move' AND subject = ?"
                 " ORDER BY number", code)
    equal([row[1] for row in told], ["nhom1 SNV-VP", "nhom1 SNV-TTRA", "nhom1 SNV", "nhom1 SNV-VP"])
    equal(told[0][0].split()[0], "nhom2")


def merge(s):
    first, second = Browser(s), Browser(s)
    register(first, name="Lý Thị Đôi", phone="0861000040")
    register(second, name="Lý Thị Đôi", phone="0861000041")
    one, two = code_of(first), code_of(second)
    sit(first, 30)
    person("merge", one, one, status=2, say="one and the same")
    person("merge", one, "ZZZZZZZZ", status=1, say="no entry ZZZZZZZZ")
    person("merge", "ZZZZZZZZ", one, status=1, say="no entry ZZZZZZZZ")
    person("merge", one, two, status=1, say=["the other way", f"{two} into {one}"])
    sit(second, 29)
    page = begin(first)             # an open one, too
    person("merge", one.lower(), two, say=[one, two, "2 lượt thi"])
    person("merge", one, two, status=1, say="merged already")
    person("merge", two, one, status=1)
    is_signed_out(first)
    sign_in(s, "0861000040", status=422)
    second.get(HOME + "/toi").says("Lý Thị Đôi", "29")
    register(Browser(s), name="Lý Thị Khác", phone="0861000040")
    codes["merged"], codes["into"] = one, two
    equal(query("SELECT subject, after_text FROM act WHERE kind = 'person.merge'"),
          [(one, f"into {two}")])
    assert page.has_form("paper")


def withdrawn(s):
    """Whoever left can start no paper."""
    b = Browser(s)
    register(b, name="Lý Thị Rút", phone="0861000050")
    sit(b, 30)
    codes["withdrawn"] = code_of(b)
    page = b.get(HOME + "/vao-thi")
    form = page.form("start")
    with sqlite3.connect(os.path.join(folder.data, "hoithi.db"), timeout=20) as db:
        db.execute("INSERT INTO entry_end SELECT id, 1, -1, 0 FROM entry WHERE code = ?",
                   (codes["withdrawn"],))
    db.close()
    b.press(page, form, status=409).says("không còn tham gia")
    assert not b.get(HOME + "/vao-thi").says("không còn tham gia").has_form("start")
    folder.run("person", "find", codes["withdrawn"], say="không còn tham gia")


def listed(s):
    """Two of one name and birth date; two with a prize and one phone."""
    pair, same = [], []
    for name in ("Lý Văn Cha", "Lý Văn Con"):
        b = Browser(s)
        register(b, name=name, birth="01/01/1970" if "Cha" in name else "02/02/1995",
                 phone="0861000060")
        sit(b, 30)
        pair.append(code_of(b))
    for phone in ("0861000070", "0861000071"):
        b = Browser(s)
        register(b, name="Lý Văn Trùng", birth="03/03/1980", phone=phone)
        same.append(code_of(b))
    codes["pair"], codes["same"] = sorted(pair), sorted(same)


def test_rank():
    folder.run("contest", "freeze", clock=AFTER_CLOSE)
    ran = rank()
    lines = ran.out.splitlines()
    assert "  " + " ".join(codes["same"]) in lines, ran
    assert codes["merged"] not in ran.out
    phones = [line for line in lines if "hạng" in line and codes["pair"][0] in line]
    assert len(phones) == 1 and codes["pair"][1] in phones[0], ran
    assert re.fullmatch(r"  \S+ \(nhom2 hạng \d+\), \S+ \(nhom2 hạng \d+\)", phones[0]), phones
    assert not re.search("Lý|0861", ran.out), ran
    equal(rank(say="không đổi").out.splitlines()[1:], lines[1:])    # it is said every time
    first = export("--names")
    papers = rows_of(first, "papers.csv")
    left = {row["entry_code"] for row in papers if row["excluded"] == "1"}
    assert {codes["merged"], codes["withdrawn"]} <= left, left
    ranked = {row["entry_code"] for row in rows_of(first, "ranking.csv")}
    assert not left & ranked
    assert {codes["erased"], codes["into"], codes["moved"], *codes["pair"]} <= ranked
    equal({row["unit_code"] for row in papers if row["entry_code"] == codes["moved"]}, {"SNV-VP"})
    equal([row["họ và tên"] for row in rows_of(first, "ca-nhan.csv")
           if row["mã dự thi"] == codes["erased"]], ["(không còn được lưu)"])
    why = dict(query("SELECT e.code, l.reason FROM ranking_left_out l JOIN entry e ON e.id = l.entry_id"))
    assert codes["into"] in why[codes["merged"]], why
    assert "rút" in why[codes["withdrawn"]], why


def test_erasing_changes_no_place():
    """Winners too: the same hash, the same places, and no name left."""
    before, was = export(), rank(say="không đổi")
    places = rows_of(before, "ranking.csv")
    gone = [row["entry_code"] for row in places if int(row["place"]) <= 2] + [places[-1]["entry_code"]]
    assert len(gone) >= 4, gone
    for code in gone:
        person("erase", code, clock=AFTER_CLOSE, say="vẫn được tính")
    folder.run("contest", "freeze", clock=AFTER_CLOSE, say="không đổi")
    equal(hash_in(rank(say="không đổi")), hash_in(was))
    after = export("--names")
    for name in ("papers.csv", "ranking.csv", "unit-ranking.csv", "targets.csv"):
        equal(rows_of(after, name), rows_of(before, name), name)
    with folder.serve(AFTER_RESULT) as s:
        folder.run("contest", "publish", "--decision-no", "90/QĐ-BTC", "--decision-date",
                   "2024-10-08", say="đã công bố")
        b = Browser(s)
        page = b.get(HOME + "/ket-qua")
        unnamed = [row for row in places if int(row["place"]) <= 16 and
                   row["entry_code"] in gone + [codes["erased"]]]
        equal(page.text.count("(tên không còn được lưu)"), len(unnamed))
        # A page that was made before is not kept.
        alive = next(row["entry_code"] for row in places
                     if int(row["place"]) == 3 and row["entry_code"] not in gone)
        person("erase", alive)
        equal(b.get(HOME + "/ket-qua").text.count("(tên không còn được lưu)"), len(unnamed) + 1)


def test_leaving_after_the_ranking_is_seen():
    """What was ranked is not published once somebody left."""
    folder.run("contest", "publish", "--decision-no", "1", "--decision-date", "2024-10-08",
               clock=AFTER_RESULT, status=1, say="đã được công bố")
    places = rows_of(export(), "ranking.csv")
    loser = places[-2]["entry_code"]
    was = hash_in(rank(say="không đổi"))
    person("merge", loser, codes["pair"][0], clock=AFTER_CLOSE, say="đã nhập")
    assert hash_in(rank()) != was
    equal({row["excluded"] for row in rows_of(export(), "papers.csv") if row["entry_code"] == loser},
          {"1"})


run(globals())
