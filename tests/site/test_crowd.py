#!/usr/bin/env python3
"""A crowd and a guesser at once (docs/limits.md): 300 people of one office register, sign in
and start, 2,000 phones behind one carrier's address sit papers, and nobody of them is asked
to wait, while a guesser at a third address tries passwords and gets no further than the
figures allow.

HOITHI_GUESSES says how many guesses, 20,000 otherwise. 500,000 are more phones than the
server remembers: then owners' machines would be forgotten, did refused guesses leave a trace.
Needs bench/prepare of the same build."""

import concurrent.futures
import json
import os
import re
import socket
import statistics
import subprocess
import threading
import time
import urllib.parse

from harness import HOITHI, HOME, PASSWORD, Browser, Folder, begin, equal, metric, run, wait_for

OFFICE, CARRIER, GUESSER, ELSEWHERE = "127.0.3.1", "127.0.4.1", "127.0.5.1", "127.0.6.1"
STAFF, PHONES = 300, 2000
GUESSES = int(os.environ.get("HOITHI_GUESSES", "20000"))
PREPARE = os.path.join(os.path.dirname(HOITHI), "../../bench/prepare")
# docs/limits.md
ADDRESS_FREE, ADDRESS_S = 300, 2
ACCOUNT_FREE, ACCOUNT_S, ACCOUNT_MOST_S = 5, 15, 900
OFFICE_S = 600

folder = Folder()
with folder.demo(20):
    pass
ready = os.path.join(folder.root, "cookies")
subprocess.run([PREPARE, *folder.args, "--people", str(PHONES), "--cookies", ready],
               check=True, stdout=subprocess.DEVNULL, timeout=60)
with open(ready, encoding="ascii") as file:
    COOKIES = file.read().split()
s = folder.serve(None, "--metrics", "127.0.0.1:0")


def hashes():
    return metric(s, "hoithi_hash_done_total")


class Wire:
    """One kept connection from an address, and a cookie: as little of a browser as will do."""

    def __init__(self, address, cookie=""):
        self.socket = socket.create_connection(("127.0.0.1", s.port), 60, (address, 0))
        self.reader, self.cookie = self.socket.makefile("rb"), cookie

    def ask(self, path, fields=None):
        """Status, head and body; a post where there are fields."""
        body = urllib.parse.urlencode(fields) if fields else ""
        self.socket.sendall(
            f"{'POST' if fields else 'GET'} {HOME}{path} HTTP/1.1\r\nHost: localhost\r\n"
            f"Cookie: hoithi={self.cookie}\r\nContent-Length: {len(body)}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\n\r\n{body}".encode())
        lines = list(iter(self.reader.readline, b"\r\n"))
        head = b"".join(lines).decode()
        length = int(re.search(r"(?i)^content-length: (\d+)", head, re.M).group(1))
        return int(head.split()[1]), head, self.reader.read(length).decode()

    def close(self):
        self.reader.close()
        self.socket.close()


def value(page, name):
    return re.search(rf'name="{name}" value="([^"]*)"', page).group(1)


def location(answer):
    status, head, body = answer
    equal(status, 303, body[:500])
    return re.search(r"(?i)^location: (\S+)", head, re.M).group(1)


def page_of(answer):
    status, _, body = answer
    equal(status, 200, body[:500])
    assert body.rstrip().endswith("</html>"), body[-500:]
    return body


# ---------------------------------------------------------------- who means well

def phone_of(n):
    """A number that nobody else in here has."""
    return f"0907{n:06d}"


VICTIMS = [phone_of(900000 + n) for n in range(4)]
BYSTANDERS = [phone_of(910000 + n) for n in range(3)]


def sign_up(address, phone):
    b = Browser(s, address=address)
    page = b.get(HOME + "/dang-ky?dv=DP-25195")
    form = page.form("register").set("hoten", "Trần Thị Đông").set("ngaysinh", "5/8/1970")
    form.set("sdt", phone).set("matkhau", PASSWORD).set("dongy", True)
    b.press(page, form, status=200).says("Bạn đã đăng ký xong.")
    return b


