"""The service manager of these tests: it holds the listening socket, passes it to
one server after the other, and hears what they say of themselves, as systemd does.
Also the load that is played meanwhile, and the folder that it is played on."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time

sys.path.insert(1, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "site"))
# The programs of bench/ stand before the names of tests.
JOURNEYS, PREPARE = (os.path.abspath(path) for path in sys.argv[3:5])
del sys.argv[3:5]

from harness import BAD_SIGNS, HOITHI, START_SECONDS, TMP, _running, new_folder  # noqa: E402


class Rehearsal:
    """The demo's folder, open now, with people who have a cookie each."""

    def __init__(self, people):
        self.root = new_folder("rehearsal")
        self.data, self.keys = os.path.join(self.root, "data"), os.path.join(self.root, "keys")
        self.cookies, self.browsers = new_folder("cookies"), new_folder("browsers")
        self.manager = Manager()
        demo = self.manager.start("demo", "--people", "50", "--data", self.root)
        self.manager.end(demo)
        made = subprocess.run([PREPARE, "--data", self.data, "--keys", self.keys,
                               "--people", str(people), "--cookies", self.cookies,
                               "--browsers", self.browsers],
                              capture_output=True, text=True, timeout=300, check=False)
        assert made.returncode == 0, made
        self.made = json.loads(made.stdout)

    def serve(self, clock=None, **more):
        return self.manager.start("serve", "--data", self.data, "--keys", self.keys,
                                  *(("--clock", clock) if clock else ()), **more)

    def load(self, *more):
        return Load("--url", f"http://127.0.0.1:{self.manager.port}", "--contest",
                    self.made["contest"], *more)

    def journeys(self, *more):
        return self.load("--cookies", self.cookies, *more)

    def registers(self, *more):
        return self.load("--registers", self.browsers, "--group", self.made["group"],
                         "--unit", self.made["unit"], *more)


class Load:
    """bench/journeys until it is told to end, or its time is over."""

    def __init__(self, *args):
        self.err_path = new_folder("load")
        with open(self.err_path, "wb") as err:
            self.process = subprocess.Popen([JOURNEYS, *args], stdin=subprocess.DEVNULL,
                                            stdout=subprocess.PIPE, stderr=err)
        _running.append(self)

    def kill(self):
        if self in _running:
            _running.remove(self)
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(20)

    def end(self):
        """Its figures, all of which have to be right."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            out, _ = self.process.communicate(timeout=120)
        finally:
            self.kill()
        with open(self.err_path, encoding="utf-8") as file:
            err = file.read()
        assert self.process.returncode == 0 and not err, (out, err)
        return json.loads(out)


class Manager:
    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=4096)
        self.port = self.socket.getsockname()[1]
        self.words_path = new_folder("notify")
        self.words = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.words.bind(self.words_path)

    def start(self, *args, watchdog_s=0, wait=True, sockets=None, listen="systemd"):
        """Starts a server; with `wait` it is ready when this returns. At most two
        sockets are passed, ours if nothing else is said."""
        passed = [self.socket] if sockets is None else sockets
        log_path = new_folder("log")
        env = dict(os.environ, NOTIFY_SOCKET=self.words_path)
        if watchdog_s:
            env["WATCHDOG_USEC"] = str(int(watchdog_s * 1e6))
        # The shell becomes the server, and so knows its process id; it also moves the
        # sockets, which it has as its input and output, to where they are looked for.
        script = 'exec "$@" </dev/null >/dev/null'
        if passed:
            script = (f"exec 3<&0 4<&1; export LISTEN_FDS={len(passed)} LISTEN_PID=$$; " + script)
        ends = [*passed, subprocess.DEVNULL, subprocess.DEVNULL]
        words = ["sh", "-c", script, "sh", HOITHI, *args, "--listen", listen]
        with open(log_path, "wb") as log:
            process = subprocess.Popen(words, cwd=TMP, env=env, stdin=ends[0],
                                       stdout=ends[1], stderr=log)
        server = Server(process, log_path)
        if wait:
            self.wait_for("READY=1", server)
        return server

    def heard(self, seconds=0):
        """The next word, or None when there is none for so long."""
        self.words.settimeout(seconds or 0.001)
        try:
            return self.words.recv(4096).decode()
        except (TimeoutError, BlockingIOError):
            return None

    def wait_for(self, word, server, seconds=START_SECONDS):
        """What was said before it."""
        end, before = time.monotonic() + seconds, []
        while True:
            gone = server.process.poll()
            said = self.heard(0 if gone is not None else 0.05)
            if said == word:
                return before
            if said:
                before.append(said)
            assert said or gone is None, (word, gone, server.log()[-3000:])
            assert time.monotonic() < end, (word, before, server.log()[-3000:])

    def end(self, server):
        """SIGTERM: it says that it stops, and ends well."""
        server.process.send_signal(signal.SIGTERM)
        self.wait_for("STOPPING=1", server)
        server.end()


class Server:
    def __init__(self, process, log_path):
        self.process, self.log_path = process, log_path
        _running.append(self)

    def log(self):
        with open(self.log_path, encoding="utf-8") as file:
            return file.read()

    def kill(self):
        """kill -9."""
        if self in _running:
            _running.remove(self)
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(20)

    def end(self, status=0):
        """It ends by itself."""
        try:
            found = self.process.wait(60)
        finally:
            self.kill()
        assert found == status, (found, self.log()[-3000:])
        self.check_log()

    def check_log(self):
        log = self.log()
        assert not any(sign in log for sign in BAD_SIGNS), log[-3000:]
        assert " error " not in log, re.findall(".* error .*", log)[:5]
