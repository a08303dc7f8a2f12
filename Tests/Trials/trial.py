"""Runs one trial: its options, a limit of time for all of it, and its status at the end."""

import argparse
import importlib
import pathlib
import signal
import sys
import threading

TRIALS = ["takeup", "timers", "crash", "strangers", "truth"]


class TimeOver(BaseException):
    """The trial has taken longer than it may."""


def end(number, frame):
    # What cleans up is not to be interrupted, too.
    for other in (signal.SIGALRM, signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(other, signal.SIG_IGN)
    raise TimeOver("its time is over" if number == signal.SIGALRM else f"signal {number}")


def main():
    parser = argparse.ArgumentParser(prog="Scripts/trial")
    trials = parser.add_subparsers(dest="trial", required=True, metavar="NAME")
    modules = {}
    for name in TRIALS:
        modules[name] = importlib.import_module(name)
        options = trials.add_parser(name, description=modules[name].__doc__)
        options.add_argument("--program", required=True, help="the flowd to try")
        options.add_argument("--limit", type=int, default=modules[name].LIMIT, metavar="SECONDS",
                             help="the trial ends then in any case (%(default)s)")
        modules[name].add_options(options)
    options = parser.parse_args()
    options.program = str(pathlib.Path(options.program).resolve())
    for number in (signal.SIGALRM, signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
    signal.alarm(options.limit)
    try:
        status = modules[options.trial].run(options)
    except TimeOver as over:
        print(f"trial: {over}", file=sys.stderr)
        status = 1
    sys.stdout.flush()
    for thread in threading.enumerate():
        if thread is not threading.main_thread() and not thread.daemon:
            print(f"trial: {thread.name} still runs", file=sys.stderr)
    sys.exit(status)


if __name__ == "__main__":
    main()
