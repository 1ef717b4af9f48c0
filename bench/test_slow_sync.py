#!/usr/bin/env python3
"""The server's own syncs go through slow_sync: its commits take that much longer."""

import os
import re
import sys
import urllib.request

sys.path.insert(0, os.path.join(sys.argv[2], "tests", "site"))
from harness import Browser, Folder, metrics_port, register, run  # noqa: E402

LIBRARY = os.path.abspath(sys.argv.pop(3))
MS = 60


def figure(port, name):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as reply:
        return float(re.search(rf"^{name} (\S+)$", reply.read().decode(), re.M).group(1))


def test_commits_wait():
    folder = Folder()
    folder.demo(20).end()
    os.environ["SLOW_SYNC_MS"] = str(MS)
    os.environ["LD_PRELOAD"] = LIBRARY
    os.environ["ASAN_OPTIONS"] = "verify_asan_link_order=0"
    try:
        server = folder.serve(None, "--metrics", "127.0.0.1:0")
    finally:
        del os.environ["LD_PRELOAD"]
    with server as s:
        port = metrics_port(s)
        commits, seconds = (figure(port, f"hoithi_store_commit_seconds_{name}")
                            for name in ("count", "sum"))
        register(Browser(s))
        commits = figure(port, "hoithi_store_commit_seconds_count") - commits
        seconds = figure(port, "hoithi_store_commit_seconds_sum") - seconds
        assert commits >= 1 and seconds >= (MS - 1) / 1000, (commits, seconds)


run(globals())
