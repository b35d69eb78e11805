"""Extensions, accounts, the log, kept answers"""

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
    id UUID NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    actor_id UUID,
    actor VARCHAR NOT NULL,
    action VARCHAR NOT NULL,
    resource VARCHAR NOT NULL,
    record_id UUID NOT NULL,
    request_id VARCHAR NOT NULL,
    before JSONB,
    after JSONB,
    CONSTRAINT pk_audit_entry PRIMARY KEY (id)
);

CREATE INDEX ix_audit_entry_record ON audit_entry (record_id, at);

CREATE INDEX ix_audit_entry_at ON audit_entry (at, id);

CREATE TABLE replay (
    caller UUID NOT NULL,
    key VARCHAR NOT NULL,
    fingerprint VARCHAR NOT NULL,
    status INTEGER NOT NULL,
    headers JSONB NOT NULL,
    body BYTEA NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_replay PRIMARY KEY (caller, key)
);

CREATE INDEX ix_replay_created_at ON replay (created_at);

CREATE TABLE account (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    version INTEGER NOT NULL,
    username VARCHAR NOT NULL,
    password_hash VARCHAR NOT NULL,
    display_name VARCHAR NOT NULL,
    grants VARCHAR[] DEFAULT '{}' NOT NULL,
    employee_id UUID,
    demonstration BOOLEAN NOT NULL,
    disabled_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_account PRIMARY KEY (id),
    CONSTRAINT uq_account_username UNIQUE (username)
);

CREATE INDEX ix_account_employee_id ON account (employee_id);


""")


def downgrade() -> None:
    sql.run("""
DROP TABLE replay, audit_entry, account;
""")
