"""Compares Hagukumi with what one would otherwise write, and prints a table; `--help` names the options.

scripts/dev bench [--people N]        measures; writes result.json and result.svg
scripts/dev bench --growth [N,N,…]    measures the same requests in cities of several sizes
scripts/dev bench --readme            puts the last result into the README
"""

import argparse
import shutil
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from scripts.bench import load, material, pgbench, report, results, same_answers, servers, sizes
from scripts.bench.chart import chart
from scripts.bench.database import megabytes
from scripts.bench.growth import SIZES, grow
from scripts.bench.measure import Bench, Task, interleaved
from scripts.bench.results import Result
from scripts.bench.rows import GROUPS, rows
from scripts.environment import ROOT
from scripts.options import between

HERE = Path(__file__).parent
KEPT = HERE / "measured.json"
QUICK, FEW, CALLS = 300, 40, 12  # people, those of them who are asked for or apply, and calls of each row


def main(arguments: list[str] | None = None) -> None:
    chosen = parse(arguments)
    written = chosen.data / "result.json"
    if chosen.readme:
        shutil.copyfile(written, KEPT)
        result = results.load(KEPT)
        KEPT.with_suffix(".svg").write_text(chart(result))
        report.write(result)
        sizes.PAGE.write_text(sizes.section(sizes.PAGE.read_text(), result))
        return
    load.ready()
    try:
        result = measured(chosen, results.load(written) if written.exists() else None)
    except KeyboardInterrupt:
        raise SystemExit("Stopped.") from None
    results.save(result, written)
    written.with_suffix(".svg").write_text(chart(result))
    print(report.report(results.load(written)))
    print(f"\nWritten to {written} and {written.with_suffix('.svg')}.")


def measured(chosen: argparse.Namespace, last: Result | None) -> Result:
    """Of both kinds of measurement, the one that was not asked for now stays as it was."""
    if not chosen.growth:
        result = compare(chosen)
        if last and "growth" in last:
            result["growth"] = last["growth"]
        return result
    if last is None:
        raise SystemExit("Run scripts/dev bench first: --growth adds to its result.")
    how = {"connections": chosen.connections, "rounds": chosen.rounds}
    last["growth"] = grow(chosen.growth, chosen.data, seconds=chosen.seconds, **how)
    return last


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/dev bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    size, few = between(60, 1_000_000), between(1, 64)
    parser.add_argument("--people", type=size, default=100_000, metavar="N", help="size of the city (100,000)")
    parser.add_argument("--connections", type=few, default=16, metavar="N", help="callers at the same time (16)")
    parser.add_argument("--rounds", type=few, default=3, metavar="N", help="measurements of each row (3)")
    parser.add_argument("--seconds", type=float, default=4, metavar="S", help="of one measurement (4)")
    parser.add_argument("--only", metavar="GROUP", choices=GROUPS, help=f"one group: {', '.join(GROUPS)}")
    sizes = ",".join(map(str, SIZES))
    growth = f"cities of several sizes, {sizes} without N, added to the last result; an hour to load"
    parser.add_argument("--growth", nargs="?", const=sizes, type=several, metavar="N,N,…", help=growth)
    parser.add_argument(
        "--quick", action="store_true", help=f"a city of {QUICK}, {CALLS} calls each: does it all work?"
    )
    parser.add_argument("--readme", action="store_true", help="no measurement: put the last result into the README")
    parser.add_argument("--data", type=Path, default=ROOT / "var" / "bench", metavar="DIR", help="cities and results")
    chosen = parser.parse_args(arguments)
    if chosen.quick:
        chosen.people, chosen.rounds, chosen.seconds, chosen.connections = QUICK, 1, 30.0, 4
    return chosen


def several(text: str) -> list[int]:
    return [between(60, 1_000_000)(each) for each in text.split(",")]


def compare(chosen: argparse.Namespace) -> Result:
    with ExitStack() as open_until_the_end:
        city = open_until_the_end.enter_context(servers.hagukumi(chosen.people, chosen.data / str(chosen.people)))
        asked = {row.key: row for row in rows(material.gather(city, FEW if chosen.quick else None))}
        peers = {name: open_until_the_end.enter_context(servers.peer(name, city)) for name in servers.PEERS}
        serving = {"hagukumi": city.server, **peers}
        compared = same_answers.check(city, serving, asked)
        bench = Bench(city, serving, chosen.connections, CALLS if chosen.quick else None)
        tasks: list[Task] = [(key, partial(bench.measure, row)) for key, row in asked.items()]
        alone = {f"{group}.pgbench": (group, script) for group, script in pgbench.scripts(city).items()}
        tasks += [(key, partial(bench.alone, *each)) for key, each in alone.items()]
        tasks = [task for task in tasks if chosen.only in {None, task[0].partition(".")[0]}]
        labels = {key: row.label for key, row in asked.items()} | dict.fromkeys(alone, pgbench.LABEL)
        samples = interleaved(tasks, chosen.rounds, chosen.seconds, warm=not chosen.quick)
        return Result(
            at=results.now(),
            commit=results.commit(),
            machine=results.machine(),
            people=chosen.people,
            connections=chosen.connections,
            rounds=chosen.rounds,
            seconds=chosen.seconds,
            loaded=city.loaded,
            compared=compared,
            disk=megabytes(city.database),
            rows=[results.measured(key, labels[key], each) for key, each in samples.items()],
            targets=results.targets(samples, labels),
        )


if __name__ == "__main__":
    main()
