#!/usr/bin/env python3
"""The page of metrics: strictly Prometheus' text format, what docs/metrics.md says of it,
about nobody, and true."""

import math
import os
import re
import subprocess
import time
import urllib.request

from harness import (CODE, HOME, PASSWORD, ROOT, Browser, Folder, begin, equal, hoithi, mark,
                     metrics_port, register, run, solve, wait_for)
from metrics_table import documented
from pages_table import documented_routes

METRICS = ("--metrics", "127.0.0.1:0")
OPEN = "2024-09-20T09:00:00+07:00"
LATER = "2024-09-20T11:00:00+07:00"
NAME = r"[a-z_][a-z0-9_]*"
LINE = re.compile(rf'({NAME})(?:\{{({NAME}="[^"\\\n]*"(?:,{NAME}="[^"\\\n]*")*)\}})? (\S+)')
SUFFIXES = {"histogram": ("_bucket", "_sum", "_count")}


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def scrape(server):
    with urllib.request.urlopen(f"http://127.0.0.1:{metrics_port(server)}/metrics") as reply:
        equal(reply.headers["Content-Type"], "text/plain; version=0.0.4")
        return reply.read().decode("ascii")


def number(text):
    assert re.fullmatch(r"\d+(\.\d+)?", text), text
    return float(text)


def take_head(lines, seen):
    """The name and type that the next two lines tell."""
    name, words = re.fullmatch(rf"# HELP ({NAME}) (\S.*\.)", lines.pop(0)).groups()
    again, kind = re.fullmatch(rf"# TYPE ({NAME}) (counter|gauge|histogram)", lines.pop(0)).groups()
    equal(again, name)
    assert name not in seen and len(words) > 10, (name, words)
    return name, kind


def parse(text):
    """({name: type}, {(name, labels): value}); all that is wrong with the format fails."""
    assert text.endswith("\n")
    lines, types, values = text.splitlines(), {}, {}
    while lines:
        name, kind = take_head(lines, types)
        types[name] = kind
        while lines and not lines[0].startswith("#"):
            line = lines.pop(0)
            found = LINE.fullmatch(line)
            assert found, line
            assert found[1] in [name + suffix for suffix in SUFFIXES.get(kind, ("",))], line
            labels = tuple(sorted(re.findall(rf'({NAME})="([^"]*)"', found[2] or "")))
            equal(len({key for key, _ in labels}), len(labels), line)
            key = (found[1], labels)
            assert key not in values, ("twice", line)
            values[key] = number(found[3])
    return types, values


def without_le(labels):
    return tuple(pair for pair in labels if pair[0] != "le")


def check_histograms(types, values):
    """Buckets are cumulative, with the bounds that the page promises, and add up."""
    for name in (name for name, kind in types.items() if kind == "histogram"):
        series = {}
        for (metric, labels), value in values.items():
            if metric == name + "_bucket":
                series.setdefault(without_le(labels), []).append(
                    (float(dict(labels)["le"].replace("+Inf", "inf")), value))
        # People who wait do so for seconds and minutes.
        in_ms = name.endswith("_seconds") and name != "hoithi_waiting_seconds"
        unit = 1e-3 if in_ms else 1
        bounds = [round(m * 10 ** e * unit, 6) for e in range(4) for m in (1, 2, 5)]
        for labels, buckets in series.items():
            equal([le for le, _ in buckets], bounds + [10000 * unit, math.inf])
            counts = [count for _, count in buckets]
            equal(counts, sorted(counts), (name, labels))
            equal(counts[-1], values[name + "_count", labels])
            # What is told in whole steps of the system's clock may be nothing at all.
            if name != "hoithi_http_behind_seconds":
                assert (values[name + "_sum", labels] > 0) == (counts[-1] > 0), (name, labels)


def check_names(types):
    for name, kind in types.items():
        equal(name.endswith("_total"), kind == "counter", name)
        assert not re.search("_ms|milli|micro|minutes", name), name


