#!/usr/bin/env python3
"""Every library that meson.build asks for is brought by a package that packaging/
lists: a machine that has one by chance does not hide that another would lack it.

    test_packages.py SOURCE_ROOT"""

import os
import re
import subprocess
import sys

ROOT = sys.argv[1]


def output(*words):
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()


def listed():
    names = set()
    for name in ("debian-build.txt", "debian-check.txt"):
        with open(os.path.join(ROOT, "packaging", name), encoding="utf-8") as file:
            names |= {line.strip() for line in file if line.strip() and not line.startswith("#")}
    return names


def asked_for():
    for above, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if name in ("src", "tests", "bench", "tools", "lang",
                                                           "views", "assets")
                      or above != ROOT]
        folders[:] = [name for name in folders if name != "node_modules"]
        if "meson.build" in names:
            with open(os.path.join(above, "meson.build"), encoding="utf-8") as file:
                yield from re.findall(r"\bdependency\('([^']+)'", file.read())


def package_of(library):
    folder = output("pkg-config", "--variable=pcfiledir", library)
    real = os.path.realpath(os.path.join(folder, library + ".pc"))
    return output("dpkg", "-S", real).split(":")[0]


def main():
    packages, seen, wrong = listed(), 0, []
    for library in sorted(set(asked_for()) - {"threads"}):
        package = package_of(library)
        seen += 1
        if package not in packages:
            wrong.append(f"{library} comes with {package}, which packaging/ does not list")
    print("\n".join(wrong) or f"{seen} libraries come with packages that are listed")
    return 1 if wrong or seen < 8 else 0


sys.exit(main())
