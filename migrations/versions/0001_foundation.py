"""Extensions, the log, kept answers, accounts"""

from migrations import sql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    sql.run("""
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE TABLE audit_entry (
    id uuid NOT NULL,
    at timestamptz NOT NULL,
    actor_id uuid,
    actor varchar NOT NULL,
    action varchar NOT NULL,
    resource varchar NOT NULL,
    record_id uuid NOT NULL,
    request_id varchar NOT NULL,
    before jsonb,
    after jsonb,
    CONSTRAINT pk_audit_entry PRIMARY KEY (id)
);
CREATE INDEX ix_audit_entry_record ON audit_entry (record_id, at);
CREATE INDEX ix_audit_entry_at ON audit_entry (at, id);

CREATE TABLE stored_response (
    caller uuid NOT NULL,
    key varchar NOT NULL,
    fingerprint varchar NOT NULL,
    status integer NOT NULL,
    headers jsonb NOT NULL,
    body bytea NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT pk_stored_response PRIMARY KEY (caller, key)
);
CREATE INDEX ix_stored_response_created_at ON stored_response (created_at);

CREATE TABLE account (
    id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    row_version integer NOT NULL,
    username varchar NOT NULL,
    password_hash varchar NOT NULL,
    display_name varchar NOT NULL,
    grants varchar[] DEFAULT '{}' NOT NULL,
    employee_id uuid,
    demonstration boolean NOT NULL,
    disabled_at timestamptz,
    CONSTRAINT pk_account PRIMARY KEY (id),
    CONSTRAINT uq_account_username UNIQUE (username)
);
CREATE INDEX ix_account_employee_id ON account (employee_id);
""")


def downgrade() -> None:
    sql.run("""
DROP TABLE account, stored_response, audit_entry;
""")
