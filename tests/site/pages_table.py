"""docs/pages.md, read: its tables as rows."""

import re


def section(text, title):
    return re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", text, re.M | re.S).group(1)


def table(text):
    """The rows of the Markdown table in a section, without its head."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def documented_routes(text):
    """(method, path, name, audience, class, fields) of each route."""
    return [(method, path.strip("`"), name.strip("`"), audience, kind,
             tuple(re.findall("`([^`]+)`", fields)))
            for method, path, name, audience, kind, fields in table(section(text, "Routes"))]
