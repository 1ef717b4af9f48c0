#!/usr/bin/env python3
"""Who is signed in where: shared machines, one's own list of browsers, forms that no
person filled in, and that nobody learns from the door who is registered."""

import base64
import hashlib
import os
import re
import sqlite3
import threading
import time
import urllib.parse

from harness import (HOME, PASSWORD, SAMPLE, Browser, Folder, begin, equal, mark, metric, register,
                     run)

folder = Folder()
with folder.demo(20):
    pass
s = folder.serve(None, "--metrics", "127.0.0.1:0")
MINUTE = 60 * 1000


def unpacked(cookie):
    return base64.urlsafe_b64decode(cookie + "=" * (-len(cookie) % 4))


def until(browser):
    """When its session ends, in ms from now."""
    return int.from_bytes(unpacked(browser.cookies["hoithi"])[35:43], "big") - time.time() * 1000


def wait_idle(browser, minutes):
    """The same cookie, as it is after so many idle minutes: what http/cookie.h says of its
    bytes, written a second time."""
    raw = unpacked(browser.cookies["hoithi"])
    end = int.from_bytes(raw[35:43], "big") - minutes * MINUTE
    body = raw[:35] + end.to_bytes(8, "big") + raw[43:44]
    with open(os.path.join(folder.keys, "session.key"), encoding="ascii") as file:
        key = bytes.fromhex(dict(line.split() for line in file)["1"])
    mac = hashlib.blake2b(b"session" + body[:1] + body[3:], key=key, digest_size=32).digest()[:16]
    browser.cookies["hoithi"] = base64.urlsafe_b64encode(body + mac).decode().rstrip("=")


def sign_in(browser, who, shared=False, password=PASSWORD, status=200):
    page = browser.get(HOME + "/dang-nhap")
    form = page.form("sign-in").set("sdt", who).set("matkhau", password).set("maychung", shared)
    return browser.press(page, form, status=status)


def test_shared_machine():
    """It ends with the browser or after 30 idle minutes, and lives on while it is used."""
    register(Browser(s), 1, phone="0912 100 001")
    b = Browser(s)
    page = b.get(HOME + "/dang-nhap")
    form = page.form("sign-in").set("sdt", "0912100001").set("matkhau", PASSWORD)
    reply = b.press(page, form.set("maychung", True), follow=False, status=303)
    assert "Max-Age" not in reply.header("set-cookie"), reply.header("set-cookie")
    assert 29 * MINUTE < until(b) < 31 * MINUTE, until(b)
    b.get(HOME + "/toi").says("Máy dùng chung")
    wait_idle(b, 20)
    reply = b.get(HOME + "/toi")
    assert until(b) > 29 * MINUTE and "Max-Age" not in reply.header("set-cookie")
    wait_idle(b, 31)
    assert b.get(HOME + "/toi").has_form("sign-in")
    # One's own machine is asked nothing of it.
    mine = Browser(s)
    sign_in(mine, "0912100001")
    assert until(mine) > 39 * 24 * 60 * MINUTE
    wait_idle(mine, 31)
    mine.get(HOME + "/toi").says("Trang của tôi")


def test_shared_machine_in_mid_paper():
    """Never during an open paper, which takes 30 minutes here."""
    register(Browser(s), 2, phone="0912 100 002")
    b = Browser(s)
    sign_in(b, "0912100002", shared=True)
    page = begin(b)
    assert until(b) > 58 * MINUTE, until(b)
    wait_idle(b, 45)
    b.script_save(page.path, mark(page.form("paper"), "1").pairs()).is_status(200)
    assert until(b) > 58 * MINUTE, until(b)
    wait_idle(b, 45)
    b.press(page, mark(page.form("paper"), "12")).says("Đã lưu lúc")
    page = b.get(page.path)
    assert until(b) > 58 * MINUTE
    page = b.press(page, page.form("paper"), "Nộp bài")
    b.press(page, page.form("submit"))
    wait_idle(b, 61)
    assert b.get(HOME + "/toi").has_form("sign-in")


def test_shared_machine_before_the_opening():
    """Nor while one waits for the opening: 45 minutes here."""
    waiting = Folder().new()
    waiting.run("contest", "apply", SAMPLE, clock="2024-09-09T09:00:00+07:00")
    with waiting.serve("2024-09-20T07:15:00+07:00") as early:
        register(Browser(early), 3, phone="0912 100 003")
        b = Browser(early)
        sign_in(b, "0912100003", shared=True)
        b.get(HOME + "/toi")
        assert until(b) < 31 * MINUTE, until(b)
        b.get(HOME + "/vao-thi").form("start")
        assert 70 * MINUTE < until(b) < 76 * MINUTE, until(b)


