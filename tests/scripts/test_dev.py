"""`scripts/dev`: each verb starts, and does what its line says."""

import asyncio
import re
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Column, ForeignKey, String, Table, UniqueConstraint, Uuid
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from app import tables
from scripts import checking, embedded, migration, verbs
from scripts.environment import ROOT
from scripts.shell import Prompt, names


def dev(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "scripts" / "dev"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_without_a_verb_all_are_listed_a_line_each() -> None:
    listed = dev()
    assert listed.returncode == 0
    lines = dict(re.findall(r"^  (\w+) +(\S.+)$", listed.stdout, re.MULTILINE))
    assert list(lines) == list(verbs.VERBS)
    assert max(map(len, listed.stdout.splitlines())) <= 120


def test_an_unknown_verb_is_refused() -> None:
    refused = dev("bake")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "'bake'" in refused.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        ("serve --help", 0, "--employees N"),
        ("test --collect-only -q tests/skills/test_rules.py", 0, "tests collected"),
        ("quick --collect-only -q tests/scripts/test_dev.py", 0, "test_an_unknown_verb_is_refused"),
        ("check format", 0, "== Format"),
        ("check taste", 1, "format, lint, types, layers; not taste"),
        ("shell --help", 0, "--data DIR"),
        ("psql --data nowhere", 1, "scripts/dev serve makes one"),
        ("plans --help", 0, "--only PATH"),
        ("migration --help", 0, "NAME"),
        ("contract --help", 0, "OPERATION"),
        ("bench --help", 0, "--readme"),
    ],
)
def test_each_verb_starts(line: str, code: int, words: str) -> None:
    started = dev(*line.split())
    assert started.returncode == code, started.stderr
    assert words in started.stdout + started.stderr
    assert "test_each_verb_starts" not in started.stdout


def test_fix_formats_and_mends_what_it_is_given(tmp_path: Path) -> None:
    file = tmp_path / "file.py"
    file.write_text("import os\nx = [ 1,2 ]")
    assert verbs.fix([str(file)]) == 0
    assert file.read_text() == "x = [1, 2]\n"


def test_the_first_step_that_fails_ends_the_checks(capfd: pytest.CaptureFixture[str]) -> None:
    fails = ("python", "-c", "raise SystemExit(3)")
    assert checking.run({"one": ("python", "-c", ""), "two": fails, "three": fails}) == 3
    assert capfd.readouterr().out == "== One\n== Two\n"


def test_one_step_of_all_checks_runs_alone(capfd: pytest.CaptureFixture[str]) -> None:
    assert checking.main(["--only", "tests", "--version"]) == 0
    assert [line for line in capfd.readouterr().out.splitlines() if line.startswith("==")] == ["== Tests"]


@pytest.mark.slow
def test_psql_uses_the_server_that_runs_and_else_starts_one_for_as_long(tmp_path: Path) -> None:
    directory = tmp_path / "postgres"
    embedded.start(directory, embedded.THROWAWAY)
    try:
        assert dev("psql", "--data", str(tmp_path), "-Atc", "SELECT current_database()").stdout == "hagukumi\n"
        assert embedded.is_running(directory)
    finally:
        embedded.stop(directory)
    assert dev("psql", "--data", str(tmp_path), "-Atc", "SELECT 1").stdout == "1\n"
    assert not embedded.is_running(directory)


def test_the_prompt_awaits(capsys: pytest.CaptureFixture[str]) -> None:
    with asyncio.Runner() as runner:
        prompt = Prompt({"asyncio": asyncio}, runner)
        for line in ("await asyncio.sleep(0, 'later')", "x = await asyncio.sleep(0, 2)", "x + 1", "1 / 0", "x"):
            assert not prompt.push(line)
    shown = capsys.readouterr()
    assert shown.out == "'later'\n3\n2\n"
    assert "ZeroDivisionError" in shown.err


async def test_the_prompt_knows_every_model(db: AsyncSession) -> None:
    assert {"Employee", "Enrollment", "SkillRecord", "db", "select"} <= names(db).keys()


async def test_a_migration_brings_the_tables_to_the_models_and_back(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        assert await connection.run_sync(migration.compare) == ("", "")
        metadata = tables.load()
        course = Column("course_id", Uuid, ForeignKey("course.id", name="fk_kiosk_course_id"), nullable=False)
        unique = UniqueConstraint("code", name="uq_kiosk_code")
        kiosk = Table("kiosk", metadata, course, Column("code", String, nullable=False), unique)
        try:
            forward, back = await connection.run_sync(migration.compare)
        finally:
            metadata.remove(kiosk)
    assert forward.startswith("CREATE TABLE kiosk (\n")
    assert "CONSTRAINT uq_kiosk_code UNIQUE (code)" in forward
    assert "CONSTRAINT fk_kiosk_course_id FOREIGN KEY(course_id) REFERENCES course (id)" in forward
    assert back == "DROP TABLE kiosk;\n"


def test_the_template_of_a_migration_has_a_place_for_each_way() -> None:
    assert (ROOT / "migrations" / "script.py.mako").read_text().count(migration.EMPTY) == 2