def only_grow(types, before, after):
    for key, value in before.items():
        family = re.sub("_(bucket|sum|count)$", "", key[0])
        if types.get(key[0]) == "counter" or types.get(family) == "histogram":
            assert after[key] >= value, (key, value, after[key])


def total(values, name, **labels):
    return sum(value for (metric, have), value in values.items()
               if metric == name and labels.items() <= dict(have).items())


def about_nobody(values):
    """Every label is of a short list that nobody's data can come into."""
    routes = {route[2] for route in documented_routes(read("docs/pages.md"))}
    lists = {
        "route": routes | {"none"}, "method": {"get", "post", "other"},
        "class": {"save", "start", "door", "other", "background"},
        "status": {f"{n}xx" for n in range(1, 6)},
        "line": {"start", "door"},
        "event": {"started", "saved", "submitted", "closed"},
        "version": {hoithi("--version").out.split()[-1]},
        "schema": {str(len(os.listdir(os.path.join(ROOT, "src", "store", "migrations"))))},
    }
    for _, labels in values:
        for name, value in without_le(labels):
            assert value in lists[name], (name, value)


def read_page(server):
    types, values = parse(scrape(server))
    check_histograms(types, values)
    return types, values


def calm(server):
    """A page that no commit came into."""
    def look():
        types, first = read_page(server)
        again = read_page(server)[1]
        moved = [name for name in ("hoithi_store_jobs_total", "hoithi_store_commit_seconds_count")
                 if first[name, ()] != again[name, ()]]
        return None if moved else (types, again)
    return wait_for(look)


def journey(server):
    """One paper saved and submitted, and another begun and saved by script. What must not be on the page."""
    b = Browser(server)
    page = register(b)
    secrets = [page.at("ma-du-thi"), b.recovery_code, "Trần Thị B", "0987 000 001", "0987000001",
               PASSWORD, CODE, b.cookies["hoithi"], "127.0.0.1"]
    page = begin(b)
    right = solve(page)
    page = b.press(page, mark(page.form("paper"), right)).says("Đã lưu lúc")
    page = b.press(page, page.form("paper").set("p", "1200"), "Nộp bài").says("30/30")
    secrets.append(re.search(r"\b([0-9A-Z]{4}(?:-[0-9A-Z]{4})+)\b", page.text).group(1))
    page = begin(b)
    b.script_save(page.path, page.form("paper").pairs()).is_status(200)
    b.get(HOME + "/khong-co", status=404)
    return b, secrets


def test_page():
    """One server, looked at before, during and after a journey."""
    folder = Folder().new()
    folder.run("contest", "apply", os.path.join(ROOT, "examples", CODE), clock=OPEN)
    began = time.time()
    with folder.serve(OPEN, *METRICS) as s:
        check_page(s, began)
    with folder.serve(LATER, *METRICS) as s:
        check_closing(s)


def check_page(s, began):
    types, before = read_page(s)
    b, secrets = journey(s)
    # What was counted before the answers went out, and what a thread counts now and then.
    wait_for(lambda: total(read_page(s)[1], "hoithi_papers_open") == 1, 40)
    wait_for(lambda: total(read_page(s)[1], "hoithi_store_wal_bytes") > 0)
    text = scrape(s)
    equal(parse(text)[0], types)
    types, after = calm(s)
    check_names(types)
    only_grow(types, before, after)
    about_nobody(after)
    for secret in secrets:
        assert secret and secret.lower() not in text.lower(), secret
    check_documents(types, after)
    promtool(text)
    check_counts(after)
    check_process(s, after, began)
    b.close()


def check_documents(types, values):
    told = documented(read("docs/metrics.md"))
    equal({name: kind for name, (kind, _) in told.items()}, types)
    for name, (kind, labels) in told.items():
        members = [name + suffix for suffix in SUFFIXES.get(kind, ("",))]
        found = {tuple(key for key, _ in without_le(have)) for metric, have in values
                 if metric in members}
        equal([set(one) for one in found], [labels], name)


def promtool(text):
    """Prometheus' own judge; it says nothing about a page in which it finds nothing."""
    done = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True,
                          text=True, check=False)
    equal((done.returncode, done.stdout + done.stderr), (0, ""))