def test_devices():
    """One's own page lists the browsers; one that is ended is out, and holds no paper."""
    mine, lost, third = Browser(s), Browser(s), Browser(s)
    register(mine, 3, phone="0912 100 003")
    page = lost.get(HOME + "/dang-nhap")
    form = page.form("sign-in").set("sdt", "0912100003").set("matkhau", PASSWORD)
    agent = {"User-Agent": "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like "
                           "Gecko) Chrome/124.0.0.0 Mobile Safari/537.36 <b>&"}
    body = "&".join(f"{k}={v}" for k, v in form.pairs()).replace(" ", "+")
    lost.go("POST", HOME + "/dang-nhap", body.encode(), agent)
    sign_in(third, "0912100003", shared=True)
    page = mine.get(HOME + "/toi").says("Chrome, Android", "Máy này", "Máy dùng chung")
    buttons = [b for b in page.forms if b.id == "device-end"]
    equal(len(buttons), 1)
    handles = re.findall(r'form="device-end" name="thietbi" value="([0-9a-f]{16})"', page.body.decode())
    equal(len(handles), 2)
    paper = begin(lost)
    token = page.form("device-end").value("_token")
    which = next(h for h in handles if h in
                 page.body.decode().split("Chrome, Android")[1].split("</li>")[0])
    mine.go("POST", HOME + "/thiet-bi", f"_token={token}&thietbi={which}").says("Đã đăng xuất")
    assert lost.get(HOME + "/toi").has_form("sign-in")
    lost.press(paper, mark(paper.form("paper"), "1"), status=401)
    equal(mine.get(paper.path).at("da-tra-loi"), "0", "what an ended browser saved")
    third.get(HOME + "/toi").says("Trang của tôi")
    # Somebody else's handle, or none, ends nothing.
    other = Browser(s)
    page = register(other, 4, phone="0912 100 004")
    theirs = page.form("device-end").value("_token")
    for value in (handles[0], handles[1], "", "0" * 16):
        other.go("POST", HOME + "/thiet-bi", f"_token={theirs}&thietbi={value}")
    third.get(HOME + "/toi").says("Trang của tôi")
    mine.go("POST", HOME + "/thiet-bi", f"_token={token}&thietbi=khac")
    assert third.get(HOME + "/toi").has_form("sign-in")
    mine.get(HOME + "/toi").says("Trang của tôi").says_not("Đăng xuất mọi nơi khác")
    # Whoever signs in there again is in.
    sign_in(third, "0912100003").says("Trang của tôi")


def test_an_ended_session_saves_nothing():
    """Not after signing out, nor after being signed out from elsewhere, nor after an
    operator's reset: with the old cookie nothing is saved, submitted, taken over or told."""
    for i, end in enumerate(("sign-out", "elsewhere", "reset")):
        phone = f"0912 100 05{i}"
        b, mine = Browser(s), Browser(s)
        register(mine, 50 + i, phone=phone)
        sign_in(b, phone)
        page = begin(b)
        page = b.press(page, mark(page.form("paper"), "123"))
        old = Browser(s)
        old.cookies = dict(b.cookies)
        if end == "sign-out":
            me = b.get(HOME + "/toi")
            b.press(me, me.form("sign-out"))
        elif end == "elsewhere":
            token = mine.get(HOME + "/toi").form("device-end").value("_token")
            mine.go("POST", HOME + "/thiet-bi", f"_token={token}&thietbi=khac")
        else:
            folder.run("person", "reset", phone, "--reason", "quên")
        form = mark(page.form("paper"), "444").set("base", "0" * 30)
        body = urllib.parse.urlencode(form.pairs())
        for rest in ("/luu", "/luu.json", "/nop", "/tiep-tuc"):
            reply = old.ask("POST", page.path.split("?")[0] + rest, body).is_status(401)
            assert b"12300" not in reply.body, (end, rest)
        stored = rows("SELECT answers, state, holder FROM paper ORDER BY id DESC LIMIT 1")[0]
        equal((stored[0][:4], stored[1]), ("1230", 0), end)


def rows(sql):
    with sqlite3.connect(os.path.join(folder.data, "hoithi.db")) as db:
        found = db.execute(sql).fetchall()
    db.close()
    return found


def test_a_place_in_the_family_excuses_no_guesses():
    """Whoever registers under somebody's phone and signs in as themselves between their
    guesses waits as everybody else."""
    register(Browser(s), 60, phone="0912 100 060")
    guesser = Browser(s)
    register(guesser, 61, phone="0912 100 060", birth="02/02/1980", password="kẻ đoán mò kia")
    held = 0
    for i in range(24):
        if i % 4 == 3:
            page = guesser.get(HOME + "/toi")
            if page.has_form("sign-out"):
                guesser.press(page, page.form("sign-out"))
            held += sign_in(guesser, "0912100060", password="kẻ đoán mò kia", status=None).status == 429
        else:
            page = guesser.get(HOME + "/toi")
            if page.has_form("sign-out"):
                guesser.press(page, page.form("sign-out"))
            held += sign_in(guesser, "0912100060", password=f"đoán lần {i}", status=None).status == 429
    assert held >= 24 - 5 - 3, held
    # The one whose phone it is comes in by mã dự thi meanwhile, and by the phone later.


