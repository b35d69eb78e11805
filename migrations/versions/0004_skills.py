"""Skills, skill maps and their requirements, evidence"""

from migrations import sql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sql.run("""
CREATE TABLE skill (
    id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    row_version integer NOT NULL,
    code varchar NOT NULL,
    name varchar NOT NULL,
    name_en varchar,
    definition varchar NOT NULL,
    definition_en varchar,
    ordinal integer NOT NULL,
    CONSTRAINT pk_skill PRIMARY KEY (id),
    CONSTRAINT uq_skill_code UNIQUE (code)
);

CREATE TABLE skill_map (
    id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    row_version integer NOT NULL,
    name varchar NOT NULL,
    stated_counts jsonb NOT NULL,
    source varchar,
    version integer NOT NULL,
    status varchar NOT NULL,
    valid_from date,
    valid_to date,
    CONSTRAINT pk_skill_map PRIMARY KEY (id),
    CONSTRAINT uq_skill_map_version UNIQUE (version),
    CONSTRAINT ck_skill_map_activated CHECK (status = 'draft' OR valid_from IS NOT NULL),
    CONSTRAINT ex_skill_map EXCLUDE USING gist (daterange(valid_from, valid_to) WITH &&) WHERE (status <> 'draft')
);

CREATE TABLE skill_requirement (
    id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    row_version integer NOT NULL,
    target_level integer,
    provenance varchar NOT NULL,
    confidence integer NOT NULL,
    grace_days integer NOT NULL,
    skill_map_id uuid NOT NULL,
    role_code varchar NOT NULL,
    skill_code varchar NOT NULL,
    CONSTRAINT pk_skill_requirement PRIMARY KEY (id),
    CONSTRAINT uq_skill_requirement_cell UNIQUE (skill_map_id, role_code, skill_code),
    CONSTRAINT fk_skill_requirement_skill_map_id FOREIGN KEY (skill_map_id) REFERENCES skill_map (id),
    CONSTRAINT fk_skill_requirement_skill_code FOREIGN KEY (skill_code) REFERENCES skill (code)
);
CREATE INDEX ix_skill_requirement_skill_code ON skill_requirement (skill_code);

CREATE TABLE skill_record (
    id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    row_version integer NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    employee_id uuid NOT NULL,
    skill_code varchar NOT NULL,
    level integer,
    basis varchar NOT NULL,
    source_id uuid,
    revoked_on date,
    revoked_at timestamptz,
    revoked_reason varchar,
    CONSTRAINT pk_skill_record PRIMARY KEY (id),
    CONSTRAINT fk_skill_record_employee_id FOREIGN KEY (employee_id) REFERENCES employee (id),
    CONSTRAINT fk_skill_record_skill_code FOREIGN KEY (skill_code) REFERENCES skill (code)
);
CREATE INDEX ix_skill_record_employee_id ON skill_record (employee_id, skill_code);
CREATE INDEX ix_skill_record_skill_code ON skill_record (skill_code, employee_id);
CREATE INDEX ix_skill_record_updated_at ON skill_record (updated_at, id);
CREATE UNIQUE INDEX uq_skill_record_source ON skill_record (source_id, employee_id, skill_code)
    WHERE revoked_on IS NULL;
CREATE INDEX ix_skill_record_valid_from ON skill_record (valid_from, id);
""")


def downgrade() -> None:
    sql.run("""
DROP TABLE skill_record, skill_requirement, skill_map, skill;
""")
