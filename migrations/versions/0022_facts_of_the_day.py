"""Facts of the day are kept as periods: who works where, in which role, and when that last changed"""

from migrations import sql

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sql.run("""
        CREATE TABLE workforce_period (
            employee_id uuid NOT NULL,
            employment_id uuid NOT NULL,
            post_id uuid,
            org_unit_id uuid,
            appointment_type varchar NOT NULL,
            job_service varchar NOT NULL,
            job_category varchar NOT NULL,
            in_scope boolean NOT NULL,
            absent boolean NOT NULL,
            during daterange NOT NULL,
            known daterange NOT NULL
        );
        CREATE INDEX ix_workforce_period_employee_id ON workforce_period (employee_id);
        CREATE INDEX ix_workforce_period_org_unit_id ON workforce_period (org_unit_id);

        CREATE TABLE person_change (
            employee_id uuid NOT NULL,
            service_changed_at timestamptz,
            service_days date[] NOT NULL,
            unit_ids uuid[] NOT NULL,
            changed_at timestamptz,
            days date[] NOT NULL,
            known daterange NOT NULL
        );
        CREATE INDEX ix_person_change_employee_id ON person_change (employee_id);

        CREATE TABLE appointment_period (
            id uuid NOT NULL,
            employee_id uuid NOT NULL,
            role_code varchar NOT NULL,
            org_unit_id uuid NOT NULL,
            unit_ids uuid[] NOT NULL,
            unit_days date[],
            decision varchar NOT NULL,
            stands_in_for_id uuid,
            valid_from date NOT NULL,
            valid_to date,
            ends_on date,
            lapses_on date,
            returns_on date,
            cause varchar,
            updated_at timestamptz NOT NULL,
            letter_number varchar,
            end_reason varchar,
            row_version integer NOT NULL,
            known daterange NOT NULL
        );
        CREATE INDEX ix_appointment_period_id ON appointment_period (id);
        CREATE INDEX ix_appointment_period_employee_id ON appointment_period (employee_id);

        CREATE TABLE role_period (
            id uuid NOT NULL,
            employee_id uuid NOT NULL,
            role_code varchar NOT NULL,
            sub_tier varchar,
            basis varchar NOT NULL,
            org_unit_id uuid,
            source_id uuid NOT NULL,
            valid_from date NOT NULL,
            valid_to date,
            during daterange NOT NULL,
            known daterange NOT NULL
        );
        CREATE INDEX ix_role_period_id ON role_period (id);
        CREATE INDEX ix_role_period_employee_id ON role_period (employee_id);
        CREATE INDEX ix_role_period_org_unit_id ON role_period (org_unit_id);
        CREATE INDEX ix_role_period_appointed ON role_period (source_id) WHERE basis::text = 'appointment';
    """)


def downgrade() -> None:
    sql.run("""
        DROP TABLE role_period;
        DROP TABLE appointment_period;
        DROP TABLE person_change;
        DROP TABLE workforce_period;
    """)