def sign_out(b):
    page = b.get(HOME + "/toi")
    b.press(page, page.form("sign-out"))
    b.close()   # the next visit may be minutes later


def sign_in(b, phone):
    page = b.get(HOME + "/dang-nhap")
    form = page.form("sign-in").set("sdt", phone).set("matkhau", PASSWORD)
    b.press(page, form, status=200).says("Trang của tôi")
    b.close()


def office_person(n):
    """Every other one goes on at another machine of the office."""
    b = sign_up(OFFICE, phone_of(n))
    sign_out(b)
    if n % 2:
        b = Browser(s, address=OFFICE)
    sign_in(b, phone_of(n))
    begin(b)
    b.close()


def carrier_phone(n):
    """A whole paper; every answer is what it has to be."""
    phone = Wire(CARRIER, COOKIES[n])
    page = page_of(phone.ask("/vao-thi"))
    assert '<form id="start"' in page, page[:500]
    paper = location(phone.ask("/vao-thi", {"_token": value(page, "_token")}))
    part = paper.removeprefix(HOME + "/bai-thi/")
    page = page_of(phone.ask(f"/bai-thi/{part}"))
    items = int(re.search(r'data-n="(\d+)"', page).group(1))
    equal(page.count('type="radio"'), 4 * items)
    form = {name: value(page, name) for name in ("_token", "rev", "no", "base", "baseflags")}
    answers = [str(1 + (n + i) % 4) for i in range(items)]
    form.update({f"a{i + 1}": answer for i, answer in enumerate(answers)}, p=str(n))
    status, _, body = phone.ask(f"/bai-thi/{part}/luu.json", form)
    saved = json.loads(body)
    equal((status, saved["verdict"], saved["answers"]), (200, "saved", "".join(answers)))
    form.update(rev=saved["rev"], no=int(form["no"]) + 1, base=saved["answers"])
    equal(location(phone.ask(f"/bai-thi/{part}/nop", form)), f"{HOME}/ket-qua/{part}")
    assert 'class="receipt"' in page_of(phone.ask(f"/ket-qua/{part}"))
    phone.close()


# ---------------------------------------------------------------- who does not

