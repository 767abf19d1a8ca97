"""The command line of the measurements: `make bench`, or `python -m bench --help`."""

from __future__ import annotations

import argparse

from bench import ninja
from bench.load import has_wrk
from bench.report import write_table
from bench.run import Plan, measure

TINY = {"rounds": 1, "seconds": 0.1, "products": 300, "with_wrk": False, "is_tiny": True}


def main() -> None:
    words = read_words()
    if words.with_ninja and not ninja.is_installed():
        ninja.install()
    if not ninja.is_installed():
        print("Django-ninja is skipped: not installed; python -m bench --with-ninja installs it")
    given = {"with_wrk": has_wrk() and words.client == "wrk", "only": words.only}
    given |= {"databases": words.database} if words.database else {}
    given |= {"rounds": words.rounds, "seconds": words.seconds}
    given |= {"large": 1_000_000} if words.large else {}
    plan = Plan(**given | (TINY if words.tiny else {}))
    found = measure(plan)
    is_whole = not (words.tiny or words.only or words.database)
    if is_whole:
        write_table(found, plan)


def read_words() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--tiny", action="store_true", help="seconds, no figures: does it work?")
    parser.add_argument("--large", action="store_true", help="a list of 1,000,000 rows too")
    parser.add_argument("--with-ninja", action="store_true", help="install that reference first")
    parser.add_argument("--only", default="", help="what contains this in its name")
    parser.add_argument("--database", action="append", choices=["SQLite", "PostgreSQL"])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--client", choices=["wrk", "asyncio"], default="wrk")
    return parser.parse_args()


if __name__ == "__main__":
    main()
