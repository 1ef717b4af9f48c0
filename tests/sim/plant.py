#!/usr/bin/env python3
"""Planted bugs: what a simulation must find.

plant.py make PLANTED SOURCE OUT      writes SOURCE with the bug in it. PLANTED has, after
                                      lines of # that say what it is, lines with "-" and, in
                                      their place, lines with "+": the source must hold the
                                      former exactly once, as they stand behind the sign.
                                      A line "@@" comes between two such places.
plant.py found WORDS PROGRAM [ARG …]  the program has to fail, and to say WORDS."""
import subprocess
import sys


def pick(sign, part):
    return ''.join(line[1:] + '\n' for line in part.splitlines() if line.startswith(sign))


def make(planted, source, out):
    text = '\n' + open(source, encoding='utf-8').read()
    for part in open(planted, encoding='utf-8').read().split('@@\n'):
        old, new = pick('-', part), pick('+', part)
        if not old or text.count('\n' + old) != 1:
            sys.exit(f'{planted}: {source} does not hold these lines once:\n{old}')
        text = text.replace('\n' + old, '\n' + new)
    with open(out, 'w', encoding='utf-8') as f:
        f.write(text[1:])


def found(words, *command):
    run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                         errors='replace', check=False)
    if run.returncode == 0:
        sys.exit(f'the planted bug was not found:\n{run.stdout}')
    if words not in run.stdout or 'Sanitizer' in run.stdout:
        sys.exit(f'it failed, but not with “{words}”:\n{run.stdout}')
    print(run.stdout)


{'make': make, 'found': found}[sys.argv[1]](*sys.argv[2:])
