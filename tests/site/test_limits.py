#!/usr/bin/env python3
"""Limits with figures (docs/limits.md): what an address and a browser may try, and
what a password may be. Nobody who is held back loses what was typed."""

import time

from harness import (HOME, PASSWORD, SAMPLE, Browser, Folder, begin, equal, register, run, wait_for)

AT = "2024-09-26T09:00:00+07:00"
PROXY = "127.0.9.9"
TAKEN = "0912300000"
FAILURES, REGISTRATIONS, TAKEN_MAX = 300, 600, 20

folder = Folder().new()
folder.run("contest", "apply", SAMPLE, clock=AT)
server = folder.serve(AT, "--trusted-proxy", PROXY)


class From(Browser):
    """A browser at an address of its own, perhaps behind a proxy's."""

    def __init__(self, address, forwarded=None):
        super().__init__(server, address=address)
        self.forwarded = {"X-Forwarded-For": forwarded} if forwarded else {}

    def ask(self, method, path, body=None, headers=None):
        return super().ask(method, path, body, {**(headers or {}), **self.forwarded})


def sign_in(b, who, password, status=None, page=None):
    page = page or b.get(HOME + "/dang-nhap")
    return b.press(page, page.form("sign-in").set("sdt", who).set("matkhau", password),
                   status=status)


def sign_out(b):
    page = b.get(HOME + "/toi")
    b.press(page, page.form("sign-out"))


def form_of(b, name="Lê Thị Mai", phone=TAKEN):
    """The page and the filled form of registering in group 1, where a phone is one person's."""
    page = b.get(HOME + f"/dang-ky?dv={UNIT}")
    form = page.form("register")
    for field, value in (("hoten", name), ("ngaysinh", "5/8/1980"), ("sdt", phone),
                         ("matkhau", PASSWORD), ("dongy", True)):
        form.set(field, value)
    return page, form


def unit_of_group_1():
    """The code of a unit whose people one phone serves one at a time."""
    b = Browser(server)
    page = b.get(b.get(b.get(HOME).link("Đăng ký")).link("Nhóm 1"))
    search = next(form for form in page.forms if "q" in form.names())
    page = b.press(page, search.set("q", "thpt hung vuong"))
    page = b.get(page.link("Trường THPT Hùng Vương"))
    return page.form("register").value("dv")


UNIT = unit_of_group_1()
register(Browser(server), 1, group="Nhóm 1", name="Người Có Trước", phone=TAKEN)


def ask_taken(b):
    """Registers someone else with a number that is taken, until it is refused
    otherwise. How often the answer was 409, and the other answer."""
    page, form = form_of(b)
    for n in range(TAKEN_MAX + 5):
        answer = b.press(page, form, status=None)
        if answer.status != 409:
            return n, answer
        answer.says("Số điện thoại này đã được đăng ký.")
    raise AssertionError("the number is told without end")


def use_up_registrations(make):
    """Browsers of make(n) ask until their address is held back. The last one's page."""
    began, asked = time.monotonic(), 0
    for number in range(2 * REGISTRATIONS):
        n, answer = ask_taken(make(number))
        asked += n
        answer.is_status(429)
        if "cùng lúc" in answer.text:
            break
        answer.says("Trình duyệt này đã gửi nhiều số điện thoại")
        asked += 1      # that question counted for the address too
    most = REGISTRATIONS + (time.monotonic() - began) + 1
    assert REGISTRATIONS <= asked <= most, (asked, most)
    return answer


def goes_through(b, page, **fields):
    """Sends the form of a 429 page again until it is let through: at most one of its
    address has to wait."""
    def once():
        form = page.form("resend")
        for name, value in fields.items():
            form.set(name, value)
        answer = b.press(page, form, status=None)
        return None if answer.status == 429 else answer
    return wait_for(once, 30)


def test_a_guesser_s_address():
    """300 wrong passwords, then one every two seconds, and nobody elsewhere notices."""
    known, new = From("127.0.7.1"), From("127.0.7.1")
    register(known, 2, phone="0912300002")
    sign_out(known)
    guesser = From("127.0.7.1")
    page = guesser.get(HOME + "/dang-nhap")
    began, wrong = time.monotonic(), 0
    while True:
        answer = sign_in(guesser, f"09124{wrong:05d}", "đoán mò thôi", page=page)
        if answer.status == 429:
            break
        answer.is_status(422).says("Caps Lock")
        wrong += 1
    most = FAILURES + (time.monotonic() - began) / 2 + 1
    assert FAILURES <= wrong <= most, (wrong, most)
    answer.says("Mạng bạn đang dùng có quá nhiều lần thử sai", "gõ lại")
    assert answer.header("retry-after") in ("1", "2"), answer.headers
    equal(answer.form("resend").value("sdt"), f"09124{wrong:05d}")
    equal(answer.form("resend").value("matkhau"), "")
    assert answer.form("resend").action.endswith("/dang-nhap"), answer.form("resend").action
    # Codes are counted together with passwords.
    page = guesser.get(HOME + "/quen-mat-khau")
    form = page.form("forgot").set("sdt", "0912499999").set("ma", "1234567890")
    guesser.press(page, form.set("matkhau", "từ mới mẻ lắm"), status=429).says("thử sai")
    # Whoever has signed in on this browser before is not held back, reads and sits.
    sign_in(known, "0912300002", PASSWORD, status=200).says("Trang của tôi")
    begin(known)
    # A new one has to send it again, which costs only time.
    page = sign_in(new, "0912300002", PASSWORD)
    if page.status == 429:
        page = goes_through(new, page, matkhau=PASSWORD)
    page.is_status(200).says("Trang của tôi")
    # Elsewhere nothing is slow.
    sign_in(From("127.0.7.2"), "0912300002", PASSWORD, status=200)


