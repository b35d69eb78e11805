"""Course sessions, enrollments and their history, the times that seats book"""

from migrations import sql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sql.run("""
CREATE TABLE course_session (
    id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    row_version integer NOT NULL,
    capacity integer NOT NULL,
    application_opens_at timestamptz NOT NULL,
    application_closes_at timestamptz NOT NULL,
    withdrawal_closes_at timestamptz,
    needs_approval boolean NOT NULL,
    course_id uuid NOT NULL,
    fiscal_year integer NOT NULL,
    status varchar NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    seats_taken integer DEFAULT 0 NOT NULL,
    waitlist_length integer DEFAULT 0 NOT NULL,
    CONSTRAINT pk_course_session PRIMARY KEY (id),
    CONSTRAINT ck_course_session_seats CHECK (seats_taken >= 0 AND seats_taken <= capacity),
    CONSTRAINT ck_course_session_waitlist CHECK (waitlist_length >= 0),
    CONSTRAINT ck_course_session_window CHECK (application_opens_at < application_closes_at),
    CONSTRAINT ck_course_session_closes_before_start CHECK (application_closes_at <= starts_at),
    CONSTRAINT ck_course_session_withdrawal CHECK (withdrawal_closes_at <= starts_at),
    CONSTRAINT fk_course_session_course_id FOREIGN KEY (course_id) REFERENCES course (id)
);
CREATE INDEX ix_course_session_course_id ON course_session (course_id);
CREATE INDEX ix_course_session_fiscal_year ON course_session (fiscal_year);
CREATE INDEX ix_course_session_starts_at ON course_session (starts_at, id);

CREATE TABLE session_meeting (
    id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    row_version integer NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    place varchar,
    url varchar,
    course_session_id uuid NOT NULL,
    CONSTRAINT pk_session_meeting PRIMARY KEY (id),
    CONSTRAINT ck_session_meeting_order CHECK (starts_at < ends_at),
    CONSTRAINT ex_session_meeting_overlap
        EXCLUDE USING gist (course_session_id WITH =, tstzrange(starts_at, ends_at) WITH &&)
            DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT fk_session_meeting_course_session_id FOREIGN KEY (course_session_id) REFERENCES course_session (id)
);

CREATE TABLE enrollment (
    id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    row_version integer NOT NULL,
    course_session_id uuid NOT NULL,
    employee_id uuid NOT NULL,
    mode varchar NOT NULL,
    submitted_by uuid NOT NULL,
    status varchar NOT NULL,
    reason varchar,
    org_unit_id uuid,
    waitlist_order bigint,
    decided_by uuid,
    decided_on_behalf_of uuid,
    decided_at timestamptz,
    completed_on date,
    completion_reason varchar,
    score integer,
    CONSTRAINT pk_enrollment PRIMARY KEY (id),
    CONSTRAINT uq_enrollment_course_session_id_waitlist_order UNIQUE (course_session_id, waitlist_order),
    CONSTRAINT ck_enrollment_waitlist CHECK ((status = 'waitlisted') = (waitlist_order IS NOT NULL)),
    CONSTRAINT fk_enrollment_course_session_id FOREIGN KEY (course_session_id) REFERENCES course_session (id),
    CONSTRAINT fk_enrollment_employee_id FOREIGN KEY (employee_id) REFERENCES employee (id),
    CONSTRAINT fk_enrollment_submitted_by FOREIGN KEY (submitted_by) REFERENCES account (id),
    CONSTRAINT fk_enrollment_org_unit_id FOREIGN KEY (org_unit_id) REFERENCES org_unit (id),
    CONSTRAINT fk_enrollment_decided_by FOREIGN KEY (decided_by) REFERENCES account (id),
    CONSTRAINT fk_enrollment_decided_on_behalf_of FOREIGN KEY (decided_on_behalf_of) REFERENCES employee (id)
);
CREATE INDEX ix_enrollment_employee_id ON enrollment (employee_id);
CREATE INDEX ix_enrollment_session_status ON enrollment (course_session_id, status);
CREATE INDEX ix_enrollment_submitted_by ON enrollment (submitted_by);
CREATE INDEX ix_enrollment_updated_at ON enrollment (updated_at, id);
CREATE UNIQUE INDEX uq_enrollment_active ON enrollment (course_session_id, employee_id)
    WHERE status NOT IN ('withdrawn', 'declined', 'not_selected');
CREATE INDEX ix_enrollment_created_at ON enrollment (created_at, id);

CREATE TABLE enrollment_event (
    id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    row_version integer NOT NULL,
    enrollment_id uuid NOT NULL,
    at timestamptz NOT NULL,
    by uuid NOT NULL,
    from_status varchar,
    to_status varchar NOT NULL,
    reason varchar,
    CONSTRAINT pk_enrollment_event PRIMARY KEY (id),
    CONSTRAINT fk_enrollment_event_enrollment_id FOREIGN KEY (enrollment_id) REFERENCES enrollment (id),
    CONSTRAINT fk_enrollment_event_by FOREIGN KEY (by) REFERENCES account (id)
);
CREATE INDEX ix_enrollment_event_history ON enrollment_event (enrollment_id, at, id);

CREATE TABLE booking (
    id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    row_version integer NOT NULL,
    enrollment_id uuid NOT NULL,
    session_meeting_id uuid NOT NULL,
    employee_id uuid NOT NULL,
    during tstzrange NOT NULL,
    holds boolean NOT NULL,
    attendance varchar,
    minutes integer,
    org_unit_id uuid,
    CONSTRAINT pk_booking PRIMARY KEY (id),
    CONSTRAINT uq_booking_enrollment_id_session_meeting_id UNIQUE (enrollment_id, session_meeting_id),
    CONSTRAINT ex_booking_clash EXCLUDE USING gist (employee_id WITH =, during WITH &&) WHERE (holds)
        DEFERRABLE INITIALLY IMMEDIATE,
    CONSTRAINT fk_booking_enrollment_id FOREIGN KEY (enrollment_id) REFERENCES enrollment (id),
    CONSTRAINT fk_booking_session_meeting_id FOREIGN KEY (session_meeting_id) REFERENCES session_meeting (id)
        ON DELETE CASCADE,
    CONSTRAINT fk_booking_employee_id FOREIGN KEY (employee_id) REFERENCES employee (id),
    CONSTRAINT fk_booking_org_unit_id FOREIGN KEY (org_unit_id) REFERENCES org_unit (id)
);
CREATE INDEX ix_booking_session_meeting_id ON booking (session_meeting_id);
""")


def downgrade() -> None:
    sql.run("""
DROP TABLE booking, enrollment_event, enrollment, session_meeting, course_session;
""")
