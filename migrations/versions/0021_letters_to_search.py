"""An index of letters and their pairs, in which two letters are found"""

from migrations import sql

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sql.run(r"""
DROP INDEX ix_employee_search;
CREATE INDEX ix_employee_search ON employee USING gin (array_cat(
    string_to_array(search_key, NULL),
    array_cat(
        string_to_array(regexp_replace(search_key, '(..)', '\1' || chr(30), 'g'), chr(30)),
        string_to_array(regexp_replace(substr(search_key, 2), '(..)', '\1' || chr(30), 'g'), chr(30)))));
""")


def downgrade() -> None:
    sql.run("""
DROP INDEX ix_employee_search;
CREATE INDEX ix_employee_search ON employee USING gin (search_key gin_trgm_ops);
""")
