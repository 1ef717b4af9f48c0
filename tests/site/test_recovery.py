#!/usr/bin/env python3
"""Coming back without the password, and waiting after wrong ones."""

import os
import re

from harness import HOME, PASSWORD, Browser, Folder, equal, register, run

folder = Folder()
demo = folder.demo(20)
NEW = "một mật khẩu khác"


def ask_slip(browser, password=PASSWORD, status=200):
    page = browser.get(HOME + "/toi")
    return browser.press(page, page.form("slip").set("matkhau", password), status=status)


def slip_of(browser):
    """The recovery code of a new slip."""
    return ask_slip(browser).at("ma-khoi-phuc")


def forgot(browser, who, code, password=NEW, status=200):
    page = browser.get(HOME + "/quen-mat-khau")
    form = page.form("forgot")
    form.set("sdt", who)
    form.set("ma", code)
    form.set("matkhau", password)
    return browser.press(page, form, status=status)


def sign_in(browser, who, password, status=200):
    page = browser.get(HOME + "/dang-nhap")
    form = page.form("sign-in")
    form.set("sdt", who)
    form.set("matkhau", password)
    return browser.press(page, form, status=status)


def test_slip():
    """Phone and code set a new password, once, and every other browser is signed out."""
    mine = Browser(demo)
    register(mine, number=1, phone="0912000001")
    first, code = slip_of(mine), slip_of(mine)
    assert re.fullmatch(r"\d{5} \d{5}", code) and code != first, (first, code)
    mine.get(HOME + "/toi").says_not(code)
    other = Browser(demo)
    forgot(other, "0912 000 001", first, status=422).says("không khớp")
    forgot(other, "0912 000 001", "12345", status=422).says("10 chữ số")
    page = forgot(other, "0912 000 001", code, password="ngắn", status=422)
    page.says("ít nhất 8 ký tự", "Mã khôi phục cần ghi lại.")
    page = forgot(other, "0912 000 001", code)
    page.says("Mật khẩu đã được đổi")
    assert page.at("ma-khoi-phuc") != code
    other.get(HOME + "/toi").says("Mã dự thi")
    equal(mine.ask("GET", HOME + "/toi").status, 303)
    forgot(Browser(demo), "0912000001", code, status=422)
    sign_in(Browser(demo), "0912000001", PASSWORD, status=422)
    sign_in(Browser(demo), "0912000001", NEW).says("Trang của tôi")


def test_slip_asks_for_the_password():
    """Whoever finds a browser signed in makes no slip there, and has no more tries than
    at the door; what is stored of the slip stays."""
    mine, other = Browser(demo), Browser(demo)
    register(mine, number=3, phone="0912000003")
    code = slip_of(mine)
    for password, says in (("", "Hãy ghi mật khẩu."), ("x" * 2000, "Hãy ghi mật khẩu."),
                           ("sai mật khẩu", "Mật khẩu không đúng.")):
        page = ask_slip(mine, password, status=422).says("Trang của tôi")
        equal(page.at("matkhau-loi"), says)
        equal(page.form("slip").value("matkhau"), "")
        assert "ma-khoi-phuc" not in page.ids
    for _ in range(4):
        ask_slip(mine, "sai mật khẩu", status=422)
    page = ask_slip(mine, status=429)
    assert "thử lại sau" in page.at("matkhau-loi") and int(page.header("retry-after")) > 0
    # The same count as before erasing; elsewhere it is another browser's.
    page = mine.get(HOME + "/du-lieu")
    form = page.form("erase").set("xoa", True).set("matkhau", PASSWORD)
    mine.press(page, form, status=429).says("thử lại sau")
    mine.get(HOME + "/toi").says("Mã dự thi")
    forgot(other, "0912000003", code).says("Mật khẩu đã được đổi")
    with open(os.path.join(folder.data, "security.log"), encoding="utf-8") as file:
        equal(len(re.findall(r" slip-failed .* account=[0-9a-f]{12}$", file.read(), re.M)), 5)


def test_waits():
    """Five wrong passwords are free; then even the right one has to wait, but not on
    a browser that has signed in before; and nobody learns who is registered."""
    owner, guesser = Browser(demo), Browser(demo)
    register(owner, number=2, phone="0912000002")
    page = owner.get(HOME + "/toi")
    owner.press(page, page.form("sign-out"))
    sign_in(owner, "0912000002", PASSWORD)
    page = owner.get(HOME + "/toi")
    owner.press(page, page.form("sign-out"))
    for who in ("0912000002", "0912999999"):
        for _ in range(4):
            sign_in(guesser, who, "sai mật khẩu", status=422).says_not("thử lại sau")
        sign_in(guesser, who, "sai mật khẩu", status=422).says("thử lại sau")
        reply = sign_in(guesser, who, PASSWORD, status=429).says("thử lại sau")
    sign_in(Browser(demo), "+84 912 000 002", PASSWORD, status=429)
    sign_in(owner, "0912000002", PASSWORD).says("Trang của tôi")


def test_codes_are_not_guessed_either():
    guesser = Browser(demo)
    for i in range(5):
        forgot(guesser, "0912999998", f"123456789{i}", status=422)
    forgot(guesser, "0912999998", "1234567890", status=429).says("thử lại sau")


run(globals())
