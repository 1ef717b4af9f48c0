#!/usr/bin/env python3
"""Planted bugs: what a simulation must find.

plant.py make PLANTED SOURCE OUT      writes SOURCE with the bug in it. PLANTED has, after
                                      lines of # that say what it is, lines with "-" and, in
                                      their place, lines with "+": the source must hold the
                                      former exactly once, as they stand behind the sign.
plant.py found WORDS PROGRAM [ARG …]  the program has to fail, and to say WORDS."""
import subprocess
import sys


def read_planted(path):
    lines = open(path, encoding='utf-8').read().splitlines()
    pick = lambda sign: ''.join(line[1:] + '\n' for line in lines if line.startswith(sign))
    return pick('-'), pick('+')


def make(planted, source, out):
    old, new = read_planted(planted)
    text = open(source, encoding='utf-8').read()
    if not old or ('\n' + text).count('\n' + old) != 1:
        sys.exit(f'{planted}: {source} does not hold these lines once:\n{old}')
    with open(out, 'w', encoding='utf-8') as f:
        f.write(('\n' + text).replace('\n' + old, '\n' + new)[1:])


def found(words, *command):
    run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                         errors='replace', check=False)
    if run.returncode == 0:
        sys.exit(f'the planted bug was not found:\n{run.stdout}')
    if words not in run.stdout or 'Sanitizer' in run.stdout:
        sys.exit(f'it failed, but not with “{words}”:\n{run.stdout}')
    print(run.stdout)


{'make': make, 'found': found}[sys.argv[1]](*sys.argv[2:])
