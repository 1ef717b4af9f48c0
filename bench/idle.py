"""Connections that cost and do nothing: idle.py idle|drip URL CONTEST SERVER_PID N

idle: opens N connections, lets each have one page, prints what the server's memory grew
by as JSON, and holds them until its standard input ends.
drip: N clients, half of them in the head and half in the body, send a byte a second
until they are cut off; prints how many were, and after how many seconds the last."""

import json
import resource
import selectors
import socket
import sys
import time
import urllib.parse

AT_ONCE = 200
GIVE_UP_S = 60

files = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (files[1], files[1]))
what, url, contest, server_pid, count = sys.argv[1:]
here = urllib.parse.urlsplit(url)
HEAD = (f"GET /{contest} HTTP/1.1\r\nHost: {here.netloc}\r\nAccept-Encoding: gzip\r\n"
        "\r\n").encode()
FORM = (f"POST /{contest}/dang-nhap HTTP/1.1\r\nHost: {here.netloc}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\n").encode()


def memory_mb():
    with open(f"/proc/{server_pid}/status", encoding="utf-8") as file:
        for line in file:
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
    raise AssertionError("no VmRSS")


def connect():
    link = socket.create_connection((here.hostname, here.port), timeout=30)
    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return link


def read_page(link):
    data = b""
    while b"\r\n\r\n" not in data:
        more = link.recv(65536)
        assert more, "cut off"
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200"), head[:40]
    length = next(int(line.split(b":")[1]) for line in head.split(b"\r\n")
                  if line.lower().startswith(b"content-length"))
    while len(body) < length:
        more = link.recv(65536)
        assert more, "cut off"
        body += more


def idle(n):
    for _ in range(AT_ONCE):  # what the server has at hand before the first of ours
        link = connect()
        link.sendall(HEAD)
        read_page(link)
        link.close()
    before = memory_mb()
    links = []
    while len(links) < n:
        some = [connect() for _ in range(min(AT_ONCE, n - len(links)))]
        for link in some:
            link.sendall(HEAD)
        for link in some:
            read_page(link)
        links += some
    print(json.dumps({"connections": len(links), "memory_mb": round(memory_mb() - before, 1)}),
          flush=True)
    sys.stdin.read()


def drip(n):
    began = time.monotonic()
    selector = selectors.DefaultSelector()
    links = {}
    for i in range(n):
        link = connect()
        if i % 2:
            link.sendall(FORM)
        link.setblocking(False)
        selector.register(link, selectors.EVENT_READ)
        links[link] = HEAD if i % 2 == 0 else b"a" * 1000
    sent, last = 0, 0.0
    while links and time.monotonic() - began < GIVE_UP_S:
        for link, data in list(links.items()):
            try:
                link.send(data[sent:sent + 1])
            except OSError:
                pass  # what was cut is told by reading
        sent += 1
        until = began + sent
        while (left := until - time.monotonic()) > 0:
            for key, _ in selector.select(left):
                try:
                    gone = not key.fileobj.recv(65536)
                except ConnectionError:
                    gone = True
                if gone:
                    last = time.monotonic() - began
                    selector.unregister(key.fileobj)
                    del links[key.fileobj]
                    key.fileobj.close()
    print(json.dumps({"clients": n, "cut": n - len(links), "last_s": round(last, 1)}))


{"idle": idle, "drip": drip}[what](int(count))
