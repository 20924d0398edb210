"""Print what the simulator finds beside what theory says: ``python -m tests.validation [CASE ...] [--validate]``."""

from __future__ import annotations

import sys

from tests.validation.cases import EOQ, STATISTICAL
from tests.validation.harness import run


def main(arguments: list[str]) -> None:
    """Run the cases named, or all of them, as ``make test`` does or as ``make validate`` does."""
    long, named = "--validate" in arguments, [word for word in arguments if not word.startswith("--")]
    for case in (*STATISTICAL, *EOQ):
        if named and case.name not in named:
            continue
        outcome = run(case, case.validate if long else case.test)
        for estimate in outcome.estimates:
            print(estimate)
        print(f"{'':<22} {outcome.days:,.0f} days in {outcome.seconds:.1f} s", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
