"""(d) pgbench, of the embedded PostgreSQL, with the statements of (c): what the database alone can do."""

import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from app.kit import clock
from scripts import embedded
from scripts.bench.database import HERE, fetch
from scripts.bench.processes import Meter
from scripts.bench.servers import Served

_GET, _LIST, _ENROLL = ((HERE / "peers" / f"{name}.sql").read_text() for name in ("employee", "employees", "enroll"))
_ANY = "\\set n random(1, {0})\n"
_NEXT = "SELECT nextval('bench.turn') AS n \\gset\n"
_NOBODY = UUID(int=0)  # finds no row
_LOOK_UP = f"SELECT coalesce((SELECT id FROM bench.{{0}} WHERE n = {{1}}), '{_NOBODY}') AS {{0}} \\gset\n"
LABEL = "(d) pgbench, statement of (c)"

Scripts = Mapping[str, str]


def scripts(city: Served) -> Scripts:
    """A script for each group. Ids are looked up by number first, as pgbench knows no lists of them: as part of the
    statement, PostgreSQL would not know them when it plans."""
    day = f"DATE '{clock.today()}'"
    office = fetch(city.database, "SELECT id FROM account WHERE username = 'training'")[0]["id"]
    hot = fetch(city.database, "SELECT id FROM bench.session WHERE hot")[0]["id"]
    readers, units, courses = (_count(city, table) for table in ("reader", "unit", "course"))
    reader, unit, applicant = (_LOOK_UP.format(table, ":n") for table in ("reader", "unit", "applicant"))
    course = _LOOK_UP.format("course", f"1 + :n % {courses}")
    rest = {"$2": ":applicant::uuid", "$3": f"'{office}'::uuid", "$4": day}
    return {
        "get": _ANY.format(readers) + reader + _with(_GET, {"$1": ":reader::uuid", "$2": day}),
        "list": _ANY.format(units) + unit + _with(_LIST, {"$1": ":unit::uuid", "$2": day}),
        "apply": _NEXT + applicant + course + _with(_ENROLL, {"$1": ":course::uuid", **rest}),
        "hot": _NEXT + applicant + _with(_ENROLL, {"$1": f"'{hot}'::uuid", **rest}),
    }


def _count(city: Served, table: str) -> int:
    count: int = fetch(city.database, f"SELECT count(*) AS count FROM bench.{table}")[0]["count"]
    return count


def _with(statement: str, values: Mapping[str, str]) -> str:
    """One statement on one line, as pgbench wants it."""
    lines = [line for line in statement.splitlines() if not line.startswith("--")]
    text = " ".join(lines)
    for name, value in values.items():
        text = text.replace(name, value)
    return f"{text};\n"


def run(city: Served, script: str, *, connections: int, seconds: float, most: int | None = None) -> dict[str, float]:
    """As of a load: requests a second, percentiles in ms, CPU of the database in microseconds for each. `most`: further
    transactions find nobody to enroll, and are not counted."""
    meter = Meter(None, city.server.meter.database)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "script.sql"
        path.write_text(script)
        sockets = parse_qs(urlsplit(city.database).query)["host"][0]
        options = ["-n", "-M", "prepared", "-c", str(connections), "-j", "2", "-T", str(max(1, round(seconds)))]
        where = ["-h", sockets, "-U", "postgres", embedded.DATABASE]
        logging = ["-l", f"--log-prefix={folder}/log"]
        before = meter.spent().database
        command = [str(embedded.programs() / "pgbench"), *options, *logging, "-f", str(path), *where]
        finished = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
        time.sleep(0.1)  # the last processes end
        spent = meter.spent().database - before
        if finished.returncode:
            raise SystemExit(f"pgbench failed: {finished.stderr.strip()[-1000:]}")
        ended = sorted(one for log in Path(folder).glob("log.*") for one in _ended(log))
    if len(ended) < 2:
        raise SystemExit("pgbench ended no two transactions in that time.")
    counted = ended[:most]
    times = sorted(took for _, took in counted)
    p50, p99 = (times[int(len(times) * part)] / 1000 for part in (0.5, 0.99))
    return {
        "rate": len(counted) / (counted[-1][0] - counted[0][0]),
        "p50": p50,
        "p99": p99,
        "database": spent / len(ended) * 1e6,
    }


def _ended(log: Path) -> list[tuple[float, int]]:
    """Of each transaction, when it ended and the microseconds that it took."""
    rows = (line.split() for line in log.read_text().splitlines())
    return [(int(row[4]) + int(row[5]) / 1e6, int(row[2])) for row in rows]
