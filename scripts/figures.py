"""What the code measures, beside the same figures of 0.1.0.

    .venv/bin/python -m scripts.figures [--json]

Sizes, `Any` and imports are read from the files of `app`, without the loader of first data (`app/seed`, which held the
made-up city in 0.1.0). Calls are made in process by the training office of a made-up city, each for the second time:

- functions: those of `app` that are entered, each once, however often it is called;
- with comprehensions: and with lambdas, which Python up to 3.11 enters like functions. The figures 80
  and 68 that were published for 0.1.0 are of this kind, its 104 is not;
- statements: SQL that is sent, transactions apart.
"""

import argparse
import ast
import json
from collections.abc import Iterator, Sequence

from scripts.calls import APP, package, traced_calls

FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)

LISTS = {"account", "api", "main", "tables", "vocabulary"}
"""They name every package, or compose some: what they import says little about how the packages hang together."""

BEFORE: dict[str, int] = {
    "lines of Python": 13_731,
    "files: 95th percentile of lines": 205,
    "files: most lines": 318,
    "functions: 95th percentile of lines": 15,
    "functions: most lines": 36,
    "lines with Any, imports apart": 209,
    "imports between packages, kit apart": 80,
    "imports between packages, without the modules that list them all": 59,
    "GET /employees: functions": 63,
    "GET /employees: functions with comprehensions": 80,
    "GET /employees: statements": 5,
    "GET /skill_gaps: functions": 54,
    "GET /skill_gaps: functions with comprehensions": 68,
    "GET /skill_gaps: statements": 2,
    "POST /enrollments: functions": 104,
    "POST /enrollments: functions with comprehensions": 129,
    "POST /enrollments: statements": 17,
    "POST /enrollments: functions of the domain": 51,
    "POST /enrollments: files of the domain": 11,
    "POST /enrollments: packages of the domain": 4,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="the figures as a JSON object of names and numbers")
    chosen = parser.parse_args()
    now = {**sizes(), **traced_calls()}
    if chosen.json:
        print(json.dumps({name: {"0.1.0": BEFORE.get(name), "now": number} for name, number in now.items()}, indent=2))
        return
    width = max(map(len, now))
    print(f"{'':{width}}  0.1.0     now")
    for name, number in now.items():
        print(f"{name:{width}} {BEFORE.get(name, '-'):>6} {number:>7}")


def sizes() -> dict[str, int]:
    trees = {path: ast.parse(path.read_text()) for path in sorted(APP.rglob("*.py")) if package(path) != "seed"}
    texts = [path.read_text().splitlines() for path in trees]
    files = [len(text) for text in texts]
    functions = [length(node) for tree in trees.values() for node in ast.walk(tree) if isinstance(node, FUNCTION)]
    arrows = {arrow for path, tree in trees.items() for arrow in imports(package(path), tree)}
    return {
        "lines of Python": sum(files),
        "lines of SQL": sum(len(path.read_text().splitlines()) for path in APP.rglob("*.sql")),
        "files: 95th percentile of lines": percentile(files),
        "files: most lines": max(files),
        "functions: 95th percentile of lines": percentile(functions),
        "functions: most lines": max(functions),
        "lines with Any, imports apart": sum(has_any(line) for text in texts for line in text),
        "imports between packages, kit apart": len(arrows),
        "imports between packages, without the modules that list them all": len(
            [arrow for arrow in arrows if arrow[0] not in LISTS]
        ),
    }


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def percentile(numbers: Sequence[int]) -> int:
    return sorted(numbers)[int(len(numbers) * 0.95)]


def has_any(line: str) -> bool:
    words = "".join(character if character.isalnum() or character == "_" else " " for character in line).split()
    return "Any" in words and not line.startswith("from typing import")


def imports(source: str, tree: ast.Module) -> Iterator[tuple[str, str]]:
    """From which package to which other, wherever in a module it is imported."""
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        for root, target in (name.split(".")[:2] for name in names if "." in name):
            if root == "app" and target != source and "kit" not in {source, target}:
                yield source, target


if __name__ == "__main__":
    main()
