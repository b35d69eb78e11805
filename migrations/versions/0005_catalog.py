"""Courses and sessions"""

from migrations import sql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sql.run("""
CREATE TABLE course (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    version INTEGER NOT NULL,
    code VARCHAR NOT NULL,
    title VARCHAR NOT NULL,
    title_en VARCHAR,
    description VARCHAR,
    provider_kind VARCHAR NOT NULL,
    format VARCHAR NOT NULL,
    level VARCHAR NOT NULL,
    minutes INTEGER NOT NULL,
    mode VARCHAR NOT NULL,
    themes VARCHAR[] DEFAULT '{}' NOT NULL,
    plan_items VARCHAR[] DEFAULT '{}' NOT NULL,
    mandatory_fiscal_years INTEGER[] DEFAULT '{}' NOT NULL,
    valid_for_months INTEGER,
    valid_until_fiscal_year_end BOOLEAN NOT NULL,
    retired_on DATE,
    search_key VARCHAR NOT NULL,
    target JSONB NOT NULL,
    completion_rule JSONB NOT NULL,
    CONSTRAINT pk_course PRIMARY KEY (id),
    CONSTRAINT uq_course_code UNIQUE (code)
);

CREATE TABLE course_equivalent (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    version INTEGER NOT NULL,
    valid_from DATE NOT NULL,
    valid_to DATE,
    course_id UUID NOT NULL,
    equivalent_course_id UUID NOT NULL,
    CONSTRAINT pk_course_equivalent PRIMARY KEY (id),
    CONSTRAINT ex_course_equivalent_period EXCLUDE USING gist (course_id WITH =, equivalent_course_id WITH =, daterange(valid_from, valid_to) WITH &&) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT fk_course_equivalent_course_id FOREIGN KEY(course_id) REFERENCES course (id),
    CONSTRAINT fk_course_equivalent_equivalent_course_id FOREIGN KEY(equivalent_course_id) REFERENCES course (id)
);

CREATE INDEX ix_course_equivalent_equivalent_course_id ON course_equivalent (equivalent_course_id);

CREATE TABLE course_prerequisite (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    version INTEGER NOT NULL,
    course_id UUID NOT NULL,
    required_course_id UUID NOT NULL,
    CONSTRAINT pk_course_prerequisite PRIMARY KEY (id),
    CONSTRAINT uq_course_prerequisite_course_id_required_course_id UNIQUE (course_id, required_course_id),
    CONSTRAINT fk_course_prerequisite_course_id FOREIGN KEY(course_id) REFERENCES course (id),
    CONSTRAINT fk_course_prerequisite_required_course_id FOREIGN KEY(required_course_id) REFERENCES course (id)
);

CREATE INDEX ix_course_prerequisite_required_course_id ON course_prerequisite (required_course_id);

CREATE TABLE course_session (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    version INTEGER NOT NULL,
    capacity INTEGER NOT NULL,
    application_opens_at TIMESTAMP WITH TIME ZONE NOT NULL,
    application_closes_at TIMESTAMP WITH TIME ZONE NOT NULL,
    withdrawal_closes_at TIMESTAMP WITH TIME ZONE,
    needs_approval BOOLEAN NOT NULL,
    course_id UUID NOT NULL,
    fiscal_year INTEGER NOT NULL,
    status VARCHAR NOT NULL,
    starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
    seats_taken INTEGER DEFAULT 0 NOT NULL,
    waitlist_length INTEGER DEFAULT 0 NOT NULL,
    CONSTRAINT pk_course_session PRIMARY KEY (id),
    CONSTRAINT ck_course_session_seats CHECK (seats_taken >= 0 AND seats_taken <= capacity),
    CONSTRAINT ck_course_session_waitlist CHECK (waitlist_length >= 0),
    CONSTRAINT ck_course_session_window CHECK (application_opens_at < application_closes_at),
    CONSTRAINT ck_course_session_closes_before_start CHECK (application_closes_at <= starts_at),
    CONSTRAINT ck_course_session_withdrawal CHECK (withdrawal_closes_at <= starts_at),
    CONSTRAINT fk_course_session_course_id FOREIGN KEY(course_id) REFERENCES course (id)
);

CREATE INDEX ix_course_session_course_id ON course_session (course_id);

CREATE INDEX ix_course_session_fiscal_year ON course_session (fiscal_year);

CREATE INDEX ix_course_session_starts_at ON course_session (starts_at, id);

CREATE TABLE course_skill (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    version INTEGER NOT NULL,
    skill_code VARCHAR NOT NULL,
    level INTEGER NOT NULL,
    course_id UUID NOT NULL,
    CONSTRAINT pk_course_skill PRIMARY KEY (id),
    CONSTRAINT uq_course_skill_course_id_skill_code UNIQUE (course_id, skill_code),
    CONSTRAINT fk_course_skill_skill_code FOREIGN KEY(skill_code) REFERENCES skill (code),
    CONSTRAINT fk_course_skill_course_id FOREIGN KEY(course_id) REFERENCES course (id)
);

CREATE INDEX ix_course_skill_skill_code ON course_skill (skill_code);

CREATE TABLE session_meeting (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    version INTEGER NOT NULL,
    starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
    place VARCHAR,
    url VARCHAR,
    course_session_id UUID NOT NULL,
    CONSTRAINT pk_session_meeting PRIMARY KEY (id),
    CONSTRAINT ck_session_meeting_order CHECK (starts_at < ends_at),
    CONSTRAINT ex_session_meeting_overlap EXCLUDE USING gist (course_session_id WITH =, tstzrange(starts_at, ends_at) WITH &&) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT fk_session_meeting_course_session_id FOREIGN KEY(course_session_id) REFERENCES course_session (id)
);
""")


def downgrade() -> None:
    sql.run("DROP TABLE session_meeting, course_session, course_equivalent, course_prerequisite, course_skill, course;")
