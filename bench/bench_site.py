"""What the long rows share: a rehearsal folder with contestants, its server, the load
programs, and what the server has used."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TICK = os.sysconf("SC_CLK_TCK")
START_S = 120
END_S = 300
# Whoever ends the bench ends what it started, too.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))


def slow_arguments(parser):
    """--slow LIBRARY is slow_sync: the disk is slow, by --slow-ms a sync."""
    parser.add_argument("--slow")
    parser.add_argument("--slow-ms", default="5")


def slow_environment(args):
    """Of a server on such a disk."""
    if not args.slow:
        return {}
    return {"LD_PRELOAD": os.path.abspath(args.slow), "SLOW_SYNC_MS": args.slow_ms}


class Site:
    """A folder of its own under `parent`, removed by close(). `build` is a release build
    with src/cli/hoithi and all of bench."""

    def __init__(self, build, parent=None):
        self.build = os.path.abspath(build)
        self.top = tempfile.mkdtemp(prefix="hoithi-bench.", dir=parent)
        self.data, self.keys = self.path("demo", "data"), self.path("demo", "keys")
        self.log = self.path("log")
        self.server = self.url = self.metrics = self.contest = None

    def path(self, *words):
        return os.path.join(self.top, *words)

    def program(self, *words):
        return os.path.join(self.build, *words)

    @property
    def both(self):
        return ["--data", self.data, "--keys", self.keys]

    def hoithi(self, *words):
        return subprocess.run([self.program("src", "cli", "hoithi"), *words], check=True,
                              capture_output=True, text=True, stdin=subprocess.DEVNULL).stdout

    def start(self, command, **more):
        """`more` is of its environment."""
        with open(self.log, "ab") as log:
            began = log.tell()
            self.server = subprocess.Popen(
                [self.program("src", "cli", "hoithi"), *command, "--listen", "127.0.0.1:0"],
                stdout=subprocess.DEVNULL, stderr=log, stdin=subprocess.DEVNULL,
                env={**os.environ, **more})
        until = time.monotonic() + START_S
        while True:
            with open(self.log, encoding="utf-8") as file:
                file.seek(began)
                said = file.read()
            found = re.search(r"serving on port (\d+)", said)
            if found:
                break
            assert self.server.poll() is None and time.monotonic() < until, said
            time.sleep(0.05)
        self.url = f"http://127.0.0.1:{found.group(1)}"
        port = re.search(r"metrics on port (\d+)", said)
        self.metrics = port and f"http://127.0.0.1:{port.group(1)}/metrics"

    def fill(self):
        """The demo's contest, in a folder that nobody serves then."""
        os.makedirs(self.path("demo"), exist_ok=True)
        self.start(["demo", "--people", "200", "--data", self.path("demo")])
        self.stop()

    def prepare(self, people, *more):
        """Contestants, with a cookie each in the file `cookies`."""
        ran = subprocess.run([self.program("bench", "prepare"), *self.both, "--people",
                              str(people), "--cookies", self.path("cookies"),
                              *map(str, more)],
                             check=True, capture_output=True, text=True)
        made = json.loads(ran.stdout)
        self.contest = made["contest"]
        return made

    def serve(self, *more, **environment):
        self.start(["serve", *self.both, "--metrics", "127.0.0.1:0", *more], **environment)

    def stop(self):
        if self.server:
            self.server.terminate()
            try:
                self.server.wait(END_S)
            except subprocess.TimeoutExpired:
                self.server.kill()
                self.server.wait()
        self.server = None

    def close(self):
        self.stop()
        shutil.rmtree(self.top)

    def run(self, name, *words):
        """A load program of bench/ against this server; its JSON. What it saw of errors
        is in there and on stderr."""
        ran = subprocess.run([self.program("bench", name), "--url", self.url, "--contest",
                              self.contest, *map(str, words)], check=False,
                             stdout=subprocess.PIPE, text=True)
        assert ran.stdout, f"{name} said nothing"
        return json.loads(ran.stdout)

    def part(self, name, lines):
        """A file of these lines."""
        path = self.path(name)
        with open(path, "w", encoding="utf-8") as file:
            file.writelines(lines)
        return path

    def lines(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.readlines()

    def cpu_s(self):
        with open(f"/proc/{self.server.pid}/stat", encoding="utf-8") as file:
            words = file.read().rsplit(")", 1)[1].split()
        return (int(words[11]) + int(words[12])) / TICK

    def peak_mb(self):
        with open(f"/proc/{self.server.pid}/status", encoding="utf-8") as file:
            return round(int(re.search(r"VmHWM:\s+(\d+)", file.read()).group(1)) / 1024, 1)

    def database_mb(self):
        return round(os.path.getsize(os.path.join(self.data, "hoithi.db")) / 2**20, 1)

    def metric(self, name):
        """The sum of what has this name, a regular expression."""
        with urllib.request.urlopen(self.metrics, timeout=30) as answer:
            return sum(map(float, re.findall(rf"^{name} (\S+)$",
                                             answer.read().decode(), re.M)))
