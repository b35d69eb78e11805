"""psql, as the embedded PostgreSQL brings it, on the development database: `scripts/dev psql [--data DIR] …`."""

import argparse
import os
import subprocess

from scripts import development, embedded


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/dev psql", add_help=False, allow_abbrev=False)
    development.add_data_option(parser)
    chosen, passed = parser.parse_known_args()
    with development.database(chosen.data) as url:
        return subprocess.call([embedded.programs() / "psql", url, *passed], env=os.environ)


if __name__ == "__main__":
    raise SystemExit(main())
