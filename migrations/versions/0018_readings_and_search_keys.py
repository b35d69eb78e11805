"""The form and the order of readings, and search keys as texts are folded now"""

from alembic import op
from sqlalchemy import text

from app.kit.readings import reading_order
from app.kit.text import fold
from migrations import sql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_READING = "^[ぁ-ゖゝゞァ-ヺー-ヾｦ-ﾟ]([-ぁ-ゖゝゞァ-ヺー-ヾｦ-ﾟ・･ 　]*[ぁ-ゖゝゞァ-ヺー-ヾｦ-ﾟ])?$"
_SEARCHED = {
    "course": "SELECT id, ARRAY[code, title, title_en] || themes FROM course",
    "employee": """
        SELECT id, ARRAY[name, display_name, name_kana]
            || ARRAY(SELECT number FROM employee_number WHERE employee_id = employee.id)
            || ARRAY(SELECT unnest(ARRAY[f.name, f.display_name, f.name_kana]) FROM former_name f
                WHERE f.employee_id = employee.id) FROM employee""",
    "org_unit": "SELECT id, ARRAY[code, name, name_kana, name_en] FROM org_unit",
}
"""By table the texts that its search key is made of."""


def upgrade() -> None:
    sql.run("""
ALTER TABLE org_unit ADD COLUMN search_key varchar NOT NULL DEFAULT '';
ALTER TABLE org_unit ALTER COLUMN search_key DROP DEFAULT;
DROP INDEX ix_employee_kana;
""")
    for table, name in (("employee", "ck_employee_kana"), ("org_unit", "ck_org_unit_kana")):
        sql.run(f"""
ALTER TABLE {table}
    ADD COLUMN kana_order varchar NOT NULL GENERATED ALWAYS AS ({reading_order("name_kana").sqltext}) STORED,
    ADD CONSTRAINT {name} CHECK (name_kana ~ '{_READING}');
""")
    sql.run("""
CREATE INDEX ix_employee_kana ON employee (kana_order COLLATE "C", id);
""")
    for table, texts in _SEARCHED.items():
        rows = op.get_bind().execute(text(texts)).all()
        for row_id, parts in rows:
            update = text(f"UPDATE {table} SET search_key = :key WHERE id = :id")
            op.get_bind().execute(update, {"key": fold(*parts), "id": row_id})


def downgrade() -> None:
    sql.run("""
DROP INDEX ix_employee_kana;
ALTER TABLE employee DROP CONSTRAINT ck_employee_kana, DROP COLUMN kana_order;
ALTER TABLE org_unit DROP CONSTRAINT ck_org_unit_kana, DROP COLUMN kana_order, DROP COLUMN search_key;
CREATE INDEX ix_employee_kana ON employee (name_kana COLLATE "C", id);
""")
