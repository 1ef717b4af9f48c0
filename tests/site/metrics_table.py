"""docs/metrics.md, read."""

import re

from pages_table import section, table

OURS = ("The front door", "Waiting for a turn", "Passwords", "The store", "Papers and jobs", "The process")


def documented(text, titles=OURS):
    """{name: (type, labels)} of each metric."""
    found = {}
    for title in titles:
        for name, kind, labels, *_ in table(section(text, title)):
            name = name.strip("`")
            assert name not in found, ("twice", name)
            found[name] = (kind, set(re.findall("`([^`]+)`", labels)))
    return found
