"""The form of natural keys"""

from migrations import sql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_CODE = "0-9A-Za-z_.:-", "^[0-9A-Za-z][0-9A-Za-z_.:-]*$"
_SIGNS = "-0-9A-Za-z_./:@#()ぁ-ゖァ-ヺー・々〆〇㐀-䶿一-鿿"
_KEY = _SIGNS, f"^[{_SIGNS}]+$"
_FORMS = (
    ("absence", "order_number", "ck_absence_order_number", _KEY),
    ("account", "username", "ck_account_username", _KEY),
    ("course", "code", "ck_course_code", _CODE),
    ("employee", "employee_number", "ck_employee_number", _KEY),
    ("employee_number", "number", "ck_employee_number_number", _KEY),
    ("employment", "order_number", "ck_employment_order_number", _KEY),
    ("org_unit", "code", "ck_org_unit_code", _CODE),
    ("position_rank", "code", "ck_position_rank_code", _CODE),
    ("post", "order_number", "ck_post_order_number", _KEY),
    ("qualification", "code", "ck_qualification_code", _CODE),
    ("qualification_award", "certificate_number", "ck_qualification_award_number", _KEY),
    ("role", "code", "ck_role_code", _CODE),
    ("role_assignment", "letter_number", "ck_role_assignment_letter_number", _KEY),
    ("skill", "code", "ck_skill_code", _CODE),
    ("survey_question", "code", "ck_survey_question_code", _CODE),
)


def upgrade() -> None:
    """One width and nothing that cannot be seen; two rows that become equal stop the upgrade with their value."""
    for table, column, name, (allowed, form) in _FORMS:
        sql.run(f"""
UPDATE {table} SET {column} = regexp_replace(normalize({column}, NFKC), '[^{allowed}]', '', 'g')
WHERE {column} !~ '{form}';
ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({column} ~ '{form}');
""")


def downgrade() -> None:
    for table, _, name, _ in _FORMS:
        sql.run(f"ALTER TABLE {table} DROP CONSTRAINT {name};\n")
