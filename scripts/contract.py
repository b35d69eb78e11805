"""Writes the OpenAPI documents: `scripts/dev contract [OPERATION … | all]`.

For operations that are named, such as those of a new resource, examples are captured first, from a made-up city that is
served for this alone; the other operations keep theirs. `all` captures every example anew.
"""

import argparse
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from os import environ

from scripts.checking import clean
from scripts.children import child
from scripts.environment import ROOT
from scripts.options import parse
from scripts.serving import is_ready

LOOK_EVERY = 0.2  # seconds


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="scripts/dev contract", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("operations", nargs="*", metavar="OPERATION", help="such as venues_list, or all")
    operations = parser.parse_args().operations
    if operations:
        with city() as url:
            captured = run("scripts.capture_examples", *([] if operations == ["all"] else operations), "--url", url)
        if captured:
            return captured
    return run("scripts.export_openapi")


def run(module: str, *arguments: str) -> int:
    return subprocess.call([sys.executable, "-P", "-m", module, *arguments], cwd=ROOT, env=clean(dict(environ)))


@contextmanager
def city() -> Iterator[str]:
    """The address of a made-up city that nobody else uses."""
    with tempfile.TemporaryDirectory() as folder:
        arguments = ["--port", str(free_port()), "--data", folder]
        options = parse(arguments)
        with child("scripts.serving", *arguments, environment=clean(dict(environ))) as server:
            while not is_ready(options):
                if server.poll() is not None:
                    raise SystemExit("The made-up city could not be served.")
                time.sleep(LOOK_EVERY)
            yield f"http://{options.host}:{options.port}"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


if __name__ == "__main__":
    raise SystemExit(main())
