"""The table and the JSON of tools/bench.sh: report.py FOLDER RESULT.json BOUNDS.json

A row is a figure beside a bound measured in the same run, their ratio, and the
target of one of them."""

import json
import os
import platform
import statistics
import subprocess
import sys

import report_long

folder, result_path, bounds_path = sys.argv[1:]


def load(name):
    try:
        with open(os.path.join(folder, name + ".json"), encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError):
        return {"errors": 1}


def mean(files, field):
    return sum(file.get(field, 0) for file in files) / len(files)


loads = {name: load(name) for name in
         ("warm", "crowd", "savers", "paced", "door", "calm", "idle", "drip", "limit", "slow",
          "slow-savers", "slow-paced", "slow-limit", "slow-door")}
timing, pages, slow_pages, tls = (load(name) for name in ("timing", "pages", "slow-pages", "tls"))
idlers, drips, reports = load("idlers"), load("drips"), load("reports")
bares = [load("bare-before"), load("bare-after")]
bare_saves, hashes_bound = mean(bares, "saves_per_second"), mean(bares, "hashes_per_second")


def part(name, member):
    return loads[name].get(member, {"per_second": 0, "steps": {}})


def step(name, member, step_name, field):
    return part(name, member)["steps"].get(step_name, {}).get(field, 0)


def saves_per_second(name, member="journeys"):
    return step(name, member, "save", "n") / part(name, member).get("seconds", 1)


def slowest_p99(name):
    steps = part(name, "journeys")["steps"]
    return max((row["p99_ms"] for row in steps.values()), default=0)


def cpu(name, client_cores):
    """Cores that the server, and that programs other than server and client had."""
    with open(os.path.join(folder, name + ".cpu"), encoding="utf-8") as file:
        before, after = [[float(word) for word in line.split()] for line in file]
    seconds, busy, server = (b - a for a, b in zip(before, after))
    tick = os.sysconf("SC_CLK_TCK")
    server_cores = server / tick / seconds
    others = max(0.0, busy / tick / seconds - server_cores - client_cores)
    return round(server_cores, 3), round(others, 3)


rows = []


def row(name, figure, bound, target, kind, unit=""):
    """kind: "ratio" at least, "least" or "most" the figure itself, "" no target."""
    ratio = figure / bound if bound else None
    good = {"ratio": ratio is not None and ratio >= (target or 0), "least": figure >= (target or 0),
            "most": figure <= (target or 0), "": True}[kind]
    rows.append({"name": name, "figure": round(figure, 3), "unit": unit,
                 "bound": round(bound, 3) if bound else None,
                 "ratio": round(ratio, 4) if ratio is not None else None,
                 "target": target, "kind": kind,
                 "verdict": "" if not kind else "met" if good else "MISSED"})


def page_row(name, which, target, found=pages):
    both = found.get(which, {"ours": {"per_second": 0}, "nginx": {"per_second": 1}})
    row(name, both["ours"]["per_second"], both["nginx"]["per_second"], target, "ratio", "/s")


def p99_row(name, of):
    # A load in which nothing was done has no p99.
    row(name, slowest_p99(of) if part(of, "journeys").get("done") else float(10**6), None, 50,
        "most", "ms")


def recorded_row(name, what, figure):
    """The bound itself, against its best on this machine: a bound that fell, because others
    were busy or the disk was, makes every ratio to it too good."""
    try:
        with open(bounds_path, encoding="utf-8") as file:
            best = json.load(file)
    except (OSError, ValueError):
        best = {}
    row(name, figure, max(figure, best.get(what, 0)), 0.8, "ratio", "/s")
    best[what] = max(figure, best.get(what, 0))
    with open(bounds_path, "w", encoding="utf-8") as file:
        json.dump(best, file)


row("errors of all loads", sum(load["errors"] for load in [*loads.values(), reports]), None, 0,
    "most")
page_row("home page (bound: nginx, the same bytes from a file)", "home", 0.8)
page_row("paper of 30 questions (bound: the same)", "paper", 0.25)
page_row("paper with gzip (bound: nginx packing the same bytes)", "paper_gzip", 0.5)
limit_saves = saves_per_second("limit", "bare_saves")
recorded_row("bound of saves (bound: its best here)", "saves", limit_saves)
recorded_row("bound of hashes (bound: its best here)", "hashes", hashes_bound)
row("saves over HTTP (bound: bare libmicrohttpd and SQLite)", saves_per_second("savers"),
    limit_saves, 0.7, "ratio", "/s")
row("the same bound (bound: bare SQLite, no HTTP)", limit_saves, bare_saves, None, "", "/s")
row("whole journeys", part("crowd", "journeys")["per_second"], None, 1500, "least", "/s")
paced = part("paced", "journeys")
row("journeys at 80 % (bound: the rate they came at)", paced["per_second"],
    paced.get("rate", 0), 0.95, "ratio", "/s")
p99_row("slowest step's p99 at 80 %", "paced")
p99_row("slowest step's p99 at 50 %", "calm")
row("memory of 10,000 idle connections", idlers.get("memory_mb", float(10**6)), None, 150, "most",
    "MB")
p99_row("p99 at 50 % beside them", "idle")
row("clients that drip a byte a second: cut, of 1,000", drips.get("cut", 0), None, 1000, "least")
row("the last of them cut after", drips.get("last_s", float(10**6)), None, 42, "most", "s")
p99_row("p99 at 50 % beside them", "drip")
beside_reports = reports.get("journeys_per_second", {"with": [0], "without": [1]})
row("journeys beside every report at once (bound: without)", statistics.mean(beside_reports["with"]),
    statistics.mean(beside_reports["without"]), 0.9, "ratio", "/s")
