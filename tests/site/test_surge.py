#!/usr/bin/env python3
"""auth.surge: registering with a mã mời or a proof of work, and as always when it
is off. Also that whoever is only registered changes no unit's figures."""

import csv
import hashlib
import io
import json
import os
import re
import shutil

from harness import (HOME, PASSWORD, SAMPLE, Browser, Folder, begin, equal, new_folder, run)

AT = "2024-09-26T09:00:00+07:00"
UNIT = "DP-25195"
folder = Folder().new()
folder.run("contest", "apply", SAMPLE, clock=AT)
server = folder.serve(AT)
_phones = iter(range(1, 1000))


def surge(word, say, where=folder):
    where.run("contest", "surge", word, "--reason", "diễn tập", say=say)


def form_of(b, query="", unit=UNIT, name="Lê Thị Mai"):
    """The page of registering with its form filled in, but for code and proof."""
    page = b.get(HOME + f"/dang-ky?dv={unit}{query}")
    form = page.form("register").set("hoten", name).set("ngaysinh", "05081966")
    form.set("sdt", f"09126{next(_phones):05d}").set("matkhau", PASSWORD).set("dongy", True)
    return page, form


def challenge_of(page):
    """What the page's script is given: the challenge and how many zero bits."""
    body = page.body.decode()
    return (re.search(r'data-challenge="([0-9a-f]{64})"', body).group(1),
            int(re.search(r'data-bits="(\d+)"', body).group(1)))


def work(challenge, bits):
    """As assets/work.js does it."""
    first = hashlib.sha256(challenge.encode())
    number = 0
    while True:
        one = first.copy()
        one.update(b"%012d" % number)
        if int.from_bytes(one.digest()[:8], "big") >> (64 - bits) == 0:
            return f"{challenge}{number:012d}"
        number += 1


def codes():
    rows = list(csv.DictReader(io.StringIO(folder.run("unit", "codes").out)))
    return {row["code"]: row for row in rows}


def refused(b, page, form, says):
    """422, filled, with the reason at the field."""
    shown = b.press(page, form, status=422)
    assert says in shown.at("moi-loi"), shown.at("moi-loi")
    equal(shown.form("register").value("hoten"), form.value("hoten"))
    equal(shown.form("register").value("sdt"), form.value("sdt"))
    return shown


def registers(b, page, form):
    return b.press(page, form).says("Bạn đã đăng ký xong.")


def test_off_nothing_is_asked():
    surge("off", "đăng ký như thường")
    b = Browser(server)
    page, form = form_of(b)
    assert "moi" not in form.names() and "cong" not in form.names(), form.names()
    registers(b, page, form)
    # A form of while it was on, with what it carries, is welcome too.
    b = Browser(server)
    page, form = form_of(b)
    form.fields += [["moi", "??", "text", True], ["cong", "x" * 300, "hidden", True]]
    registers(b, page, form)


def test_on_a_proof_lets_in():
    surge("on", "cần mã mời")
    b = Browser(server)
    page, form = form_of(b)
    page.says("Đang có rất nhiều người đăng ký", "cán bộ đầu mối")
    page = refused(b, page, form, "cần mã mời")
    form = page.form("register").set("matkhau", PASSWORD)
    proof = work(*challenge_of(page))
    page = refused(b, page, form.set("cong", proof[:-1]), "hết hạn hoặc đã dùng")
    equal(page.form("register").value("cong"), "")
    # Of another browser.
    other = Browser(server)
    page, form = form_of(other)
    refused(other, page, form.set("cong", proof), "hết hạn hoặc đã dùng")
    # A mistake does not cost it, and it goes along.
    page, form = form_of(b)
    page = b.press(page, form.set("cong", proof).set("hoten", "12"), status=422)
    form = page.form("register").set("hoten", "Lê Thị Mai").set("matkhau", PASSWORD)
    equal(form.value("cong"), proof)
    registers(b, page, form)
    # The same form again is a sign-in; for someone else the proof is used up.
    page, newer = form_of(b, name="Lê Thị Mơ")
    registers(b, page, form.set("_token", newer.value("_token")))
    page, form = form_of(b, name="Lê Thị Mơ")
    page = refused(b, page, form.set("cong", proof), "hết hạn hoặc đã dùng")
    form = page.form("register").set("matkhau", PASSWORD)
    registers(b, page, form.set("cong", work(*challenge_of(page))))


