"""Qualifications held"""

from migrations import sql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sql.run("""
CREATE TABLE qualification (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    version INTEGER NOT NULL,
    code VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    name_en VARCHAR,
    issuer VARCHAR NOT NULL,
    valid_for_months INTEGER,
    skill_codes VARCHAR[] DEFAULT '{}' NOT NULL,
    skill_level INTEGER NOT NULL,
    CONSTRAINT pk_qualification PRIMARY KEY (id),
    CONSTRAINT uq_qualification_code UNIQUE (code)
);

CREATE TABLE qualification_award (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    version INTEGER NOT NULL,
    employee_id UUID NOT NULL,
    qualification_code VARCHAR NOT NULL,
    certificate_number VARCHAR NOT NULL,
    passed_on DATE NOT NULL,
    expires_on DATE,
    status VARCHAR NOT NULL,
    verified_by UUID,
    verified_at TIMESTAMP WITH TIME ZONE,
    revoked_on DATE,
    revoked_reason VARCHAR,
    CONSTRAINT pk_qualification_award PRIMARY KEY (id),
    CONSTRAINT ck_qualification_award_period CHECK (passed_on < expires_on),
    CONSTRAINT fk_qualification_award_employee_id FOREIGN KEY(employee_id) REFERENCES employee (id),
    CONSTRAINT fk_qualification_award_qualification_code FOREIGN KEY(qualification_code) REFERENCES qualification (code),
    CONSTRAINT fk_qualification_award_verified_by FOREIGN KEY(verified_by) REFERENCES account (id)
);

CREATE INDEX ix_qualification_award_employee_id ON qualification_award (employee_id);

CREATE INDEX ix_qualification_award_passed_on ON qualification_award (passed_on, id);

CREATE UNIQUE INDEX uq_qualification_award_certificate ON qualification_award (qualification_code, certificate_number) WHERE status <> 'revoked';
""")


def downgrade() -> None:
    sql.run("DROP TABLE qualification_award, qualification;")
