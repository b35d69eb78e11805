"""Nothing changes a logged table without the log."""

import ast
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Executable, Table, delete, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session
from sqlmodel import SQLModel
from sqlmodel.main import default_registry

from app.audit.recorder import UnloggedWrite, logged_tables
from app.kit.records import add
from app.people.models import PositionRank
from scripts.environment import ROOT

pytestmark = pytest.mark.usefixtures("built")  # which installs the log
RANK = {"code": "chief", "name": "係長", "ordinal": 50}
TABLE: Table = SQLModel.metadata.tables["position_rank"]
STATEMENTS = {
    "update of a model": update(PositionRank).values(name="x"),
    "delete of a model": delete(PositionRank),
    "insert of a model": insert(PositionRank).values(RANK),
    "update of a table": TABLE.update().values(name="x"),
    "delete of a table": TABLE.delete(),
    "insert into a table": TABLE.insert().values(RANK),
    "insert beside a query": select(1).add_cte(TABLE.insert().values(RANK).cte("made")),
}
UNLOGGED_DML = {
    ("audit/recorder.py", "AuditEntry"),  # the log itself
    ("audit/batch.py", "table"),  # together with it
    ("insights/commands.py", "FigureChange"),  # notes merged, no records
    ("kit/idempotency.py", "StoredResponse"),  # answers kept for a day, no records
    ("surveys/commands.py", "SurveyParticipation"),  # who has answered must not be dated by the log
    ("surveys/commands.py", "SurveyResponse"),  # nor what
    ("surveys/secrecy.py", "SurveyBox"),  # nor either where nothing may join them
    ("surveys/secrecy.py", "SurveyResponse"),
}
"""Where the application builds INSERT, UPDATE or DELETE statements, all on tables that are not logged."""


@pytest.fixture
async def rank(db: AsyncSession) -> PositionRank:
    return await add(db, PositionRank(code="head", name="課長", ordinal=30))


@pytest.mark.parametrize("statement", STATEMENTS.values(), ids=STATEMENTS)
async def test_a_statement_on_a_logged_table_is_refused(
    db: AsyncSession, rank: PositionRank, statement: Executable
) -> None:
    with pytest.raises(UnloggedWrite, match="position_rank"):
        await db.execute(statement)
    with pytest.raises(UnloggedWrite, match="position_rank"):
        await (await db.connection()).execute(statement)
    rows = (await db.execute(text("SELECT code, name FROM position_rank"))).all()
    assert [tuple(row) for row in rows] == [("head", "課長")]


@pytest.mark.parametrize(
    "write",
    [
        lambda session: session.bulk_insert_mappings(PositionRank, [RANK]),
        lambda session: session.bulk_save_objects([PositionRank.model_validate(RANK)]),
    ],
    ids=["bulk_insert_mappings", "bulk_save_objects"],
)
async def test_bulk_methods_of_the_session_are_refused(db: AsyncSession, write: Callable[[Session], None]) -> None:
    with pytest.raises(UnloggedWrite, match="position_rank"):
        await db.run_sync(write)


async def test_a_refusal_leaves_the_session_usable_and_logging(db: AsyncSession, rank: PositionRank) -> None:
    with pytest.raises(UnloggedWrite):
        await db.execute(delete(PositionRank))
    rank.name = "室長"
    await db.flush()
    count = text("SELECT count(*) FROM audit_entry WHERE record_id = :id AND action = 'updated'")
    assert await db.scalar(count, {"id": rank.id}) == 1


def dml() -> Iterator[tuple[str, str]]:
    """File and first argument of each call of SQLAlchemy's `insert`, `update` and `delete`, and each text of DML."""
    for path in sorted((ROOT / "app").rglob("*.py")):
        name = str(path.relative_to(ROOT / "app"))
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
                if node.func.id in {"insert", "update", "delete"}:
                    yield name, ast.unparse(node.args[0])
                if node.func.id == "text" and ast.unparse(node.args[0])[1:].lstrip().startswith(
                    ("INSERT", "UPDATE", "DELETE")
                ):
                    yield name, ast.unparse(node.args[0])


def test_the_application_builds_no_other_dml() -> None:
    assert set(dml()) == UNLOGGED_DML


def test_none_of_its_tables_is_logged_elsewhere() -> None:
    logged = {mapper.class_.__name__ for mapper in default_registry.mappers if mapper.local_table in logged_tables()}
    assert "PositionRank" in logged
    assert {model for _, model in UNLOGGED_DML} & logged == set()


def test_the_database_deletes_no_other_logged_rows() -> None:
    cascades = {
        f"{table.name}.{key.parent.name}"
        for table in SQLModel.metadata.sorted_tables
        for key in table.foreign_keys
        if key.ondelete and table in logged_tables()
    }
    assert cascades == set()
