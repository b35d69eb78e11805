"""Employment is read from terms of service; former names and future numbers are kept"""

from migrations import sql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sql.run("""
ALTER TABLE employee ADD COLUMN public_updated_at timestamptz;
UPDATE employee SET public_updated_at = updated_at;
ALTER TABLE employee
    ALTER COLUMN public_updated_at SET NOT NULL,
    DROP COLUMN hired_on,
    DROP COLUMN left_on;

CREATE TABLE former_name (
    id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    row_version integer NOT NULL,
    name varchar NOT NULL,
    name_kana varchar NOT NULL,
    display_name varchar,
    employee_id uuid NOT NULL,
    valid_to date NOT NULL,
    CONSTRAINT pk_former_name PRIMARY KEY (id),
    CONSTRAINT fk_former_name_employee_id FOREIGN KEY (employee_id) REFERENCES employee (id)
);
CREATE INDEX ix_former_name_employee_id ON former_name (employee_id);

UPDATE employee_number n SET valid_to = NULL
WHERE NOT EXISTS (SELECT FROM employee_number later
                  WHERE later.employee_id = n.employee_id AND later.valid_from > n.valid_from);
ALTER TABLE employee_number
    ADD COLUMN employment_id uuid,
    ADD CONSTRAINT fk_employee_number_employment_id FOREIGN KEY (employment_id) REFERENCES employment (id),
    ADD CONSTRAINT ex_employee_number_period
        EXCLUDE USING gist (employee_id WITH =, daterange(valid_from, valid_to) WITH &&);
CREATE INDEX ix_employee_number_employment_id ON employee_number (employment_id);
""")


def downgrade() -> None:
    sql.run("""
ALTER TABLE employee_number DROP COLUMN employment_id, DROP CONSTRAINT ex_employee_number_period;
DROP TABLE former_name;
ALTER TABLE employee ADD COLUMN hired_on date, ADD COLUMN left_on date;
UPDATE employee e SET hired_on = t.hired_on, left_on = t.left_on
FROM (SELECT employee_id, min(valid_from) AS hired_on,
             CASE WHEN bool_or(valid_to IS NULL) THEN NULL ELSE max(valid_to) END AS left_on
      FROM employment GROUP BY employee_id) t
WHERE t.employee_id = e.id;
ALTER TABLE employee ALTER COLUMN hired_on SET NOT NULL, DROP COLUMN public_updated_at;
CREATE INDEX ix_employee_hired_on ON employee (hired_on, id);
""")
