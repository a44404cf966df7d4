#!/usr/bin/env python3
"""Checks that what the shim hands on to a library is what it was given, in the same order: that the entries of the lists
*_calls.def name their arguments as their parameters. A compiler sees no difference between two pointers.

    same_order.py LIST...     exit status 0, or 1 and a line for each entry that is not so
"""

import re
import subprocess
import sys

# The kinds of entries; the last two of each are its parameters and its arguments, in parentheses.
KINDS = ["LAUNCH", "COPY", "COPY_TO_HOST", "WAITING", "MANGLED", "TRANSFER", "MAP"]


def entries(path):
    definitions = ["-D%s(name, ...)=@ name (__VA_ARGS__) @" % kind for kind in KINDS] + ["-DOTHER(name)="]
    text = subprocess.run(["gcc", "-E", "-P", "-x", "c", *definitions, path], check=True, capture_output=True, text=True).stdout
    parts = text.split("@")
    between, found = "".join(parts[::2]).strip(), parts[1::2]
    if between or not found:
        sys.exit("%s has entries of another kind, or none: %s" % (path, between))
    for entry in found:
        yield entry.split()[0], *re.search(r"\(([^()]*)\)\s*,\s*\(([^()]*)\)\s*\)\s*$", entry).groups()


def main():
    status = 0
    for path in sys.argv[1:]:
        for name, parameters, arguments in entries(path):
            given = [re.findall(r"\w+", each)[-1] for each in parameters.split(",")]
            handed_on = [each.strip() for each in arguments.split(",")]
            if given != handed_on:
                print("%s: %s is given %s and hands on %s" % (path, name, given, handed_on))
                status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
