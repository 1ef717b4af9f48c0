#!/usr/bin/env python3
"""Connections and requests from birth to death: deadlines, sleep, bounds, drain."""

import os
import socket
import subprocess
import threading
import time

from harness import Client, KEYS, MAIN, Server, equal, metric, once, run, wait_for


def test_deadlines():
    with Server(head_ms=400, body_ms=600, idle_ms=800, threads=1) as s:
        def drip(first, byte):
            c = Client(s)
            start = time.monotonic()
            c.send(first)
            try:
                while time.monotonic() - start < 5:
                    c.send(byte)
                    c.socket.settimeout(0.05)
                    try:
                        if c.socket.recv(1) == b"":
                            break
                    except (socket.timeout, TimeoutError):
                        pass
            except OSError:
                pass
            return time.monotonic() - start
        head = f"POST /echo HTTP/1.1\r\nHost: {s.host}\r\n"
        form = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 60000\r\n\r\n"
        took = drip("", "G")
        assert 0.3 < took < 1.2, took
        took = drip(head, "X: a\r\n")
        assert 0.3 < took < 1.2, took
        took = drip(head + form, "a")
        assert 0.5 < took < 1.4, took
        c = Client(s)
        start = time.monotonic()
        assert c.is_closed()
        assert 0.3 < time.monotonic() - start < 1.2
        c = Client(s)
        c.ask("GET", "/")
        start = time.monotonic()
        assert c.is_closed()
        took = time.monotonic() - start
        assert 0.7 < took < 1.6, took
        # a request that sleeps has none
        s.tell("hold")
        c = Client(s)
        c.send(f"POST /write HTTP/1.1\r\nHost: {s.host}\r\nContent-Length: 0\r\n\r\n")
        time.sleep(1.5)
        s.tell("release")
        equal(c.read().status, 200)
        equal(metric(s, "hoithi_http_deadlines_met_total"), 4.0)


def test_request_at_its_deadline():
    """What comes while a loop is busy is answered, though a deadline has passed."""
    with Server(threads=1, head_ms=2000, idle_ms=2000) as s:
        start = time.monotonic()
        fresh, kept = Client(s), Client(s)
        equal(kept.ask("GET", "/").status, 200)
        s.tell("hold")
        busy = Client(s)
        busy.send(f"GET /stall HTTP/1.1\r\nHost: {s.host}\r\n\r\n")
        wait_for(lambda: not s.lives() and not (time.sleep(0.2) or s.lives()))
        for c in fresh, kept:
            c.send(f"POST /write HTTP/1.1\r\nHost: {s.host}\r\nContent-Length: 0\r\n\r\n")
        time.sleep(max(0, start + 2.5 - time.monotonic()))
        s.tell("release")
        equal([c.read().status for c in (fresh, kept, busy)], [200] * 3)


def test_slow_reader():
    with Server(send_ms=300, send_bytes_per_s=4 << 20, threads=1) as s:
        c = Client(s)
        c.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        for _ in range(8):
            c.send(f"GET /large HTTP/1.1\r\nHost: {s.host}\r\n\r\n")
        wait_for(lambda: metric(s, "hoithi_http_connections") == 1)
        # 300 ms and a quarter of a second for the MiB
        wait_for(lambda: metric(s, "hoithi_http_connections") == 0, 10)


def test_asleep_and_gone():
    with Server(threads=2) as s:
        for how in range(3):
            s.tell("hold")
            clients = []
            for _ in range(64):
                c = Client(s)
                c.send(f"POST /write HTTP/1.1\r\nHost: {s.host}\r\n"
                       "Content-Type: application/x-www-form-urlencoded\r\n"
                       "Content-Length: 7\r\n\r\ntwice=1")
                clients.append(c)
            wait_for(lambda: metric(s, "hoithi_http_asleep") == 64)
            for c in clients:
                if how == 1:    # RST
                    c.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                        b"\1\0\0\0\0\0\0\0")
                if how == 2:
                    c.socket.shutdown(socket.SHUT_RDWR)
                c.close()
            s.tell("release")
            wait_for(lambda: metric(s, "hoithi_http_asleep") == 0)
            wait_for(lambda: metric(s, "hoithi_http_connections") == 0)
        equal(once(s, "POST", "/write", body="").status, 200)
        equal(s.end(), 64 * 2 * 3 + 1)


