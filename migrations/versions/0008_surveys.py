"""Questionnaires and answers"""

from migrations import sql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sql.run("""
CREATE TABLE survey (
    id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    row_version integer NOT NULL,
    title varchar NOT NULL,
    title_en varchar,
    description varchar,
    kind varchar NOT NULL,
    course_session_id uuid,
    identification varchar NOT NULL,
    opens_at timestamptz,
    due_at timestamptz,
    closes_at timestamptz,
    minimum_group integer NOT NULL,
    status varchar NOT NULL,
    closed_at timestamptz,
    CONSTRAINT pk_survey PRIMARY KEY (id),
    CONSTRAINT uq_survey_course_session_id_kind UNIQUE (course_session_id, kind),
    CONSTRAINT ck_survey_baseline CHECK ((kind = 'baseline') = (course_session_id IS NULL)),
    CONSTRAINT ck_survey_minimum_group CHECK (minimum_group >= 5),
    CONSTRAINT ck_survey_due CHECK (opens_at <= due_at AND due_at <= closes_at),
    CONSTRAINT ck_survey_window CHECK (opens_at < closes_at),
    CONSTRAINT fk_survey_course_session_id FOREIGN KEY (course_session_id) REFERENCES course_session (id)
);
CREATE INDEX ix_survey_created_at ON survey (created_at, id);

CREATE TABLE survey_question (
    id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    row_version integer NOT NULL,
    code varchar NOT NULL,
    type varchar NOT NULL,
    topic varchar,
    text varchar,
    text_en varchar,
    pair_key varchar,
    moment varchar,
    skill_code varchar,
    challenge varchar,
    required boolean NOT NULL,
    survey_id uuid NOT NULL,
    position integer NOT NULL,
    complete boolean NOT NULL,
    scale jsonb,
    options jsonb DEFAULT '[]' NOT NULL,
    CONSTRAINT pk_survey_question PRIMARY KEY (id),
    CONSTRAINT uq_survey_question_survey_id_code UNIQUE (survey_id, code),
    CONSTRAINT fk_survey_question_skill_code FOREIGN KEY (skill_code) REFERENCES skill (code),
    CONSTRAINT fk_survey_question_survey_id FOREIGN KEY (survey_id) REFERENCES survey (id)
);
CREATE INDEX ix_survey_question_skill_code ON survey_question (skill_code);

CREATE TABLE survey_participation (
    survey_id uuid NOT NULL,
    employee_id uuid NOT NULL,
    CONSTRAINT pk_survey_participation PRIMARY KEY (survey_id, employee_id),
    CONSTRAINT fk_survey_participation_survey_id FOREIGN KEY (survey_id) REFERENCES survey (id),
    CONSTRAINT fk_survey_participation_employee_id FOREIGN KEY (employee_id) REFERENCES employee (id)
);
CREATE INDEX ix_survey_participation_employee_id ON survey_participation (employee_id);

CREATE TABLE survey_response (
    id uuid NOT NULL,
    survey_id uuid NOT NULL,
    respondent bytea NOT NULL,
    employee_id uuid,
    timing varchar NOT NULL,
    answers jsonb NOT NULL,
    CONSTRAINT pk_survey_response PRIMARY KEY (id),
    CONSTRAINT uq_survey_response_survey_id_respondent UNIQUE (survey_id, respondent),
    CONSTRAINT fk_survey_response_survey_id FOREIGN KEY (survey_id) REFERENCES survey (id),
    CONSTRAINT fk_survey_response_employee_id FOREIGN KEY (employee_id) REFERENCES employee (id)
);
CREATE INDEX ix_survey_response_employee_id ON survey_response (employee_id);
CREATE INDEX ix_survey_response_survey_id ON survey_response (survey_id, id);

CREATE TABLE baseline_figure (
    id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    row_version integer NOT NULL,
    question_code varchar NOT NULL,
    option_code varchar NOT NULL,
    percent integer,
    count integer,
    survey_id uuid NOT NULL,
    CONSTRAINT pk_baseline_figure PRIMARY KEY (id),
    CONSTRAINT uq_baseline_figure_survey_id_question_code_option_code UNIQUE (survey_id, question_code, option_code),
    CONSTRAINT ck_baseline_figure_percent CHECK (percent BETWEEN 0 AND 100),
    CONSTRAINT fk_baseline_figure_survey_id FOREIGN KEY (survey_id) REFERENCES survey (id)
);
""")


def downgrade() -> None:
    sql.run("""
DROP TABLE baseline_figure, survey_response, survey_participation, survey_question, survey;
""")