class Guesser:
    """Tries victims' phones over and over, and between them each other phone once: those of
    the office, of the carrier, and numbers that nobody has."""

    def __init__(self):
        self.wire = Wire(GUESSER)
        _, head, body = self.wire.ask("/dang-nhap")
        self.wire.cookie = re.search(r"hoithi=([^;]+)", head).group(1)
        self.token = value(body, "_token")
        self.began, self.looked_at = time.monotonic(), {}   # a phone: its wrong passwords
        self.took = {"wrong": [], "account": [], "address": []}     # seconds, by what became of it

    def guess(self, phone, password):
        """Wrong, or held back by what, and for how many seconds."""
        began = time.monotonic()
        status, head, body = self.wire.ask("/dang-nhap", {"_token": self.token, "sdt": phone,
                                                          "matkhau": password})
        took, kind, wait = time.monotonic() - began, "wrong", 0
        if status == 422:
            assert "Caps Lock" in body, body[:500]
            self.looked_at[phone] = self.looked_at.get(phone, 0) + 1
        else:
            equal(status, 429, body[:500])
            kind = "address" if "Mạng bạn đang dùng" in body else "account"
            wait = int(re.search(r"(?i)^retry-after: (\d+)", head, re.M).group(1))
        self.took[kind].append(took)
        return kind, wait

    def go_on(self, others_are_done):
        phones = iter([phone_of(n) for n in range(STAFF)] + [f"098{n:07d}" for n in range(PHONES)])
        n = 0
        while (n < GUESSES or not others_are_done.is_set() or
               time.monotonic() < self.began + 2 * ACCOUNT_S):
            phone = VICTIMS[n // 4 % len(VICTIMS)] if n % 4 == 0 else next(phones, None)
            self.guess(phone or f"0333{n:06d}", f"đoán lần thứ {n}")
            n += 1

    def may_have_seen(self):
        """By now, of all phones, and of one."""
        elapsed = time.monotonic() - self.began
        one, wait, freed = ACCOUNT_FREE, ACCOUNT_S, ACCOUNT_S
        while freed <= elapsed:
            one, wait = one + 1, min(2 * wait, ACCOUNT_MOST_S)
            freed += wait
        return ADDRESS_FREE + elapsed / ADDRESS_S, one

    def holds_on(self, phone):
        """Tries until the account itself is held, and for long enough to try once more."""
        while True:
            by, seconds = self.guess(phone, "đoán thêm")
            if by == "account" and seconds >= ACCOUNT_S - 5:
                return
            time.sleep(0.1)


def in_parallel(threads, what, n):
    """Seconds that what(0) … what(n - 1) took."""
    began = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(threads) as pool:
        list(pool.map(what, range(n)))
    return time.monotonic() - began


def all_at_once(guesser, owners):
    """Seconds that the office and the carrier's phones took."""
    done = threading.Event()
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        guessing = pool.submit(guesser.go_on, done)
        office = pool.submit(in_parallel, 6, office_person, STAFF)
        carrier = pool.submit(in_parallel, 4, carrier_phone, PHONES)
        try:
            took = office.result(), carrier.result()
            for phone, owner in owners.items():
                sign_in(owner, phone)
        finally:
            done.set()
        guessing.result()
    return took


def test_a_crowd_and_a_guesser():
    owners = {phone: sign_up(ELSEWHERE, phone) for phone in VICTIMS + BYSTANDERS}
    for owner in owners.values():
        sign_out(owner)
    owners = {phone: owners[phone] for phone in VICTIMS}
    hashed = hashes()
    guesser = Guesser()
    for phone in BYSTANDERS * ACCOUNT_FREE:
        equal(guesser.guess(phone, "đoán từ đầu"), ("wrong", 0))
    office_s, carrier_s = all_at_once(guesser, owners)
    assert office_s < OFFICE_S, office_s
    # What an address is not let try leaves its owner as free as before, on a new machine too.
    phone = next(p for p in BYSTANDERS if guesser.guess(p, "đoán tiếp")[0] == "address")
    sign_in(Browser(s, address=ELSEWHERE), phone)
    # Held back means that not even the right password is looked at. Its owner comes in.
    for phone, owner in owners.items():
        guesser.holds_on(phone)
        equal(guesser.guess(phone, PASSWORD)[0], "account")
        sign_out(owner)
        sign_in(owner, phone)
    looked_at = hashes() - hashed - 2 * STAFF - 1 - 2 * len(VICTIMS)
    most, most_of_one = guesser.may_have_seen()
    equal(looked_at, sum(guesser.looked_at.values()))
    assert ADDRESS_FREE <= looked_at <= most, (looked_at, most)
    equal({p: n for p, n in guesser.looked_at.items() if n > most_of_one}, {})
    # Nobody else was ever told to wait, or anything else that was not meant.
    made = sum(map(len, guesser.took.values()))
    wait_for(lambda: [metric(s, rf'hoithi_http_answers_total{{.*status="{c}xx"}}')
                      for c in (4, 5)] == [made, 0])
    # To refuse costs no hash, nor the wait for one.
    ms = {kind: 1000 * statistics.median(took) for kind, took in guesser.took.items()}
    assert max(ms["account"], ms["address"]) < ms["wrong"], ms
    print(f"    {made} guesses in {time.monotonic() - guesser.began:.0f} s; {looked_at} looked at, "
          f"{most:.0f} at most; at one phone {max(guesser.looked_at.values())}, at most "
          f"{most_of_one}")
    for kind in ms:
        print(f"    {kind}: {len(guesser.took[kind])}, median {ms[kind]:.1f} ms, "
              f"longest {1000 * max(guesser.took[kind]):.0f} ms")
    print(f"    office {office_s:.0f} s, carrier {PHONES / carrier_s:.0f} journeys/s", flush=True)


try:
    run(globals())
finally:
    s.end()
