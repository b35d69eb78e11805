"""Qualifications and who was awarded them"""

from migrations import sql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sql.run("""
CREATE TABLE qualification (
    id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    row_version integer NOT NULL,
    code varchar NOT NULL,
    name varchar NOT NULL,
    name_en varchar,
    issuer varchar NOT NULL,
    valid_for_months integer,
    skill_codes varchar[] DEFAULT '{}' NOT NULL,
    skill_level integer NOT NULL,
    CONSTRAINT pk_qualification PRIMARY KEY (id),
    CONSTRAINT uq_qualification_code UNIQUE (code)
);

CREATE TABLE qualification_award (
    id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    row_version integer NOT NULL,
    employee_id uuid NOT NULL,
    qualification_code varchar NOT NULL,
    certificate_number varchar NOT NULL,
    passed_on date NOT NULL,
    expires_on date,
    status varchar NOT NULL,
    verified_by uuid,
    verified_at timestamptz,
    revoked_on date,
    revoked_reason varchar,
    CONSTRAINT pk_qualification_award PRIMARY KEY (id),
    CONSTRAINT ck_qualification_award_period CHECK (passed_on < expires_on),
    CONSTRAINT fk_qualification_award_employee_id FOREIGN KEY (employee_id) REFERENCES employee (id),
    CONSTRAINT fk_qualification_award_qualification_code FOREIGN KEY (qualification_code)
        REFERENCES qualification (code),
    CONSTRAINT fk_qualification_award_verified_by FOREIGN KEY (verified_by) REFERENCES account (id)
);
CREATE INDEX ix_qualification_award_employee_id ON qualification_award (employee_id);
CREATE INDEX ix_qualification_award_passed_on ON qualification_award (passed_on, id);
CREATE UNIQUE INDEX uq_qualification_award_certificate ON qualification_award (qualification_code, certificate_number)
    WHERE status <> 'revoked';
CREATE INDEX ix_qualification_award_updated_at ON qualification_award (updated_at, id);
""")


def downgrade() -> None:
    sql.run("""
DROP TABLE qualification_award, qualification;
""")
