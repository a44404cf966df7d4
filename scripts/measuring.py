"""What scripts that measure, or check, on a device have in common."""

import argparse
import json
import pathlib
import signal
import sys


def run(main):
    """Ends the process with the status that main returns; 130 if it is ended by Ctrl-C or SIGTERM, which both take along what
    was started and made: main sees a KeyboardInterrupt."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)


def results_file(text):
    """A type for argparse. What is wrong with it is said before anything is measured."""
    if pathlib.Path(text).is_dir():
        raise argparse.ArgumentTypeError("%s is a folder: give a file" % text)
    return pathlib.Path(text)


def keep(results, file, indent=1):
    """Writes them as JSON, if a file was asked for; without indent on one line."""
    if file:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(results, indent=indent) + "\n")
