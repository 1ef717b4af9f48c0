#!/usr/bin/env python3
"""Does the time that the door takes tell who is registered?

    door_timing.py URL CONTEST TRIES

signs in with a wrong password, and asks for a new one with a wrong recovery code, TRIES
times each at phones of people whom bench/prepare put there (TRIES / 2 of them) and at
phones that nobody has, in a random order, over one connection an address, from several
loopback addresses (an address and an account have limits of their own). Prints as JSON the
medians, their difference, and what difference chance alone makes: the 99th percentile over
random relabelings of the same times."""

import http.client
import json
import random
import re
import statistics
import sys
import time
import urllib.parse

FREE_TRIES = 4          # of an account, before it has to wait
PER_ADDRESS = 200       # wrong passwords, well below what an address may
RELABELINGS = 1000


class Caller:
    """A browser at an address of its own."""

    def __init__(self, host, port, contest, address):
        self.connection = http.client.HTTPConnection(host, port, timeout=60,
                                                     source_address=(address, 0))
        self.contest, self.cookie, self.left = contest, "", PER_ADDRESS

    def get(self, path):
        self.connection.request("GET", f"/{self.contest}{path}",
                                headers={"Cookie": self.cookie} if self.cookie else {})
        reply = self.connection.getresponse()
        body = reply.read().decode()
        if reply.getheader("set-cookie"):
            self.cookie = reply.getheader("set-cookie").split(";")[0]
        return re.search(r'name="_token" value="([^"]+)"', body).group(1)

    def post(self, path, fields):
        """Milliseconds from the first byte sent to the last received."""
        body = urllib.parse.urlencode(fields)
        began = time.perf_counter()
        self.connection.request("POST", f"/{self.contest}{path}", body, {
            "Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"})
        reply = self.connection.getresponse()
        reply.read()
        spent = 1000 * (time.perf_counter() - began)
        if reply.status != 422:
            sys.exit(f"door_timing: {path} answered {reply.status}, not 422")
        self.left -= 1
        return spent


def phones(known, n, first):
    """n phones from the number `first` on, none more than FREE_TRIES times."""
    form = "098{:07d}" if known else "089{:07d}"
    return [form.format(first + i // FREE_TRIES) for i in range(n)]


def compare(times):
    known, unknown = ([ms for is_known, ms in times if is_known == kind] for kind in (True, False))
    difference = statistics.median(known) - statistics.median(unknown)
    pool, by_chance = known + unknown, []
    for _ in range(RELABELINGS):
        random.shuffle(pool)
        by_chance.append(abs(statistics.median(pool[:len(known)]) -
                             statistics.median(pool[len(known):])))
    return {"tries": len(times), "known_ms": round(statistics.median(known), 3),
            "unknown_ms": round(statistics.median(unknown), 3),
            "difference_ms": round(abs(difference), 4),
            "noise_ms": round(sorted(by_chance)[int(0.99 * RELABELINGS)], 4)}


def measure(new_caller, path, first, fields_of, tries):
    """`tries` of each kind, at phones that are tried nowhere else; the first few warm up
    and do not count."""
    who = [(kind, phone) for kind in (True, False) for phone in phones(kind, tries, first)]
    random.shuffle(who)
    times, caller = [], None
    for i, (kind, phone) in enumerate(who):
        if caller is None or caller.left == 0:
            caller = new_caller()
            token = caller.get(path)
            time.sleep(3.1)     # sooner a form of the door is shown again
        spent = caller.post(path, {"_token": token, **fields_of(phone)})
        if i >= 20:
            times.append((kind, spent))
    return compare(times)


def main():
    url, contest, tries = urllib.parse.urlsplit(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    numbers = iter(range(1, 250))

    def new_caller():
        return Caller(url.hostname, url.port, contest, f"127.0.77.{next(numbers)}")

    print(json.dumps({
        "sign_in": measure(new_caller, "/dang-nhap", 1,
                           lambda phone: {"sdt": phone, "matkhau": "không phải mật khẩu này"}, tries),
        "forgot": measure(new_caller, "/quen-mat-khau", 1 + tries // FREE_TRIES,
                          lambda phone: {"sdt": phone, "ma": "0123456789",
                                         "matkhau": "một mật khẩu mới toanh"}, tries)}))


main()