def test_guesses_at_once_are_no_more():
    """Sixty at the same moment: five are looked at."""
    register(Browser(s), 70, phone="0912 100 070")
    guessers = [Browser(s) for _ in range(60)]
    bodies = []
    for b in guessers:
        form = b.get(HOME + "/dang-nhap").form("sign-in").set("sdt", "0912100070")
        bodies.append(urllib.parse.urlencode(form.set("matkhau", "đoán bừa một câu").pairs()))
    answers = []

    def send(b, body):
        answers.append(b.ask("POST", HOME + "/dang-nhap", body).status)
    threads = [threading.Thread(target=send, args=pair) for pair in zip(guessers, bodies)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    equal((answers.count(422), answers.count(429)), (5, 55))


def filled(browser, phone="0912 100 020"):
    page = browser.get(HOME + "/dang-ky?dv=DP-25195")
    form = page.form("register").set("hoten", "Đỗ Thị Mười").set("ngaysinh", "1/2/1970")
    return page, form.set("sdt", phone).set("matkhau", PASSWORD).set("dongy", True)


def test_nobody_filled_it_in():
    """Sooner than anybody types, later than two hours, or with the trap filled in: shown
    again, filled, and nothing is done."""
    hasty = Browser(s)
    hasty.typing_s = 0
    page, form = filled(hasty)
    page = hasty.press(page, form, status=422).says("Hãy xem lại thông tin")
    equal(page.form("register").value("hoten"), "Đỗ Thị Mười")
    b = Browser(s)
    page, form = filled(b)
    page = b.press(page, form.set("trangweb", "https://spam.example"), status=422)
    form = page.says("Hãy xem lại").form("register")
    equal((form.value("trangweb"), form.value("sdt")), ("", "0912 100 020"))
    b.typing_s = 0
    b.age(form, 2 * 3600 + 1)
    page = b.press(page, form.set("matkhau", PASSWORD), status=422).says("mở quá lâu")
    assert folder.run("person", "find", "0912100020", status=1)
    b.typing_s = 4
    b.press(page, page.form("register").set("matkhau", PASSWORD)).says("Bạn đã đăng ký xong")
    for tamper in (0, 1):
        b = Browser(s)
        b.typing_s = 0 if tamper == 0 else 5
        page = b.get(HOME + "/quen-mat-khau")
        form = page.form("forgot").set("sdt", "0912100020").set("ma", "1234567890")
        form.set("matkhau", PASSWORD + "x").set("trangweb", "x" if tamper else "")
        b.press(page, form, status=422).says("Hãy xem lại thông tin")


def hashes():
    return metric(s, "hoithi_hash_done_total")


def answer_to(path, form_id, fields):
    """What a fresh browser is told, without what differs for everybody; and the hashes it cost."""
    b = Browser(s)
    page = b.get(HOME + path)
    form = page.form(form_id)
    for name, value in fields.items():
        form.set(name, value)
    before = hashes()
    reply = b.press(page, form, status=None)
    text = re.sub(r'name="_token" value="[^"]+"', "", reply.body.decode())
    return reply.status, text.replace(fields["sdt"], ""), hashes() - before


def test_nobody_learns_who_is_registered():
    """Known phone, phone of a family, unknown phone, mã dự thi: the same words and the same
    work, at sign-in and with a recovery code. (How long it takes is measured in bench.)"""
    page = register(Browser(s), 30, phone="0912 100 030")
    code = page.at("ma-du-thi")
    for i in range(4):
        register(Browser(s), 31 + i, phone="0912 100 031", birth=f"0{i + 1}/01/1980")
    known = ("0912100030", "0912100031", "0912100939", code, "ZZZZ2222", "không phải số")
    told = {answer_to("/dang-nhap", "sign-in", {"sdt": who, "matkhau": "sai mật khẩu"})
            for who in known}
    equal(len(told), 1, told)
    status, _, cost = told.pop()
    equal((status, cost), (422, 1))
    told = {answer_to("/quen-mat-khau", "forgot",
                      {"sdt": who, "ma": "0123456789", "matkhau": "mật khẩu mới nhé"})
            for who in known}
    equal(len(told), 1, told)
    status, _, cost = told.pop()
    equal((status, cost), (422, 1))


run(globals())
s.end()
