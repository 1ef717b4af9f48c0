#!/usr/bin/env python3
"""New keys while a server runs, and sealing anew what the old ones sealed."""

import base64
import os
import re
import shutil
import sqlite3

from harness import (HOME, PASSWORD, Browser, Folder, begin, equal, hoithi, mark, new_folder,
                     register, run, solve)

folder = Folder()
people = []         # browsers that signed in under the first keys


def query(sql, *values):
    with sqlite3.connect(os.path.join(folder.data, "hoithi.db")) as db:
        rows = db.execute(sql, values).fetchall()
        db.commit()
    db.close()
    return rows


def lines(purpose, keys=None):
    with open(os.path.join(keys or folder.keys, purpose + ".key"), encoding="ascii") as file:
        return file.read().splitlines()


def numbers(purpose):
    return [int(line.split()[0]) for line in lines(purpose)]


def sealed_under():
    """How many people's columns are sealed under which key."""
    found = {}
    for row in query("SELECT name_sealed, birth_sealed, phone_sealed FROM person_data"):
        for value in row:
            number = int.from_bytes(value[:2], "big")
            found[number] = found.get(number, 0) + 1
    return found


def signed_under(browser):
    cookie = base64.urlsafe_b64decode(browser.cookies["hoithi"] + "==")
    return int.from_bytes(cookie[1:3], "big")


def sign_in(server, phone):
    b = Browser(server)
    page = b.get(HOME + "/dang-nhap")
    b.press(page, page.form("sign-in").set("sdt", phone).set("matkhau", PASSWORD)).says("Trang của tôi")
    return b


def sit(browser):
    page = begin(browser)
    page = browser.press(page, mark(page.form("paper"), solve(page)[:5]))
    page = browser.press(page, page.form("paper"), "Nộp bài")
    browser.press(page, page.form("submit")).says("5/30")


def test_wrong_uses():
    with folder.demo(30) as s:
        old = {name: lines(name) for name in ("personal", "index", "bank", "session", "log")}
        folder.run("keys", "rotate", "index", status=1, say="one key for good")
        folder.run("keys", "rotate", "personal", "log", status=1, say="receipts")
        folder.run("keys", "rotate", "khong-co", status=2, say="no purpose")
        # Other keys than the server's, right as they are.
        other = Folder().new()
        hoithi("keys", "rotate", "--data", folder.data, "--keys", other.keys, status=1,
               say="not what was opened")
        equal(len(lines("personal", other.keys)), 1)
        hoithi("keys", "rotate", "--data", folder.data, status=2, say="--keys")
        hoithi("keys", "rotate", "--data", folder.data, "--keys", new_folder("none"), status=1,
               say="no key file")
        path = os.path.join(folder.keys, "personal.key")
        os.chmod(path, 0o640)
        folder.run("keys", "rotate", "personal", status=1, say="read by others")
        os.chmod(path, 0o600)
        for name, wanted in old.items():
            equal(lines(name), wanted, name)
        equal(query("SELECT * FROM act WHERE kind = 'keys.rotate'"), [])
        b = Browser(s)
        register(b, name="Lý Thị Trước", phone="0861 000 001")
        people.append(b)
        equal(signed_under(b), 1)
        rotate(s)


