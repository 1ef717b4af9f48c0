#!/usr/bin/env python3
"""Under 16: someone else agrees too, and the name is published as initials unless
both want it in full. Nobody younger than the rules allow gets anywhere."""

import csv
import json
import os
import shutil
import sqlite3

from harness import (HOME, PASSWORD, SAMPLE, Browser, Folder, begin, equal, mark, new_folder,
                     register, run, solve)

CHILD = "05/08/2012"
MOTHER = "Lê Thị Mẹ"
# The year alone: 16 or not yet, so someone agrees for them.
PERHAPS = "2008"
AFTER_RESULT = "2024-10-08T09:00:00+07:00"


def form_of(browser, name, birth, phone, unit="SGDDT-THPT-HV", group="nhom1"):
    page = browser.get(f"{HOME}/dang-ky?nhom={group}&dv={unit}")
    form = page.form("register").set("hoten", name).set("ngaysinh", birth).set("sdt", phone)
    return page, form.set("matkhau", PASSWORD).set("dongy", True)


def ask_guardian(browser, name, phone, birth=CHILD, **where):
    page, form = form_of(browser, name, birth, phone, **where)
    page = browser.press(page, form)
    assert page.has_form("register-minor"), page.text[:500]
    return page


def agree(page, guardian=MOTHER, publish=()):
    form = page.form("register-minor").set("daidien", guardian).set("dongydd", True)
    form.set("dongy", True).set("matkhau", PASSWORD)
    for name in publish:
        form.set(name, True)
    return form


def child(browser, name, phone, publish=(), **where):
    page = ask_guardian(browser, name, phone, **where)
    slip = browser.press(page, agree(page, publish=publish)).says("Bạn đã đăng ký xong.", name)
    return browser.get(slip.link("Tôi đã lưu phiếu")).says(name)


def rows(folder, sql, *args):
    with sqlite3.connect(os.path.join(folder.data, "hoithi.db")) as db:
        found = db.execute(sql, args).fetchall()
    db.close()
    return found


def test_the_page():
    """What was typed is shown and carried on, all mistakes are told at once, nothing is
    stored before all of it is there."""
    folder = Folder()
    with folder.demo(10) as s:
        b = Browser(s)
        before = rows(folder, "SELECT COUNT(*) FROM person")
        page = ask_guardian(b, "Trần Văn Đông", "0987 300 001")
        page.says("Trần Văn Đông", CHILD, "0987 300 001", "Trường THPT Hùng Vương",
                  "T. V. Đ.", "dưới 16 tuổi", "không được chép sang trang này")
        form = page.form("register-minor")
        for name in ("dongy", "dongydd", "congbo", "congbodd"):
            assert form.value(name) is None, f"{name} is ticked beforehand"
        equal(form.value("matkhau"), "")
        assert PASSWORD not in page.body.decode()
        page = b.press(page, form.set("congbo", True), status=422)
        for name in ("daidien", "dongydd", "dongy", "matkhau"):
            assert page.at(f"{name}-loi"), name
            assert any(href == f"#{name}" for href, _ in page.links), name
        form = page.form("register-minor")
        equal((form.value("congbo"), form.value("congbodd"), form.value("hoten")),
              ("1", None, "Trần Văn Đông"))
        # Not oneself, and not digits.
        for wrong, says in (("trần văn đông", "họ tên của thí sinh"), ("123", "chỉ gồm chữ cái")):
            page = b.press(page, agree(page, wrong), status=422)
            assert says in page.at("daidien-loi"), page.at("daidien-loi")
            equal(page.at("matkhau-loi"), "Mật khẩu cần ghi lại.")
        assert not page.has_form("register")
        for short in ("", "ngắn", "0987300001"):
            page = b.press(page, agree(page).set("matkhau", short), status=422)
            assert page.at("matkhau-loi")
        # Nobody agrees within three seconds, and no person fills in the trap.
        hasty = b.fork()
        hasty.typing_s = 0
        page = hasty.press(page, agree(page), status=422)
        page.says("Hãy xem lại thông tin rồi gửi lần nữa")
        equal(page.form("register-minor").value("dongydd"), "1")
        page = b.press(page, agree(page).set("trangweb", "x"), status=422).says("Hãy xem lại")
        # What was carried on and is not right any more leads back to the form.
        b.press(page, agree(page).set("hoten", "12"), status=422).form("register")
        b.press(page, agree(page).set("ngaysinh", "1966"), status=422).form("register")
        equal(rows(folder, "SELECT COUNT(*) FROM person"), before)
        page = ask_guardian(b, "Trần Văn Đông", "0987 300 001")
        b.press(page, agree(page)).says("Bạn đã đăng ký xong.", "Trần Văn Đông")
        (stored,) = rows(folder, "SELECT g.publish_guardian, g.publish_child, g.name_sealed, "
                         "g.agreed_at - e.consent_at, e.consent_version, e.consent_hash "
                         "FROM guardian g JOIN entry e ON e.id = g.entry_id")
        equal((stored[0], stored[1], stored[3], stored[4]), (0, 0, 0, "1"))
        assert MOTHER.encode() not in stored[2]
        # Once more, with the same words, is a sign-in; with another password it is not.
        other = Browser(s)
        page, form = form_of(other, "Trần Văn Đông", CHILD, "0987300001")
        equal(other.press(page, form).path, HOME + "/toi?moi")
        other = Browser(s)
        page, form = form_of(other, "Trần Văn Đông", CHILD, "0987300001")
        other.press(page, form.set("matkhau", "một mật khẩu khác"), status=409)
        # A number that is taken is said at once, before a representative is asked.
        page, form = form_of(other, "Trần Văn Khác", CHILD, "0987300001")
        other.press(page, form, status=409).says("đã được đăng ký")
        # A grown-up has another consent, and no representative.
        register(Browser(s), 7)
        hashes = {row[0] for row in rows(folder, "SELECT consent_hash FROM entry e WHERE "
                                         "consent_at > (SELECT agreed_at - 1 FROM guardian)")}
        equal(len(hashes), 2)
        equal(rows(folder, "SELECT COUNT(*) FROM guardian"), [(1,)])


