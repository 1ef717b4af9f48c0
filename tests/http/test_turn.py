#!/usr/bin/env python3
"""Waiting for a turn: the lines of those who start and of those at the door."""

import re
import time

from harness import Client, Server, equal, metric, once, run, wait_for

ASK = "/thi-2024/cho"


class Person:
    """A browser that has seen a form."""

    def __init__(self, server):
        self.server = server
        reply = once(server, "GET", "/thi-2024/cua")
        self.cookie = reply.get("set-cookie").split(";")[0]
        self.token = re.search(r"token=(\S+)", reply.text).group(1)

    def post(self, path, form="", client=None):
        body = f"_token={self.token}{form}"
        client = client or Client(self.server)
        return client.ask("POST", path, {"Cookie": self.cookie}, body)

    def ask(self, headers=None):
        return once(self.server, "GET", ASK, {"Cookie": self.cookie, **(headers or {})})


def before(reply):
    equal(reply.status, 202)
    n, seconds, path = re.fullmatch(r"before (\d+) ask (\d+) at (\S+)", reply.text).groups()
    equal(path, ASK)
    assert 1 < int(seconds) < 90, seconds
    assert "set-cookie" not in dict(reply.headers), reply.headers
    return int(n)


def waiting(server, line):
    return metric(server, f'hoithi_waiting_people{{line="{line}"}}')


def test_door():
    """More passwords than can be hashed at once: all are, in about the order they came in."""
    with Server(threads=2, hash_threads=1, hash_queue=4) as s:
        people = [Person(s) for _ in range(40)]
        clients = []
        for p in people:
            client = Client(s)
            body = f"_token={p.token}&password=mot"
            client.send(f"POST /thi-2024/cua HTTP/1.1\r\nHost: {s.host}\r\nCookie: {p.cookie}\r\n"
                        "Content-Type: application/x-www-form-urlencoded\r\n"
                        f"Content-Length: {len(body)}\r\n\r\n{body}")
            clients.append(client)
        first = [c.read() for c in clients]
        statuses = [r.status for r in first]
        assert set(statuses) == {200, 202}, statuses
        places = [before(r) for r in first if r.status == 202]
        equal(sorted(places), list(range(len(places))))
        late = [p for p, r in zip(people, first) if r.status == 202]
        equal(metric(s, 'hoithi_waiting_came_total{line="door"}'), len(late))
        rounds = 0
        while late:
            assert rounds < 300
            rounds += 1
            time.sleep(0.05)
            answers = [p.ask() for p in late]
            for r in answers:
                assert r.status == 202 or r.text.startswith("hash 0 1 $argon2id"), r.text
            late = [p for p, r in zip(late, answers) if r.status == 202]
        equal(waiting(s, "door"), 0)
        equal(metric(s, 'hoithi_waiting_seconds_count{line="door"}'), len(places))
        equal(metric(s, "hoithi_hash_refused_total"), 0)
        # Whose turn has been has none any more, and neither has who never waited.
        reply = people[-1].ask()
        equal((reply.status, reply.get("location")), (303, "/thi-2024/vao-thi"))
        reply = once(s, "GET", ASK)
        equal((reply.status, reply.get("location")), (303, "/thi-2024/vao-thi"))


