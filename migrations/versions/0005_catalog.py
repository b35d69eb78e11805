"""Courses and what they need and give"""

from migrations import sql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sql.run("""
CREATE TABLE course (
    id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    row_version integer NOT NULL,
    code varchar NOT NULL,
    title varchar NOT NULL,
    title_en varchar,
    description varchar,
    provider_kind varchar NOT NULL,
    format varchar NOT NULL,
    level varchar NOT NULL,
    minutes integer NOT NULL,
    mode varchar NOT NULL,
    themes varchar[] DEFAULT '{}' NOT NULL,
    plan_items varchar[] DEFAULT '{}' NOT NULL,
    mandatory_fiscal_years integer[] DEFAULT '{}' NOT NULL,
    valid_for_months integer,
    valid_until_fiscal_year_end boolean NOT NULL,
    retired_on date,
    search_key varchar NOT NULL,
    target jsonb NOT NULL,
    completion_rule jsonb NOT NULL,
    CONSTRAINT pk_course PRIMARY KEY (id),
    CONSTRAINT uq_course_code UNIQUE (code)
);

CREATE TABLE course_equivalent (
    id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    row_version integer NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    course_id uuid NOT NULL,
    equivalent_course_id uuid NOT NULL,
    CONSTRAINT pk_course_equivalent PRIMARY KEY (id),
    CONSTRAINT ex_course_equivalent_period
        EXCLUDE USING gist (course_id WITH =, equivalent_course_id WITH =, daterange(valid_from, valid_to) WITH &&)
            DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT fk_course_equivalent_course_id FOREIGN KEY (course_id) REFERENCES course (id),
    CONSTRAINT fk_course_equivalent_equivalent_course_id FOREIGN KEY (equivalent_course_id) REFERENCES course (id)
);
CREATE INDEX ix_course_equivalent_equivalent_course_id ON course_equivalent (equivalent_course_id);

CREATE TABLE course_prerequisite (
    id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    row_version integer NOT NULL,
    course_id uuid NOT NULL,
    required_course_id uuid NOT NULL,
    CONSTRAINT pk_course_prerequisite PRIMARY KEY (id),
    CONSTRAINT uq_course_prerequisite_course_id_required_course_id UNIQUE (course_id, required_course_id),
    CONSTRAINT fk_course_prerequisite_course_id FOREIGN KEY (course_id) REFERENCES course (id),
    CONSTRAINT fk_course_prerequisite_required_course_id FOREIGN KEY (required_course_id) REFERENCES course (id)
);
CREATE INDEX ix_course_prerequisite_required_course_id ON course_prerequisite (required_course_id);

CREATE TABLE course_skill (
    id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    row_version integer NOT NULL,
    skill_code varchar NOT NULL,
    level integer NOT NULL,
    course_id uuid NOT NULL,
    CONSTRAINT pk_course_skill PRIMARY KEY (id),
    CONSTRAINT uq_course_skill_course_id_skill_code UNIQUE (course_id, skill_code),
    CONSTRAINT fk_course_skill_skill_code FOREIGN KEY (skill_code) REFERENCES skill (code),
    CONSTRAINT fk_course_skill_course_id FOREIGN KEY (course_id) REFERENCES course (id)
);
CREATE INDEX ix_course_skill_skill_code ON course_skill (skill_code);
""")


def downgrade() -> None:
    sql.run("""
DROP TABLE course_skill, course_prerequisite, course_equivalent, course;
""")
