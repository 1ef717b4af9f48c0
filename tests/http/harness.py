"""A server under test, a client that says every byte it is told to, and a runner.

    test_….py TEST_MAIN [NAME …]

starts TEST_MAIN (tests/http/test_main.c) anew for each group of tests."""

import os
import re
import socket
import subprocess
import sys
import tempfile
import time

MAIN = sys.argv[1]
KEYS = tempfile.mkdtemp()


class Server:
    def __init__(self, **limits):
        args = [f"{name}={value}" for name, value in limits.items()]
        self.log = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen([MAIN, os.path.join(KEYS, "k"), *args], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=self.log)
        line = self.process.stdout.readline()
        assert re.match(r"\d+ \d+$", line), (line, self.stderr())
        self.port, self.metrics_port = map(int, line.split())
        self.host = f"127.0.0.1:{self.port}"

    def stderr(self):
        self.log.seek(0)
        return self.log.read()

    def tell(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        if command != "drain":
            assert self.process.stdout.readline() == "ok\n"

    def lives(self):
        self.process.stdin.write("lives\n")
        self.process.stdin.flush()
        return self.process.stdout.readline() == "ok\n"

    def end(self):
        """Drains; gives the number of jobs that were written."""
        if self.process.poll() is None:
            self.tell("drain")
        out, _ = self.process.communicate(timeout=40)
        log = self.stderr()
        assert self.process.returncode == 0, (self.process.returncode, log)
        assert "Sanitizer" not in log and "runtime error" not in log, log
        return int(re.search(r"ended (\d+)", out).group(1))

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind:
            self.process.kill()
            self.process.communicate()
            print(self.stderr()[-3000:])
        else:
            self.end()


class Reply:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def all(self, name):
        return [value for key, value in self.headers if key == name.lower()]

    def get(self, name, default=""):
        return ([*self.all(name), default])[0]

    @property
    def text(self):
        return self.body.decode()


class Client:
    def __init__(self, server, timeout=10):
        self.server = server
        self.socket = socket.create_connection(("127.0.0.1", server.port), timeout=timeout)
        self.rest = b""

    def send(self, data):
        self.socket.sendall(data if isinstance(data, bytes) else data.encode("latin-1"))

    def more(self):
        data = self.socket.recv(65536)
        self.rest += data
        return bool(data)

    def read(self, head_only=False):
        """One reply; None when the stream ended before its first byte."""
        while b"\r\n\r\n" not in self.rest:
            if not self.more():
                assert not self.rest, self.rest
                return None
        head, _, self.rest = self.rest.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        status = int(lines[0].split()[1])
        headers = [(k.lower(), v.strip()) for k, _, v in (line.partition(":") for line in lines[1:])]
        reply = Reply(status, headers, b"")
        length = int(reply.get("content-length", "0"))
        if status in (100, 204, 304) or head_only:
            length = 0
        while len(self.rest) < length:
            assert self.more(), "cut in the body"
        reply.body, self.rest = self.rest[:length], self.rest[length:]
        return reply

    def is_closed(self):
        try:
            return self.rest == b"" and self.socket.recv(1) == b""
        except ConnectionResetError:
            return True

    def ask(self, method, path, headers=(), body=None, **kw):
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self.server.host}"]
        lines += [f"{k}: {v}" for k, v in dict(headers).items()]
        if body is not None:
            body = body if isinstance(body, bytes) else body.encode()
            lines.append(f"Content-Length: {len(body)}")
            if "Content-Type" not in dict(headers):
                lines.append("Content-Type: application/x-www-form-urlencoded")
        self.send("\r\n".join(lines) + "\r\n\r\n")
        if body:
            self.send(body)
        return self.read(head_only=method == "HEAD", **kw)

    def close(self):
        self.socket.close()


def once(server, method, path, headers=(), body=None):
    client = Client(server)
    reply = client.ask(method, path, headers, body)
    client.close()
    return reply


def raw(server, data):
    """The statuses of all replies to these bytes, and whether it was closed."""
    client = Client(server, timeout=0.4)
    closed = False
    try:
        client.send(data)
        while client.more():
            pass
        closed = True
    except TimeoutError:
        pass
    except OSError:
        closed = True
    client.close()
    return [int(status) for status in re.findall(rb"HTTP/1.[01] (\d+)", client.rest)], closed


def wait_for(what, seconds=5):
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


def metric(server, name):
    with socket.create_connection(("127.0.0.1", server.metrics_port)) as s:
        s.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        data = b""
        while more := s.recv(65536):
            data += more
    found = re.search(rf"^{re.escape(name)} (\S+)$", data.decode(), re.M)
    return float(found.group(1)) if found else None


def equal(found, wanted, what=""):
    assert found == wanted, f"{what}: {found!r}, not {wanted!r}"


def run(tests):
    """Runs the functions test_… that are named on the command line, or all."""
    tests = {k[5:]: v for k, v in tests.items() if k.startswith("test_")}
    for name in sys.argv[2:] or tests:
        start = time.monotonic()
        print(name, flush=True)
        tests[name]()
        print(f"    {time.monotonic() - start:.1f} s", flush=True)
