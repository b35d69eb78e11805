"""Enrollments, their history, and the times that seats book"""

from migrations import sql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sql.run("""
CREATE TABLE enrollment (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    version INTEGER NOT NULL,
    course_session_id UUID NOT NULL,
    employee_id UUID NOT NULL,
    mode VARCHAR NOT NULL,
    submitted_by UUID NOT NULL,
    status VARCHAR NOT NULL,
    reason VARCHAR,
    org_unit_id UUID,
    waitlist_order BIGINT,
    decided_by UUID,
    decided_on_behalf_of UUID,
    decided_at TIMESTAMP WITH TIME ZONE,
    completed_on DATE,
    completion_reason VARCHAR,
    score INTEGER,
    CONSTRAINT pk_enrollment PRIMARY KEY (id),
    CONSTRAINT uq_enrollment_course_session_id_waitlist_order UNIQUE (course_session_id, waitlist_order),
    CONSTRAINT ck_enrollment_queue CHECK ((status = 'waitlisted') = (waitlist_order IS NOT NULL)),
    CONSTRAINT fk_enrollment_course_session_id FOREIGN KEY(course_session_id) REFERENCES course_session (id),
    CONSTRAINT fk_enrollment_employee_id FOREIGN KEY(employee_id) REFERENCES employee (id),
    CONSTRAINT fk_enrollment_submitted_by FOREIGN KEY(submitted_by) REFERENCES account (id),
    CONSTRAINT fk_enrollment_org_unit_id FOREIGN KEY(org_unit_id) REFERENCES org_unit (id),
    CONSTRAINT fk_enrollment_decided_by FOREIGN KEY(decided_by) REFERENCES account (id),
    CONSTRAINT fk_enrollment_decided_on_behalf_of FOREIGN KEY(decided_on_behalf_of) REFERENCES employee (id)
);

CREATE INDEX ix_enrollment_employee_id ON enrollment (employee_id);

CREATE INDEX ix_enrollment_session_status ON enrollment (course_session_id, status);

CREATE INDEX ix_enrollment_submitted_by ON enrollment (submitted_by);

CREATE INDEX ix_enrollment_updated_at ON enrollment (updated_at, id);

CREATE UNIQUE INDEX uq_enrollment_active ON enrollment (course_session_id, employee_id)
    WHERE status NOT IN ('withdrawn', 'declined', 'not_selected');

CREATE TABLE enrollment_event (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    version INTEGER NOT NULL,
    enrollment_id UUID NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    by UUID NOT NULL,
    from_status VARCHAR,
    to_status VARCHAR NOT NULL,
    reason VARCHAR,
    CONSTRAINT pk_enrollment_event PRIMARY KEY (id),
    CONSTRAINT fk_enrollment_event_enrollment_id FOREIGN KEY(enrollment_id) REFERENCES enrollment (id),
    CONSTRAINT fk_enrollment_event_by FOREIGN KEY(by) REFERENCES account (id)
);

CREATE INDEX ix_enrollment_event_history ON enrollment_event (enrollment_id, at, id);

CREATE TABLE booking (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    version INTEGER NOT NULL,
    enrollment_id UUID NOT NULL,
    session_meeting_id UUID NOT NULL,
    employee_id UUID NOT NULL,
    during TSTZRANGE NOT NULL,
    holds BOOLEAN NOT NULL,
    attendance VARCHAR,
    minutes INTEGER,
    org_unit_id UUID,
    CONSTRAINT pk_booking PRIMARY KEY (id),
    CONSTRAINT uq_booking_enrollment_id_session_meeting_id UNIQUE (enrollment_id, session_meeting_id),
    CONSTRAINT ex_booking_clash EXCLUDE USING gist (employee_id WITH =, during WITH &&) WHERE (holds)
        DEFERRABLE INITIALLY IMMEDIATE,
    CONSTRAINT fk_booking_enrollment_id FOREIGN KEY(enrollment_id) REFERENCES enrollment (id),
    CONSTRAINT fk_booking_session_meeting_id FOREIGN KEY(session_meeting_id) REFERENCES session_meeting (id)
        ON DELETE CASCADE,
    CONSTRAINT fk_booking_employee_id FOREIGN KEY(employee_id) REFERENCES employee (id),
    CONSTRAINT fk_booking_org_unit_id FOREIGN KEY(org_unit_id) REFERENCES org_unit (id)
);

CREATE INDEX ix_booking_session_meeting_id ON booking (session_meeting_id);
""")


def downgrade() -> None:
    sql.run("""
DROP TABLE booking, enrollment_event, enrollment;
""")
