"""The table and the JSON of tools/bench.sh: report.py FOLDER RESULT.json

A row is a figure beside a bound measured in the same run, their ratio, and the
target of one of them."""

import json
import os
import platform
import subprocess
import sys

folder, result_path = sys.argv[1:]

DURABLE_WRITES = 12  # of a journey: start, ten saves, submission


def load(name):
    try:
        with open(os.path.join(folder, name + ".json"), encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError):
        return {"errors": 1}


loads = {name: load(name) for name in ("warm", "crowd", "savers", "paced", "door")}
timing = load("timing")
limits = [load("limit-before"), load("limit-after")]
saves_bound = sum(limit.get("saves_per_second", 0) for limit in limits) / len(limits)
hashes_bound = sum(limit.get("hashes_per_second", 0) for limit in limits) / len(limits)


def part(name, member):
    return loads[name].get(member, {"per_second": 0, "steps": {}})


def step(name, member, step_name, field):
    return part(name, member)["steps"].get(step_name, {}).get(field, 0)


def saves_per_second():
    savers = part("savers", "journeys")
    return step("savers", "journeys", "save", "n") / savers.get("seconds", 1)


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
    """kind: "ratio" at least, "most" the figure at most, "" no target."""
    ratio = figure / bound if bound else None
    good = {"ratio": ratio is not None and ratio >= (target or 0),
            "most": figure <= (target or 0), "": True}[kind]
    rows.append({"name": name, "figure": round(figure, 3), "unit": unit,
                 "bound": round(bound, 3) if bound else None,
                 "ratio": round(ratio, 4) if ratio is not None else None,
                 "target": target, "kind": kind,
                 "verdict": "" if not kind else "met" if good else "MISSED"})


row("errors of all loads", sum(load["errors"] for load in loads.values()), None, 0, "most")
# Some 300 journeys a second where this was set. 1,500 would be 0.11.
row("journeys (bound: their 12 durable writes alone)", part("crowd", "journeys")["per_second"],
    saves_bound / DURABLE_WRITES, 0.025, "ratio", "/s")
# No target: the bound does not speak HTTP.
row("saves over HTTP (bound: bare SQLite)", saves_per_second(), saves_bound, None, "", "/s")
paced = part("paced", "journeys")
done = paced.get("done", 0)
row("journeys at 80 % (bound: the rate they came at)", paced["per_second"],
    paced.get("rate", 0), 0.95, "ratio", "/s")
row("slowest step's p99 at 80 %", slowest_p99("paced") if done else float(10**6), None, 50,
    "most", "ms")
row("sign-ins (bound: bare Argon2id, 2 threads)", part("door", "sign_ins")["per_second"],
    hashes_bound, 0.7, "ratio", "/s")
row("registrations (bound: the same)", part("door", "registers")["per_second"], hashes_bound, 0.7,
    "ratio", "/s")


for name, what in (("sign_in", "sign-in"), ("forgot", "forgotten password")):
    t = timing.get(name, {"difference_ms": float(10**6), "noise_ms": 0})
    # As a target what chance alone makes in one run of a hundred.
    row(f"{what}: known against unknown phone", t["difference_ms"], None, t["noise_ms"], "most",
        "ms")


def table():
    head = ("", "figure", "bound", "ratio", "target", "")
    lines = [head]
    for r in rows:
        target = "" if not r["kind"] else f'ratio ≥ {r["target"]}' if r["kind"] == "ratio" else \
            f'≤ {r["target"]} {r["unit"]}'.rstrip()
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
               "limits": limits, "targets": targets, "missed": missed}, out, indent=1)
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