def test_right_passwords_are_not_counted():
    """A carrier's address from which all sign in with what is right."""
    register(From("127.0.7.3"), 3, phone="0912300003")
    for _ in range(FAILURES + 20):
        b = From("127.0.7.3")
        page = b.get(HOME + "/dang-nhap")
        form = page.form("sign-in").set("sdt", "0912300003").set("matkhau", PASSWORD)
        b.press(page, form, status=303, follow=False)
        b.close()


def test_registrations_of_an_address():
    """600 and one a second, answers that a number is taken among them."""
    held = use_up_registrations(lambda _: From("127.0.7.4"))
    equal(held.form("resend").value("hoten"), "Lê Thị Mai")
    b = From("127.0.7.4")
    page, form = form_of(b, "Trần Văn Bình", "0912300004")
    page = b.press(page, form, status=None)
    if page.status == 429:
        page = goes_through(b, page, matkhau=PASSWORD)
    page.says("Bạn đã đăng ký xong.")
    b = From("127.0.7.5")
    page, form = form_of(b, "Trần Văn Châu", "0912300005")
    b.press(page, form).says("Bạn đã đăng ký xong.")


def test_taken_numbers_of_a_browser():
    """20 an hour, whatever the address."""
    b = From("127.0.7.6")
    n, answer = ask_taken(b)
    equal(n, TAKEN_MAX)
    answer.is_status(429).says("hãy đăng nhập", "3 phút")
    other = From("127.0.7.7")
    other.cookies = b.cookies
    equal(ask_taken(other)[0], 0)
    equal(ask_taken(From("127.0.7.6"))[0], TAKEN_MAX)


def test_behind_a_proxy():
    """The real client counts, IPv6 by /64; what others say of themselves does not."""
    use_up_registrations(lambda n: From(PROXY, f"2001:db8:1:2::{n + 1:x}"))
    equal(ask_taken(From(PROXY, "203.0.113.9, 2001:db8:1:2:ffff::9"))[1].status, 429)
    for forwarded in ("2001:db8:1:3::1", "203.0.113.9", "2001:db8:1:2::1, 203.0.113.8"):
        equal(ask_taken(From(PROXY, forwarded))[0], TAKEN_MAX, forwarded)
    use_up_registrations(lambda n: From("127.0.7.8", f"203.0.113.{n + 20}"))


def forgot(b, who, code, password, status):
    page = b.get(HOME + "/quen-mat-khau")
    form = page.form("forgot").set("sdt", who).set("ma", code).set("matkhau", password)
    return b.press(page, form, status=status)


def test_passwords():
    """The same rules where one is set first and where one was forgotten."""
    b = From("127.0.7.10")
    page, form = form_of(b, "Lê Thị Ngọc Lan", "0912300010")
    bad = {"matkhau123": "Rất nhiều người dùng", "12345678": "liền nhau", "88888888": "lặp lại",
           "Chuyển Đổi Số": "tên hội thi", "0986 213 457": "số điện thoại", "19801980": "các năm",
           "bảy chữ": "ít nhất 8", "x1" * 65: "dài quá 128"}
    for password, says in {**bad, "ngoclan2024": "họ tên", "05-08-1980": "ngày sinh"}.items():
        shown = b.press(page, form.set("matkhau", password), status=422)
        assert says in shown.at("matkhau-loi"), (password, shown.at("matkhau-loi"))
    b.press(page, form.set("matkhau", "lan thích hoa sen")).says("Bạn đã đăng ký xong.")
    page = b.get(HOME + "/toi")
    code = b.press(page, page.form("slip").set("matkhau", "lan thích hoa sen")).at("ma-khoi-phuc")
    other = From("127.0.7.10")
    for password, says in bad.items():
        assert says in forgot(other, "0912300010", code, password, 422).at("matkhau-loi"), password
    # Name and birth are the account's. Only who has the code is told, and keeps it.
    for password in ("ngoclan2024", "05-08-1980"):
        forgot(other, "0912300010", "1234567890", password, 422).says("không khớp")
        shown = forgot(other, "0912300010", code, password, 422)
        assert "họ tên hay ngày sinh" in shown.at("matkhau-loi"), password
    forgot(other, "0912300010", code, "lan lại quên nữa", 200).says("Mật khẩu đã được đổi")


try:
    run(globals())
finally:
    server.end()