def rotate(s):
    """The server that holds the folder uses the new keys at once."""
    first = people[0]
    before = sealed_under()
    equal(set(before), {1})
    page = first.get(HOME + "/toi")        # a form that was signed under the old key
    ran = folder.run("keys", "rotate", say=["personal: khóa số 2", "bank: khóa số 2",
                                            "session: khóa số 2"])
    assert not re.search("[0-9a-f]{64}", ran.out + ran.err), ran
    for purpose in ("personal", "bank", "session"):
        equal(numbers(purpose), [1, 2])
        info = os.stat(os.path.join(folder.keys, purpose + ".key"))
        equal((info.st_mode & 0o777, info.st_uid), (0o600, os.getuid()))
    for purpose in ("index", "log"):
        equal(numbers(purpose), [1])
    equal(sorted(os.listdir(folder.keys)),
          ["bank.key", "index.key", "log.key", "personal.key", "session.key"])
    slip = first.press(page, page.form("slip").set("matkhau", PASSWORD))
    assert slip.at("ma-khoi-phuc")
    first.get(HOME + "/toi").says("Lý Thị Trước")
    sit(first)
    second = Browser(s)
    register(second, number=2, name="Lý Thị Sau", phone="0861 000 002")
    equal(signed_under(second), 2)
    equal(sealed_under(), {1: before[1], 2: 3})
    again = sign_in(s, "0861000001")
    equal(signed_under(again), 2)
    people.extend([second, again])
    found = folder.run("person", "find", "0861000001").out
    assert "Lý Thị Trước" in found
    equal(query("SELECT subject, before_text, after_text FROM act WHERE kind = 'keys.rotate'"),
          [("personal, bank, session", "personal 1, bank 1, session 1",
            "personal 2, bank 2, session 2")])
    folder.run("keys", "rotate", "session", say="session: khóa số 3")
    equal(numbers("session"), [1, 2, 3])
    equal(numbers("personal"), [1, 2])


def test_restart():
    """Everything that was sealed and signed before and after is read."""
    with folder.serve() as s:
        for browser in people:
            browser.moved_to(s).get(HOME + "/toi").says("Lý Thị")
        sit(people[1])
        people.append(sign_in(s, "0861000002"))
        equal(signed_under(people[-1]), 3)


def test_not_served():
    """The same without a server; papers are still drawn from the bank afterwards."""
    folder.run("keys", "rotate", "bank", say="bank: khóa số 3")
    equal(numbers("bank"), [1, 2, 3])
    with folder.serve() as s:
        sit(people[1].moved_to(s))


def test_reseal():
    """While it is served; then the old line is needed no more."""
    with folder.serve() as s:
        guardian = query("SELECT id FROM entry ORDER BY id LIMIT 1")[0][0]
        before = sealed_under()
        assert before[1] > 90, before
        ran = folder.run("keys", "reseal")
        equal(sealed_under(), {2: before[1] + before[2]})
        assert f"dữ liệu của {before[1] // 3} người" in ran.out, ran
        excluded = query("SELECT who_sealed FROM exclusion")
        assert excluded and {row[0][:2] for row in excluded} == {b"\0\2"}
        assert f"{len(excluded)} dòng danh sách loại trừ" in ran.out, ran
        folder.run("keys", "reseal", say="dữ liệu của 0 người")
        for browser in people:
            browser.moved_to(s).get(HOME + "/toi").says("Lý Thị")
        folder.run("audit", say=["keys.rotate", "keys.reseal", "chuỗi nguyên vẹn"])
        # A value that no key opens is left, and said.
        query("INSERT INTO guardian VALUES (?, ?, 0, 0, 0)", guardian, b"\0\1" + bytes(60))
        folder.run("keys", "reseal", status=1, say="opened by none")
        equal(query("SELECT name_sealed FROM guardian"), [(b"\0\1" + bytes(60),)])
        query("DELETE FROM guardian")
    keep = [line for line in lines("personal") if not line.startswith("1 ")]
    with open(os.path.join(folder.keys, "personal.key"), "w", encoding="ascii") as file:
        file.write("\n".join(keep) + "\n")
    with folder.serve() as s:
        sign_in(s, "0861000001").get(HOME + "/toi").says("Lý Thị Trước")
        assert "Lý Thị Trước" in folder.run("person", "find", "0861000001").out
        folder.run("keys", "rotate", "personal", say="personal: khóa số 3")
        equal(numbers("personal"), [2, 3])


def test_full_ring():
    keys = new_folder("keys")
    shutil.copytree(folder.keys, keys)
    path = os.path.join(keys, "session.key")
    with open(path, "a", encoding="ascii") as file:
        file.write("65535 " + "ab" * 32 + "\n")
    hoithi("keys", "rotate", "session", "--data", folder.data, "--keys", keys, status=1,
           say="is full")
    equal(len(lines("session", keys)), 4)


run(globals())
