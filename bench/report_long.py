"""Rows of the long runs: each function adds those of one JSON, as report.py's row() takes
them. A run that failed has nothing but its errors, and misses what it should show."""

NEVER = float(10**6)


def at(run, *names, none=0):
    for name in names:
        if not isinstance(run, dict) or name not in run:
            return none
        run = run[name]
    return run


def province_rows(run, row, name):
    row(f"{name}: errors", run["errors"], None, 0, "most")
    row("… whole journeys", at(run, "journeys", "done"), None,
        2 * at(run, "people", none=NEVER), "least")
    row("… as they went", at(run, "journeys", "per_second"), None, None, "", "/s")
    row("… a save's CPU beside them, to that before", at(run, "cpu_ratio", none=NEVER), None, 1.5,
        "most")
    row("… saves beside them (bound: before)", at(run, "after", "per_second"),
        at(run, "before", "per_second"), None, "", "/s")
    row("… the server's memory at its most", at(run, "peak_mb"), None, None, "", "MB")
    row("… the database", at(run, "database_mb"), None, None, "", "MB")


def province(run, row):
    province_rows(run, row, "province")


def province_slow(run, row):
    province_rows(run, row, "slow disk: a twentieth of the province")


def herd_rows(run, row, name):
    rush = at(run, "rush", none={})
    row(f"{name}: errors, and people who are not in", run["errors"], None, 0, "most")
    row("… papers", at(run, "papers_started"), None, at(run, "papers_wanted", none=NEVER), "least")
    row("… the system's queue of connections", at(run, "queue"), None, None, "")
    row("… start with a session, p99", at(rush, "start", "p99_ms", none=NEVER), None, 5000, "most",
        "ms")
    row("… from the press to the paper, p99", at(rush, "paper", "p99_ms"), None, None, "", "ms")
    row("… papers while people came", at(rush, "papers_per_second"), None, None, "", "/s")
    row("… sign-ins", at(rush, "sign_ins_per_second"), None, None, "", "/s")
    row("… the longest wait for one", at(rush, "signed_in", "max_ms") / 1000, None, None, "", "s")
    row("… sign-ins left when all with a session were in", at(rush, "sign_ins_left_then"), None,
        None, "")
    row("… who saw a waiting page", at(rush, "waited"), None, None, "")
    row("… the largest place in line", at(rush, "most_before"), None, None, "")
    row("… registered", at(rush, "registered", "n"), None, at(rush, "registering", none=NEVER),
        "least")
    row("… connections at once", at(rush, "most_open"), None, None, "")
    row("… how late the client itself was, p99", at(rush, "client_late", "p99_ms"), None, None, "",
        "ms")
    row("… the server's memory at its most", at(run, "peak_mb"), None, None, "", "MB")


def herd(run, row):
    herd_rows(run, row, "herd")
    row("… coming evenly: start with a session, p99",
        at(run, "even", "start", "p99_ms", none=NEVER), None, 2000, "most", "ms")


def herd_slow(run, row):
    herd_rows(run, row, "slow disk: a tenth of the herd")


def steady_rows(run, row, name):
    row(f"{name}: errors", run["errors"], None, 0, "most")
    row("… save, p99", at(run, "journeys", "steps", "save", "p99_ms", none=NEVER), None, 100,
        "most", "ms")
    row("… WAL outside a backup", at(run, "wal_mb", "outside", none=NEVER), None, 256, "most",
        "MiB")
    row("… WAL within one", at(run, "wal_mb", "inside"), None, None, "", "MiB")
    row("… backups", at(run, "backups"), None, 1, "least")
    row("… rankings of the second contest", at(run, "reports", "rank"), None, 1, "least")
    row("… the server's memory at its most", at(run, "peak_mb"), None, None, "", "MB")


def steady(run, row):
    steady_rows(run, row, "steady")


def steady_slow(run, row):
    steady_rows(run, row, "slow disk: a tenth of the minutes")


NAMES = {"herd": herd, "herd-slow": herd_slow, "province": province,
         "province-slow": province_slow, "steady": steady, "steady-slow": steady_slow}
