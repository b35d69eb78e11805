"""Roles and who holds them"""

from migrations import sql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sql.run("""
CREATE TABLE role (
    id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    row_version integer NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    code varchar NOT NULL,
    name varchar NOT NULL,
    name_en varchar,
    basis varchar NOT NULL,
    position_ranks varchar[] DEFAULT '{}' NOT NULL,
    org_unit_codes varchar[] DEFAULT '{}' NOT NULL,
    job_categories varchar[] DEFAULT '{}' NOT NULL,
    sub_tiers jsonb NOT NULL,
    leads_unit boolean NOT NULL,
    ordinal integer NOT NULL,
    CONSTRAINT pk_role PRIMARY KEY (id),
    CONSTRAINT ex_role_code EXCLUDE USING gist (code WITH =, daterange(valid_from, valid_to) WITH &&)
);

CREATE TABLE role_assignment (
    id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    row_version integer NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    letter_number varchar,
    employee_id uuid NOT NULL,
    role_code varchar NOT NULL,
    org_unit_id uuid NOT NULL,
    home_unit_id uuid NOT NULL,
    status varchar NOT NULL,
    end_reason varchar,
    nominated_by uuid,
    decided_by uuid,
    CONSTRAINT pk_role_assignment PRIMARY KEY (id),
    CONSTRAINT ex_role_assignment
        EXCLUDE USING gist (employee_id WITH =, role_code WITH =, org_unit_id WITH =,
            daterange(valid_from, valid_to) WITH &&)
        WHERE (status IN ('nominated', 'active')),
    CONSTRAINT fk_role_assignment_employee_id FOREIGN KEY (employee_id) REFERENCES employee (id),
    CONSTRAINT fk_role_assignment_org_unit_id FOREIGN KEY (org_unit_id) REFERENCES org_unit (id),
    CONSTRAINT fk_role_assignment_home_unit_id FOREIGN KEY (home_unit_id) REFERENCES org_unit (id),
    CONSTRAINT fk_role_assignment_nominated_by FOREIGN KEY (nominated_by) REFERENCES account (id),
    CONSTRAINT fk_role_assignment_decided_by FOREIGN KEY (decided_by) REFERENCES account (id)
);
CREATE INDEX ix_role_assignment_employee_id ON role_assignment (employee_id);
CREATE INDEX ix_role_assignment_org_unit_id ON role_assignment (org_unit_id);
CREATE INDEX ix_role_assignment_updated_at ON role_assignment (updated_at, id);
""")


def downgrade() -> None:
    sql.run("""
DROP TABLE role_assignment, role;
""")