def test_place_is_the_browser_s():
    with Server(threads=1, asleep=1) as s:
        one, other = Person(s), Person(s)
        s.tell("hold")
        c = Client(s)
        c.send(f"POST /write HTTP/1.1\r\nHost: {s.host}\r\nContent-Length: 0\r\n\r\n")
        wait_for(lambda: metric(s, "hoithi_http_asleep") == 1)
        equal(before(one.post("/thi-2024/bat-dau")), 0)
        equal(before(other.post("/thi-2024/bat-dau")), 1)
        equal(before(one.post("/thi-2024/bat-dau")), 0)
        equal(waiting(s, "start"), 2)
        # What cannot line up is refused.
        equal(once(s, "POST", "/write", body="").status, 503)
        # A wrong token gets no place, and another site cannot make a browser ask.
        stranger = Person(s)
        stranger.token = one.token
        equal(stranger.post("/thi-2024/bat-dau").status, 403)
        equal(one.ask({"Sec-Fetch-Site": "cross-site"}).status, 403)
        equal(before(one.ask()), 0)
        equal(before(other.ask({"Sec-Fetch-Site": "same-origin"})), 1)
        # The language is chosen without losing the place.
        reply = once(s, "GET", ASK + "?lang=en", {"Cookie": one.cookie})
        equal((reply.status, reply.get("location")), (303, ASK))
        # Signed in as another meanwhile: what was posted is not theirs.
        s.tell("release")
        equal(c.read().status, 200)
        reply = other.post("/vao", "&tiep=/")
        equal(reply.status, 303)
        cookie = reply.get("set-cookie").split(";")[0]
        equal(once(s, "GET", ASK, {"Cookie": cookie}).status, 403)
        # Nobody sees what comes of a HEAD: it takes no turn.
        head = Client(s).ask("HEAD", ASK, {"Cookie": one.cookie})
        equal(head.status, 303)
        reply = one.ask()
        equal((reply.status, reply.text), (200, "written 2"))
        equal(waiting(s, "start"), 0)
        equal(once(s, "GET", "/no-such-contest/cho").status, 303)


def test_behind():
    """A loop that takes things up late: who comes anew waits, saves do not, and what came in
    time is in time."""
    with Server(threads=1) as s:
        one = Person(s)
        reply = one.post("/vao", "&tiep=/")
        cookie = reply.get("set-cookie").split(";")[0]
        s.tell("hold")
        stalled, start, when, own = Client(s), Client(s), Client(s), Client(s)
        for client in (start, when, own):
            equal(client.ask("GET", "/thi-2024/tin").status, 200)
        stalled.send(f"GET /stall HTTP/1.1\r\nHost: {s.host}\r\n\r\n")
        time.sleep(0.2)
        form = "Content-Type: application/x-www-form-urlencoded\r\n"
        body = f"_token={one.token}"
        start.send(f"POST /thi-2024/bat-dau HTTP/1.1\r\nHost: {s.host}\r\nCookie: {one.cookie}\r\n"
                   f"{form}Content-Length: {len(body)}\r\n\r\n{body}")
        own.send(f"GET /thi-2024/rieng HTTP/1.1\r\nHost: {s.host}\r\nCookie: {cookie}\r\n\r\n")
        when.send(f"POST /when HTTP/1.1\r\nHost: {s.host}\r\nContent-Length: 0\r\n\r\n")
        sent = time.time() * 1000
        time.sleep(1.5)
        s.tell("release")
        equal(stalled.read().status, 200)
        equal(before(start.read()), 0)
        equal(own.read().status, 503)
        arrived = int(when.read().text)
        assert -5 < arrived - sent < 500, arrived - sent
        equal(one.ask().text, "written 1")
        equal(own.ask("GET", "/thi-2024/rieng", {"Cookie": cookie}).text, "contest 1")


def test_crowded():
    """Past half of the connections an idle one makes way soon; past three quarters each
    answer ends its own."""
    with Server(threads=1, connections=20, idle_ms=60000) as s:
        clients = [Client(s) for _ in range(12)]
        for c in clients:
            equal(c.ask("GET", "/thi-2024/tin").get("connection", "keep-alive").lower(),
                  "keep-alive")
        wait_for(lambda: metric(s, "hoithi_http_connections") <= 10, 8)
        more = [Client(s) for _ in range(17 - int(metric(s, "hoithi_http_connections")))]
        wait_for(lambda: metric(s, "hoithi_http_connections") >= 16)
        reply = more[-1].ask("GET", "/thi-2024/tin")
        equal((reply.status, reply.get("connection").lower()), (200, "close"))
        assert more[-1].is_closed()


run(globals())