def test_who_is_asked():
    """Who is 16 today agrees alone; who is 16 tomorrow, or perhaps, does not."""
    folder = Folder().new()
    folder.run("contest", "apply", SAMPLE, clock="2024-09-09T09:00:00+07:00")
    with folder.serve("2024-09-20T09:00:00+07:00") as s:
        for i, (birth, asked) in enumerate((("20/09/2008", False), ("21/09/2008", True),
                                            ("2007", False), (PERHAPS, True))):
            b = Browser(s)
            page, form = form_of(b, "Lê Thị Hoa", birth, f"0987 310 00{i}")
            page = b.press(page, form, status=None)
            if page.has_form("register"):   # the year alone is asked about first
                page = b.press(page, page.form("register").set("matkhau", PASSWORD))
            equal(page.has_form("register-minor"), asked, birth)
            if asked:
                b.press(page, agree(page)).says("Bạn đã đăng ký xong.")


def sit(browser):
    page = begin(browser)
    b = browser.press(page, mark(page.form("paper"), solve(page)).set("p", "5"), "Nộp bài")
    return b.says("30/30")


def test_results():
    """Initials unless both agree; so in the list of names too."""
    folder = Folder().new()
    folder.run("contest", "apply", SAMPLE, clock="2024-09-09T09:00:00+07:00")
    who = [("Trần Văn Đông", ()), ("Lý Thị Ánh", ("congbo",)), ("H'Bia Niê", ("congbodd",)),
           ("Phạm Gia Bảo", ("congbo", "congbodd"))]
    with folder.serve("2024-09-21T09:00:00+07:00") as s:
        for i, (name, publish) in enumerate(who):
            b = Browser(s)
            child(b, name, f"0987 320 00{i}", publish)
            sit(b)
        b = Browser(s)
        register(b, 8, "Nhóm 1", name="Vũ Văn Lớn")
        sit(b)
    for step in (("freeze",), ("rank",),
                 ("publish", "--decision-no", "1/QĐ", "--decision-date", "2024-10-08")):
        folder.run("contest", *step, clock=AFTER_RESULT)
    with folder.serve("2024-10-08T10:00:00+07:00") as s:
        page = Browser(s).get(HOME + "/ket-qua")
        page.says("T. V. Đ.", "L. T. Á.", "H. N.", "Phạm Gia Bảo", "Vũ Văn Lớn",
                  "Trường THPT Hùng Vương")
        page.says_not("Đông", "Ánh", "Bia", "P. G. B.", MOTHER)
    target = new_folder("export")
    folder.run("export", "results", target, "--names", clock=AFTER_RESULT)
    with open(os.path.join(target, "ca-nhan.csv"), encoding="utf-8-sig", newline="") as file:
        names = {row["họ và tên"] for row in csv.DictReader(file)}
    equal(names, {"T. V. Đ.", "L. T. Á.", "H. N.", "Phạm Gia Bảo", "Vũ Văn Lớn"})


def with_age(min_age, **more):
    """A copy of the sample with a least age."""
    folder = new_folder("contest")
    shutil.copytree(SAMPLE, folder)
    path = os.path.join(folder, "profile.json")
    with open(path, encoding="utf-8") as file:
        profile = json.load(file)
    profile["eligibility"]["min_age"] = min_age
    profile["contest"].update(more)
    with open(path, "w", encoding="utf-8") as file:
        json.dump(profile, file, ensure_ascii=False)
    return folder


def test_least_age():
    """Who cannot reach it before the close is refused at once; who has not reached it
    yet registers, and can sit on the day."""
    folder = Folder().new()
    folder.run("contest", "apply", with_age(12), clock="2024-09-09T09:00:00+07:00")
    young, almost = "05/10/2012", "30/09/2012"
    with folder.serve("2024-09-21T09:00:00+07:00") as s:
        Browser(s).get(HOME + "/the-le").says("đủ 12 tuổi", "viết tắt")
        b = Browser(s)
        page, form = form_of(b, "Trần Văn Nhỏ", young, "0987 330 001")
        page = b.press(page, form, status=422)
        equal(page.at("ngaysinh-loi"), "Hội thi dành cho người từ đủ 12 tuổi.")
        page = child(b, "Trần Văn Nhỡ", "0987 330 002", birth=almost)
        page.says("Bạn vào thi được khi đủ 12 tuổi")
        assert "Vào thi" not in page.at("noi-dung").replace("Bạn vào thi được", "")
        page = b.get(HOME + "/vao-thi").says("Hội thi dành cho người từ đủ 12 tuổi.")
        assert not page.has_form("start")
        token = b.get(HOME + "/toi").form("sign-out").value("_token")
        b.go("POST", HOME + "/vao-thi", f"_token={token}").is_status(409).says("đủ 12 tuổi")
    # Who will be too young at the opening has nothing to wait for.
    with folder.serve("2024-09-10T09:00:00+07:00") as s:
        page = b.moved_to(s).get(HOME + "/vao-thi").says("Hội thi chưa mở")
        assert not page.has_form("start")
    with folder.serve("2024-09-30T09:00:00+07:00") as s:
        b.moved_to(s)
        b.get(HOME + "/toi").says("Bạn còn 2 lượt thi").says_not("khi đủ 12 tuổi")
        begin(b)


run(globals())
