#!/usr/bin/env python3
"""docs/pages.md says what the route table and the views say.

    test_routes.py PRINT_ROUTES SOURCE_ROOT"""

import glob
import os
import re
import subprocess
import sys

from pages_table import documented_routes, section, table

PRINT_ROUTES, ROOT = sys.argv[1:3]


def real_routes():
    out = subprocess.run([PRINT_ROUTES], capture_output=True, text=True, check=True).stdout
    rows = []
    for line in out.splitlines():
        method, path, name, audience, kind, token, fields = line.split("\t")
        assert token == ("1" if method == "POST" else "0"), f"{name}: every POST needs a token"
        rows.append((method, path, name, audience, kind, tuple(fields.split())))
    return rows


def view_forms():
    """id: (method, names of fields) of every form with an id in the views."""
    forms = {}
    for path in sorted(glob.glob(os.path.join(ROOT, "views", "*.html"))):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        for match in re.finditer(r"<form\b([^>]*)>(.*?)</form>", text, re.S):
            found = re.search(r'\bid="([^"]+)"', match.group(1))
            if not found:
                assert 'method="get"' in match.group(1), (path, "a posted form without an id")
                continue
            assert found.group(1) not in forms, (path, found.group(1), "two forms with one id")
            names = re.findall(r'\bname="([^"]+)"', match.group(2))
            posts = re.findall(r'(?:form)?action="([^"]+)"', match.group(0))
            forms[found.group(1)] = (posts, {re.sub(r"\d*\{\{item->number\}\}$", "*", name)
                                             for name in names if "{{field" not in name})
    return forms


def as_route(action):
    """An action of a view as the path of a route."""
    path = action.replace("{{v->page.code}}", "{contest}")
    return re.sub(r"\{\{v->part\}\}", "{}", path)


def main():
    with open(os.path.join(ROOT, "docs", "pages.md"), encoding="utf-8") as file:
        text = file.read()
    real, said = real_routes(), documented_routes(text)
    problems = [f"not in docs/pages.md, or otherwise: {row}" for row in real if row not in said]
    problems += [f"only in docs/pages.md: {row}" for row in said if row not in real]
    if not problems and real != said:
        problems.append("docs/pages.md: the routes stand in another order")
    forms = view_forms()
    listed = [row[0].strip("`") for row in table(section(text, "Forms"))]
    if sorted(forms) != sorted(listed):
        problems.append(f"forms: views have {sorted(forms)}, docs/pages.md {sorted(listed)}")
    by_name = {row[2]: row for row in real}
    posts = {row[1]: row for row in real if row[0] == "POST"}
    for form_id, _, targets, _ in table(section(text, "Forms")):
        form_id = form_id.strip("`")
        actions, names = forms.get(form_id, ([], set()))
        if form_id == "resend":
            continue
        routes = [posts.get(as_route(action)) for action in actions]
        wanted = [name for name in re.findall("`([^`]+)`", targets) if name in by_name]
        if None in routes or [route[2] for route in routes] != wanted:
            problems.append(f"form {form_id} posts to {actions}, docs/pages.md says {wanted}")
            continue
        for route in routes:
            if names - set(route[5]):
                problems.append(f"form {form_id}: {route[2]} refuses {names - set(route[5])}")
    for field in {field for row in real for field in row[5]}:
        first = field.replace("*", "1")
        if f"`{first}`" not in section(text, "Fields"):
            problems.append(f"docs/pages.md does not say what the field {field} holds")
    for problem in problems:
        print(problem)
    print(f"{len(real)} routes, {len(forms)} forms, {len(problems)} problems")
    return 1 if problems or not real else 0


sys.exit(main())