def check_counts(values):
    """The numbers are those of the journey."""
    for event, n in (("started", 2), ("saved", 2), ("submitted", 1), ("closed", 0)):
        equal(total(values, "hoithi_papers_total", event=event), n, event)
    equal(total(values, "hoithi_papers_overdue"), 0)
    equal(total(values, "hoithi_jobs_lead"), 1)
    done = total(values, "hoithi_hash_done_total")
    assert done >= 1
    equal(total(values, "hoithi_hash_wait_seconds_count"), done)
    equal(total(values, "hoithi_hash_busy") + total(values, "hoithi_hash_waiting"), 0)
    for route, kind, n in (("save", "save", 1), ("save-json", "save", 1), ("submit", "save", 1),
                           ("start-post", "start", 2), ("register-post", "door", 1),
                           ("none", "other", 1)):
        equal(total(values, "hoithi_http_answers_total", route=route, **{"class": kind}), n, route)
    equal(total(values, "hoithi_http_answers_total"), total(values, "hoithi_http_seconds_count"))
    # A job is in one batch, and a batch in one commit.
    equal(total(values, "hoithi_store_batch_jobs_sum"),
          total(values, "hoithi_store_wait_seconds_count"))
    equal(total(values, "hoithi_store_batch_jobs_count"),
          total(values, "hoithi_store_commit_seconds_count"))
    # Two saves and a submission: what is saved at the first try is one job.
    equal(total(values, "hoithi_store_wait_seconds_count", **{"class": "save"}), 3)
    equal(total(values, "hoithi_store_wait_seconds_count", **{"class": "start"}), 2)
    for name in ("refused_total", "failed_total", "queue"):
        equal(total(values, "hoithi_store_" + name), 0, name)
    wal = total(values, "hoithi_store_wal_bytes")
    assert wal > 0 and wal % 4096 == 0, wal
    assert total(values, "hoithi_store_wal_left_bytes") <= wal
    assert total(values, "hoithi_store_checkpoint_seconds_count") > 0


def check_process(s, values, began):
    started, stepped = (total(values, name) for name in
                        ("process_start_time_seconds", "hoithi_jobs_last_step_timestamp_seconds"))
    assert began - 1 <= started <= stepped <= time.time() + 1, (began, started, stepped)
    with open(f"/proc/{s.process.pid}/statm", encoding="ascii") as file:
        resident = int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE")
    assert 0.5 < total(values, "process_resident_memory_bytes") / resident < 2
    assert total(values, "process_cpu_seconds_total") > 0
    files = len(os.listdir(f"/proc/{s.process.pid}/fd"))
    # The connection that asks comes and goes.
    wait_for(lambda: abs(files - total(read_page(s)[1], "process_open_fds")) <= 1, 40)
    assert files < total(values, "process_max_fds")
    equal(total(values, "hoithi_build_info"), 1)


def check_closing(s):
    """What was left open is closed by the clock, and counted so."""
    wait_for(lambda: total(read_page(s)[1], "hoithi_papers_total", event="closed") == 1, 20)
    values = read_page(s)[1]
    equal(total(values, "hoithi_papers_total"), 1)
    equal(total(values, "hoithi_papers_open") + total(values, "hoithi_papers_overdue"), 0)


def test_parser():
    """The judge of the other test sees what is wrong."""
    good = ("# HELP a_total Some things.\n# TYPE a_total counter\n"
            'a_total{class="x"} 1\na_total{class="y"} 2.5\n')
    equal(parse(good)[1]["a_total", (("class", "x"),)], 1)
    for wrong in (good[:-1], good.replace(" 1\n", " x\n"), good.replace('"y"', '"x"'),
                  good.replace('="y"', "=y"), good.replace("# HELP a_total Some things.\n", ""),
                  good.replace("TYPE a_total", "TYPE b_total"), good + good,
                  good + "b_total 1\n", good.replace(" 1\n", "  1\n")):
        try:
            parse(wrong)
        except (AssertionError, AttributeError):
            continue
        raise AssertionError(wrong)


run(globals())