def test_bounds():
    with Server(threads=1, asleep=10) as s:
        s.tell("hold")
        clients = [Client(s) for _ in range(12)]
        for c in clients:
            c.send(f"POST /write HTTP/1.1\r\nHost: {s.host}\r\nContent-Length: 0\r\n\r\n")
        wait_for(lambda: metric(s, "hoithi_http_asleep") == 10)
        s.tell("release")
        statuses = [c.read().status for c in clients]
        equal((statuses.count(200), statuses.count(503)), (10, 2))
    with Server(threads=1, connections=20) as s:
        clients = [Client(s) for _ in range(40)]
        wait_for(lambda: metric(s, "hoithi_http_connections") == 20)
        clients[0].ask("GET", "/")
        for c in clients[:20]:
            c.close()
        equal(clients[-1].ask("GET", "/").status, 200)
    with Server(threads=1) as s:
        args = [MAIN, os.path.join(KEYS, "k")]
        for listen, wanted in ((s.host, "refused 2"), ("nonsense", "refused 1"),
                               ("192.0.2.1:80", "refused 3")):
            r = subprocess.run([*args, f"listen={listen}"], capture_output=True, text=True)
            equal(r.stdout.strip(), f"{wanted} {listen}")
        r = subprocess.run([*args, "proxies=10.0.0.0/33"], capture_output=True, text=True)
        equal(r.stdout.strip(), "refused 4 trusted proxies")


def test_two_loops():
    with Server(threads=2) as s:
        results = []

        def work():
            c = Client(s)
            for i in range(100):
                kind = i % 3
                if kind == 0:
                    good = c.ask("GET", "/public").status == 200
                elif kind == 1:
                    good = c.ask("POST", "/write", body="").status == 200
                else:
                    good = c.ask("GET", "/").status == 200
                results.append(good)
            c.close()
        threads = [threading.Thread(target=work) for _ in range(16)]
        [t.start() for t in threads]
        [t.join() for t in threads]
        equal((len(results), all(results)), (1600, True))


def test_signs_of_life():
    """From idle loops too; and none when one of them does not turn."""
    with Server(threads=2) as s:
        wait_for(s.lives)
        wait_for(s.lives)
        s.tell("hold")
        c = Client(s)
        c.send(f"GET /stall HTTP/1.1\r\nHost: {s.host}\r\n\r\n")

        def none_for_a_while():
            return not any(time.sleep(0.02) or s.lives() for _ in range(20))
        wait_for(none_for_a_while, 20)
        s.tell("release")
        equal(c.read().status, 200)
        wait_for(s.lives)


def test_drain():
    """Whatever was written was answered, and an open connection gets its answer."""
    for drip in (False, True):
        s = Server(threads=2, idle_ms=60000)
        answered, stop, errors = [], threading.Event(), []

        def work():
            while not stop.is_set():
                try:
                    c = Client(s)
                except OSError:
                    break
                try:
                    while True:
                        r = c.ask("POST", "/write", body="")
                        if r is None:
                            errors.append("no reply")
                            break
                        assert r.status == 200
                        answered.append(1)
                        if r.get("connection").lower() == "close":
                            break
                        if drip:
                            time.sleep(0.01)
                except OSError as e:
                    # A connection that was still being accepted may be reset, but
                    # then nothing was written for it.
                    errors.append(repr(e))
                    break
        threads = [threading.Thread(target=work) for _ in range(24)]
        [t.start() for t in threads]
        idle = Client(s)
        idle.ask("GET", "/")
        fresh = Client(s)
        time.sleep(0.5)
        start = time.monotonic()
        written = s.end()
        took = time.monotonic() - start
        stop.set()
        [t.join() for t in threads]
        equal(len(answered), written, f"answered and written, {errors}")
        assert took < 5, took
        assert idle.is_closed() and fresh.is_closed()
        print("   ", written, "written,", len(errors), "refused", f"{took:.1f} s", set(errors))


def test_drain_asleep():
    """What sleeps is answered, however short the time for a drain is."""
    with Server(threads=2, drain_ms=100, idle_ms=60000) as s:
        s.tell("hold")
        clients = [Client(s) for _ in range(50)]
        for c in clients:
            c.send(f"POST /write HTTP/1.1\r\nHost: {s.host}\r\nContent-Length: 0\r\n\r\n")
        late = Client(s)
        late.send(f"POST /write HTTP/1.1\r\nHost: {s.host}\r\nContent-Le")
        wait_for(lambda: metric(s, "hoithi_http_asleep") == 50)
        equal(s.end(), 50)
        for c in clients:
            r = c.read()
            equal((r.status, r.get("connection").lower()), (200, "close"))
        assert late.is_closed()


run(globals())