def test_on_an_invitation_lets_in():
    surge("on", "cần mã mời")
    rows = codes()
    mine, other = rows[UNIT]["invitation"], rows["DP-25210"]["invitation"]
    assert re.fullmatch("[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}", mine) and mine != other
    equal(len({row["invitation"] for row in rows.values()}), len(rows))
    equal(rows[UNIT]["link"], f"{HOME}/dang-ky?dv={UNIT}&moi={mine.replace('-', '')}")
    equal(codes(), rows)
    b = Browser(server)
    page, form = form_of(b)
    page = refused(b, page, form.set("moi", other), "không phải của đơn vị")
    equal(page.form("register").value("moi"), other)
    form = page.form("register").set("matkhau", PASSWORD).set("moi", "chưa có")
    page = refused(b, page, form, "không phải của đơn vị")
    form = page.form("register").set("matkhau", PASSWORD)
    registers(b, page, form.set("moi", " " + mine.lower().replace("-", " ")))
    # By the printed link, also through the choice of group and unit.
    b = Browser(server)
    page, form = form_of(b, rows[UNIT]["link"].split(UNIT)[1])
    equal(form.value("moi"), mine.replace("-", ""))
    registers(b, page, form)
    page = b.get(HOME + "/dang-ky?moi=" + mine)
    page = b.get(page.link("Nhóm 2"))
    search = next(form for form in page.forms if "q" in form.names())
    page = b.press(page, search.set("q", "tan phu"))
    page = b.get(page.link("Phường Tân Phú"))
    equal(page.form("register").value("moi"), mine.replace("-", ""))


def test_a_code_holds_below_its_unit():
    surge("on", "cần mã mời")
    with open(os.path.join(SAMPLE, "units.csv"), encoding="utf-8-sig", newline="") as file:
        parents = {row["code"]: row["parent"] for row in csv.DictReader(file)}
    above = parents[UNIT]
    beside = next(code for code, parent in parents.items() if parent == above and code != UNIT)
    rows = codes()
    for code, lets_in in ((above, True), (beside, False)):
        b = Browser(server)
        page, form = form_of(b)
        form.set("moi", rows[code]["invitation"])
        if lets_in:
            registers(b, page, form)
        else:
            refused(b, page, form, "không phải của đơn vị")


def test_switch():
    """At once for the server that runs, kept over a restart, and every turn in the acts."""
    b = Browser(server)
    has = lambda: "cong" in form_of(b)[1].names()
    surge("on", "cần mã mời")
    assert has()
    surge("off", "đăng ký như thường")
    assert not has()
    surge("profile", "(theo profile)")
    assert not has()
    acts = folder.run("audit").out
    for word in ("contest.surge", "unit.codes", "diễn tập"):
        assert word in acts, (word, acts[-2000:])
    mine = Folder().new()
    sample = new_folder("surge")
    shutil.copytree(SAMPLE, sample)
    with open(os.path.join(sample, "profile.json"), encoding="utf-8") as file:
        profile = json.load(file)
    profile.setdefault("auth", {})["surge"] = True
    with open(os.path.join(sample, "profile.json"), "w", encoding="utf-8") as file:
        json.dump(profile, file)
    mine.run("contest", "apply", sample, clock=AT)
    for word, on in ((None, True), ("off", False), ("profile", True)):
        if word:
            mine.run("contest", "surge", word, "--reason", "thử")
        with mine.serve() as other:
            equal("cong" in form_of(Browser(other))[1].names(), on, word)


try:
    run(globals())
finally:
    server.end()
