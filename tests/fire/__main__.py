"""Set a deployment on fire: `python -m tests.fire --minutes 30 --seed 7`, on both engines.

Prints the seed and a report; ends with 1 when a law was broken, and keeps the logs then.
"""

import argparse
import random
import shutil
import tempfile
from pathlib import Path

import msgspec

from tests.fire.run import Plan, burn, engine

ENGINES = ("postgres", "sqlite")


def main() -> None:
    """Burn, print, and fail when a law was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.fire", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0, help="of storm, over all engines")
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    parser.add_argument("--engine", action="append", choices=ENGINES)
    parser.add_argument("--customers", type=int, default=60)
    asked = parser.parse_args()
    engines = tuple(asked.engine or ENGINES)
    print(f"seed {asked.seed}", flush=True)
    folder = Path(tempfile.mkdtemp(prefix="makegood-fire-"))
    folder.chmod(0o755)  # PostgreSQL runs as another user where we are root
    is_bad = False
    for name in engines:
        own = folder / f"{name}-fire"
        own.mkdir()
        plan = Plan(name, asked.minutes * 60 / len(engines), asked.seed, asked.customers)
        with engine(name, folder) as server:
            burnt = burn(plan, own, server)
        print(burnt.report, flush=True)
        # what was judged, so that a person can judge it again
        (own / "evidence.json").write_bytes(msgspec.json.encode(burnt.evidence))
        is_bad = is_bad or bool(burnt.breaches)
    if is_bad:
        raise SystemExit(f"The logs are in {folder}.")
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
