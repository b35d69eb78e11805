"""Skills, the map, evidence"""

from migrations import sql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sql.run("""
CREATE TABLE skill (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    version INTEGER NOT NULL,
    code VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    name_en VARCHAR,
    definition VARCHAR NOT NULL,
    definition_en VARCHAR,
    ordinal INTEGER NOT NULL,
    CONSTRAINT pk_skill PRIMARY KEY (id),
    CONSTRAINT uq_skill_code UNIQUE (code)
);

CREATE TABLE skill_map (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    version INTEGER NOT NULL,
    name VARCHAR NOT NULL,
    stated_counts JSONB NOT NULL,
    source VARCHAR,
    number INTEGER NOT NULL,
    status VARCHAR NOT NULL,
    valid_from DATE,
    valid_to DATE,
    CONSTRAINT pk_skill_map PRIMARY KEY (id),
    CONSTRAINT uq_skill_map_number UNIQUE (number),
    CONSTRAINT ck_skill_map_activated CHECK (status = 'draft' OR valid_from IS NOT NULL),
    CONSTRAINT ex_skill_map EXCLUDE USING gist (daterange(valid_from, valid_to) WITH &&) WHERE (status <> 'draft')
);

CREATE TABLE skill_requirement (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    version INTEGER NOT NULL,
    target_level INTEGER,
    provenance VARCHAR NOT NULL,
    confidence INTEGER NOT NULL,
    grace_days INTEGER NOT NULL,
    skill_map_id UUID NOT NULL,
    role_code VARCHAR NOT NULL,
    skill_code VARCHAR NOT NULL,
    CONSTRAINT pk_skill_requirement PRIMARY KEY (id),
    CONSTRAINT uq_skill_requirement_cell UNIQUE (skill_map_id, role_code, skill_code),
    CONSTRAINT fk_skill_requirement_skill_map_id FOREIGN KEY(skill_map_id) REFERENCES skill_map (id),
    CONSTRAINT fk_skill_requirement_skill_code FOREIGN KEY(skill_code) REFERENCES skill (code)
);

CREATE INDEX ix_skill_requirement_skill_code ON skill_requirement (skill_code);

CREATE TABLE skill_record (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    version INTEGER NOT NULL,
    valid_from DATE NOT NULL,
    valid_to DATE,
    employee_id UUID NOT NULL,
    skill_code VARCHAR NOT NULL,
    level INTEGER,
    basis VARCHAR NOT NULL,
    source_id UUID,
    revoked_on DATE,
    revoked_at TIMESTAMP WITH TIME ZONE,
    revoked_reason VARCHAR,
    CONSTRAINT pk_skill_record PRIMARY KEY (id),
    CONSTRAINT fk_skill_record_employee_id FOREIGN KEY(employee_id) REFERENCES employee (id),
    CONSTRAINT fk_skill_record_skill_code FOREIGN KEY(skill_code) REFERENCES skill (code)
);

CREATE INDEX ix_skill_record_employee_id ON skill_record (employee_id, skill_code);

CREATE INDEX ix_skill_record_skill_code ON skill_record (skill_code, employee_id);

CREATE INDEX ix_skill_record_updated_at ON skill_record (updated_at, id);

CREATE UNIQUE INDEX uq_skill_record_source ON skill_record (source_id, employee_id, skill_code)
        WHERE revoked_on IS NULL;
""")


def downgrade() -> None:
    sql.run("""
DROP TABLE skill_record, skill_requirement, skill_map, skill;
""")
