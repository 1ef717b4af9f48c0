#!/usr/bin/env python3
"""packaging/'s dashboard and alerts: well-formed, PromQL that Prometheus takes, and about
metrics and labels that docs/metrics.md lists; the alerts fire when they should and not
before (alerts.yml).

    test_monitoring.py SOURCE_ROOT"""

import json
import os
import re
import subprocess
import sys
import tempfile

ROOT = os.path.abspath(sys.argv[1])
sys.path.insert(0, os.path.join(ROOT, "tests", "site"))
from metrics_table import OURS, documented  # noqa: E402

ALERTS = os.path.join(ROOT, "packaging", "hoithi-alerts.yml")
DASHBOARD = os.path.join(ROOT, "packaging", "grafana-hoithi.json")
# Prometheus adds these to whatever it scrapes, and to buckets.
ADDED = {"job", "instance", "le"}
FUNCTIONS = {"rate", "increase", "sum", "by", "histogram_quantile", "time", "and", "or", "on"}


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def promtool(*words, **kw):
    done = subprocess.run(["promtool", *words], capture_output=True, text=True, check=False, **kw)
    assert done.returncode == 0, (words, done.stdout, done.stderr)
    return done.stdout


def metrics():
    """{name: labels} of all that may be asked for."""
    found = {}
    for name, (kind, labels) in documented(read(os.path.join(ROOT, "docs", "metrics.md")),
                                           OURS + ("Of others",)).items():
        for suffix in ("_bucket", "_sum", "_count") if kind == "histogram" else ("",):
            found[name + suffix] = labels | ADDED
    return found


def check_expression(expression, known):
    """Its names are metrics, its labels theirs. The number of metrics it names."""
    bare = re.sub(r"\[[^\]]*\]", "", re.sub(r'"[^"]*"', '""', expression))
    names, labels = [], set()
    for name, matchers in re.findall(r"([a-z_:]\w*)(?:\s*\{([^}]*)\})?",
                                     re.sub(r"\b(by|on) \([^)]*\)", "", bare)):
        if name in FUNCTIONS:
            continue
        assert name in known, (name, expression)
        names.append(name)
        asked = set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", matchers))
        assert asked <= known[name], (asked - known[name], expression)
        labels |= known[name]
    for group in re.findall(r"\b(?:by|on) \(([^)]*)\)", bare):
        asked = set(group.split(", "))
        assert asked <= labels, (asked - labels, expression)
    assert names, expression
    return names


def test_alerts():
    assert "13 rules found" in promtool("check", "rules", ALERTS)
    text, known = read(ALERTS), metrics()
    rules = re.split(r"^      - alert: ", text, flags=re.M)[1:]
    assert len(rules) == 13
    for rule in rules:
        expression = re.search(r"^        expr:(.*?)^        \w+:", rule, re.M | re.S).group(1)
        check_expression(re.sub(r"^\s*>-", "", expression), known)
        for name in ("summary", "description"):
            words = rule[rule.index(f"          {name}:"):]
            assert re.search("[ăâđêôơưạảấầẩậắặẹẻếềểệịỏọốồổộớờởợụủứừửữự]", words), (name, rule)
    promtool("test", "rules", os.path.join(ROOT, "tests", "packaging", "alerts.yml"))


def targets_of(dashboard):
    for panel in dashboard["panels"]:
        for target in panel.get("targets", ()):
            yield panel, target


def test_dashboard():
    dashboard, known, named = json.loads(read(DASHBOARD)), metrics(), set()
    rows = [panel["title"] for panel in dashboard["panels"] if panel["type"] == "row"]
    assert rows == ["Phút khai mạc", "Độ bền dữ liệu", "Cửa vào", "Máy chủ"], rows
    ids = [panel["id"] for panel in dashboard["panels"]]
    assert len(set(ids)) == len(ids)
    variables = {one["name"]: one["type"] for one in dashboard["templating"]["list"]}
    assert variables == {"datasource": "datasource"}
    expressions = []
    for panel, target in targets_of(dashboard):
        for of in (panel, target):
            assert of["datasource"] == {"type": "prometheus", "uid": "${datasource}"}, of
        named |= set(check_expression(target["expr"], known))
        expressions.append(target["expr"])
    # Prometheus reads them too, as rules.
    rules = {"groups": [{"name": "dashboard", "rules": [
        {"record": f"panel:{i}", "expr": one} for i, one in enumerate(expressions)]}]}
    with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
        json.dump(rules, file)
        file.flush()
        assert f"{len(expressions)} rules found" in promtool("check", "rules", file.name)
    print(f"    {len(expressions)} expressions about {len(named)} metrics")


def main():
    known = {"hoithi_x_total": {"class"} | ADDED}
    for wrong in ("sum(hoithi_y_total)", 'hoithi_x_total{klass="a"}', "sum by (route) (hoithi_x_total)"):
        try:
            check_expression(wrong, known)
        except AssertionError:
            continue
        raise AssertionError(("nothing wrong was seen in", wrong))
    test_alerts()
    test_dashboard()
    return 0


sys.exit(main())