row("slow disk: saves over HTTP (bound: bare, as slow)", saves_per_second("slow-savers"),
    saves_per_second("slow-limit", "bare_saves"), 0.7, "ratio", "/s")
row("slow disk: whole journeys", part("slow", "journeys")["per_second"], None, None, "", "/s")
row("slow disk: slowest step's p99 at 80 %", slowest_p99("slow-paced"), None, 100, "most", "ms")
row("sign-ins (bound: bare Argon2id, 2 threads)", part("door", "sign_ins")["per_second"],
    hashes_bound, 0.7, "ratio", "/s")
row("registrations (bound: the same)", part("door", "registers")["per_second"], hashes_bound, 0.7,
    "ratio", "/s")
row("slow disk: sign-ins (bound: the same)", part("slow-door", "sign_ins")["per_second"],
    hashes_bound, 0.7, "ratio", "/s")
row("slow disk: registrations (bound: the same)", part("slow-door", "registers")["per_second"],
    hashes_bound, 0.7, "ratio", "/s")
page_row("slow disk: home page (bound: nginx, the same)", "home", 0.8, slow_pages)
page_row("slow disk: paper (bound: nginx, the same)", "paper", 0.25, slow_pages)
page_row("slow disk: paper with gzip (bound: nginx, the same)", "paper_gzip", 0.5, slow_pages)
for name, what in (("kept", "papers behind nginx, TLS 1.3, kept connections"),
                   ("full_handshakes", "… a full handshake each")):
    row(what, tls.get(name, {}).get("per_second", 0), None, None, "", "/s")


for name, what in (("sign_in", "sign-in"), ("forgot", "forgotten password")):
    t = timing.get(name, {"difference_ms": float(10**6), "noise_ms": 0})
    # As a target what chance alone makes in one run of a hundred.
    row(f"{what}: known against unknown phone", t["difference_ms"], None, t["noise_ms"], "most",
        "ms")


# Of a full run.
long_runs = {name: load(name) for name in report_long.NAMES
             if os.path.exists(os.path.join(folder, name + ".json"))}
for name, run in long_runs.items():
    report_long.NAMES[name](run, row)


def table():
    head = ("", "figure", "bound", "ratio", "target", "")
    lines = [head]
    for r in rows:
        target = "" if not r["kind"] else f'ratio ≥ {r["target"]}' if r["kind"] == "ratio" else \
            f'{"≥" if r["kind"] == "least" else "≤"} {r["target"]} {r["unit"]}'.rstrip()
        lines.append((r["name"], f'{r["figure"]:.10g} {r["unit"]}'.strip(),
                      "" if r["bound"] is None else f'{r["bound"]:.1f}',
                      "" if r["ratio"] is None else f'{r["ratio"]:.3f}', target, r["verdict"]))
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    for line in lines:
        print("  ".join(cell.ljust(width) if i in (0, 4, 5) else cell.rjust(width)
                        for i, (cell, width) in enumerate(zip(line, widths))).rstrip())


def steps_table(name):
    steps = part(name, "journeys")["steps"]
    for step_name, s in steps.items():
        print(f'  {step_name:<12} {s["n"]:>8}  p50 {s["p50_ms"]:>8.2f}  p95 {s["p95_ms"]:>8.2f}  '
              f'p99 {s["p99_ms"]:>8.2f}  max {s["max_ms"]:>8.2f} ms')


def commit():
    run = subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True)
    return run.stdout.strip()


crowd = part("crowd", "journeys")
server_cores, others = cpu("crowd", crowd.get("client_cores", 0))
door_others = cpu("door", 0)[1]
machine = {"cores": os.cpu_count(), "kernel": platform.release(), "server_cores": server_cores,
           "other_cores": others, "other_cores_at_the_door": door_others,
           "disk": subprocess.run(["stat", "-f", "-c", "%T", folder], capture_output=True,
                                  text=True).stdout.strip()}
missed = sum(r["verdict"] == "MISSED" for r in rows)
targets = sum(bool(r["kind"]) for r in rows)
with open(result_path, "w", encoding="utf-8") as out:
    json.dump({"commit": commit(), "machine": machine, "rows": rows, "loads": loads, "timing": timing,
               "pages": pages, "slow_pages": slow_pages, "tls": tls, "bares": bares,
               "long": long_runs, "targets": targets, "missed": missed}, out, indent=1)
    out.write("\n")

print(f'\n{crowd["per_second"]} journeys/s, {crowd.get("requests_per_second", 0)} requests/s, '
      f'{crowd.get("connections", 0)} connections')
print(f'of {machine["cores"]} cores: server {server_cores}, client {crowd.get("client_cores", 0)}, '
      f'other programs {others} (at the door {door_others})')
if crowd["per_second"]:
    print(f'CPU a journey: server {1000 * server_cores / crowd["per_second"]:.2f} ms, '
          f'client {1000 * crowd["client_cores"] / crowd["per_second"]:.2f} ms')
steps_table("crowd")
print()
table()
if max(others, door_others) > 0.2:
    print("Other programs were busy meanwhile: these figures are too low.")
print(f"{targets} targets, {missed} missed")
sys.exit(1 if missed else 0)
