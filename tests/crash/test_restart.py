#!/usr/bin/env python3
"""The server is exchanged while people sit their papers: the listening socket is the
service manager's, so connections wait in the kernel, and no request is lost, refused
or sent twice. And what the server says of itself to the manager.

    test_restart.py HOITHI SOURCE_ROOT JOURNEYS PREPARE [NAME …]"""

import os
import signal
import socket
import sqlite3
import time

from manager import Rehearsal
from harness import equal, new_folder, run

EXCHANGES = 5
CONNECTIONS = 32
WATCHDOG_S = 2

rehearsal = Rehearsal(2000)
manager = rehearsal.manager
HEALTH = b"GET /suc-khoe HTTP/1.1\r\nHost: x\r\n\r\n"


def ask(data, port=None):
    """A connection with this much of a request on its way."""
    connection = socket.create_connection(("127.0.0.1", port or manager.port), 60)
    connection.sendall(data)
    return connection


def answer(connection):
    """Status and head of the whole answer; the connection stays as it is."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        assert more, ("closed without an answer", data)
        data += more
    head = data.split(b"\r\n\r\n")[0].decode()
    return int(head.split()[1]), head.lower()


def test_exchange():
    """Five times under load: bench/journeys sends nothing twice, and counts each answer
    that is missing, late or wrong."""
    server = rehearsal.serve()
    load = rehearsal.journeys("--connections", str(CONNECTIONS), "--seconds", "200")
    doors = rehearsal.registers("--door-connections", "1", "--door-seconds", "200")
    took = []
    for _ in range(EXCHANGES):
        time.sleep(1)
        before = time.monotonic()
        manager.end(server)
        server = rehearsal.serve()
        took.append(time.monotonic() - before)
    time.sleep(1)
    journeys, registers = load.end()["journeys"], doors.end()["registers"]
    manager.end(server)
    for figures in (journeys, registers):
        equal((figures["errors"], figures["unanswered"]), (0, 0), figures)
    # Each exchange closed all connections.
    assert journeys["connects"] >= CONNECTIONS * (EXCHANGES + 1), journeys
    print(f"    {EXCHANGES} exchanges of {min(took):.1f} to {max(took):.1f} s,",
          f"{journeys['requests']} requests, {journeys['done']} journeys,",
          f"{registers['done']} registrations, 0 errors")


def test_between():
    """Who comes while one server ends waits for the next; who was there gets an answer."""
    server = rehearsal.serve()
    idle = ask(HEALTH)
    equal(answer(idle)[0], 200)
    head = (f"POST /{rehearsal.made['contest']}/dang-nhap HTTP/1.1\r\nHost: x\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 8\r\n\r\n")
    slow = ask(head.encode() + b"sdt=")
    # Both have been read: the loops answer in the order in which they hear of data.
    for _ in range(20):
        equal(answer(ask(HEALTH))[0], 200)
    server.process.send_signal(signal.SIGTERM)
    manager.wait_for("STOPPING=1", server)
    equal(idle.recv(1), b"", "an idle connection at a drain")
    late = [ask(HEALTH) for _ in range(20)]
    server.process.send_signal(signal.SIGTERM)      # once more changes nothing
    time.sleep(0.3)
    assert server.process.poll() is None, server.log()
    slow.sendall(b"1234")
    status, lines = answer(slow)
    assert status < 500 and "\r\nconnection: close" in lines, lines
    server.end()
    for connection in late:
        connection.settimeout(0.01)
        try:
            raise AssertionError(("answered by nobody", connection.recv(1)))
        except TimeoutError:
            connection.settimeout(60)
    server = rehearsal.serve()
    for connection in late:
        equal(answer(connection)[0], 200)
    manager.end(server)


def test_words():
    """READY=1 when requests are answered, and from no server that cannot; a signal
    that comes with it ends it well."""
    for _ in range(5):
        waiting = ask(HEALTH)
        server = rehearsal.serve()
        server.process.send_signal(signal.SIGTERM)
        equal(manager.wait_for("STOPPING=1", server), [], "said without a watchdog")
        server.end()
        waiting.close()
    taken = socket.create_server(("127.0.0.1", 0))
    server = manager.start("serve", "--data", rehearsal.data, "--keys", rehearsal.keys,
                           "--metrics", f"127.0.0.1:{taken.getsockname()[1]}", wait=False)
    server.end(1)
    equal(manager.heard(), None, "said by a server that could not start")


def test_watchdog():
    """Signs of life come, and end while the writer cannot write."""
    server = rehearsal.serve(watchdog_s=WATCHDOG_S)
    for _ in range(4):
        manager.wait_for("WATCHDOG=1", server)
    # The server keeps the whole folder locked for itself, but SQLite's own lock can
    # be had by whoever opens the file.
    holder = sqlite3.connect(os.path.join(rehearsal.data, "hoithi.db"), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    end = time.monotonic() + 60
    while manager.heard(WATCHDOG_S):
        assert time.monotonic() < end, "signs of life from a writer that is stuck"
    # The loops are well, and answer what needs no writer.
    equal(answer(ask(HEALTH))[0], 200)
    assert "no sign of life from the writer" in server.log(), server.log()
    holder.execute("ROLLBACK")
    holder.close()
    for _ in range(4):
        manager.wait_for("WATCHDOG=1", server)
    server.process.send_signal(signal.SIGTERM)
    manager.wait_for("STOPPING=1", server)
    server.end()


def test_sockets():
    """One, or several; and what is meant has to be said."""
    other = socket.create_server(("127.0.0.1", 0))
    path = new_folder("unix")
    local = socket.socket(socket.AF_UNIX)
    local.bind(path)
    local.listen()
    idle = socket.socket()
    idle.bind(("127.0.0.1", 0))
    args = ["serve", "--data", rehearsal.data, "--keys", rehearsal.keys]
    server = manager.start(*args, sockets=[manager.socket, other])
    for port in (manager.port, other.getsockname()[1]) * 8:
        equal(answer(ask(HEALTH, port))[0], 200)
    manager.end(server)
    for sockets, listen, why in (([], "systemd", "systemd passed no socket"),
                                 ([other], "127.0.0.1:0", "systemd passed sockets"),
                                 ([other, local], "systemd", "does not listen for TCP"),
                                 ([other, idle], "systemd", "does not listen for TCP")):
        server = manager.start(*args, sockets=sockets, listen=listen, wait=False)
        server.end(1)
        assert why in server.log(), (why, server.log())
    equal(manager.heard(), None, "said by servers that could not start")


run(globals())
