"""Reads of 100,000 people: an index for every order of a list that grows, roles of a few without a look at everybody"""

from migrations import sql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

INDEXES = {
    "employee": ["hired_on"],
    "post": ["valid_from", "updated_at"],
    "absence": ["valid_from", "updated_at"],
    "skill_record": ["valid_from"],
    "qualification_award": ["updated_at"],
    "enrollment": ["created_at"],
    "survey_sheet": ["survey_id"],
}
_NAMED = [(f"ix_{table}_{column}", table, column) for table, columns in INDEXES.items() for column in columns]


def upgrade() -> None:
    sql.run("".join(f"CREATE INDEX {name} ON {table} ({column}, id);\n" for name, table, column in _NAMED))


def downgrade() -> None:
    sql.run("".join(f"DROP INDEX {name};\n" for name, _, _ in _NAMED))
