"""Units, employees, their terms, posts and absences"""

from migrations import sql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sql.run("""
CREATE TABLE position_rank (
    id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    row_version integer NOT NULL,
    code varchar NOT NULL,
    name varchar NOT NULL,
    name_en varchar,
    ordinal integer NOT NULL,
    is_head boolean NOT NULL,
    CONSTRAINT pk_position_rank PRIMARY KEY (id),
    CONSTRAINT uq_position_rank_code UNIQUE (code)
);

CREATE TABLE org_unit (
    id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    row_version integer NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    code varchar NOT NULL,
    name varchar NOT NULL,
    name_kana varchar,
    name_en varchar,
    parent_id uuid,
    level varchar NOT NULL,
    needs_leader boolean NOT NULL,
    max_absent integer,
    successor_ids uuid[] DEFAULT '{}' NOT NULL,
    lineage uuid[] DEFAULT '{}' NOT NULL,
    CONSTRAINT pk_org_unit PRIMARY KEY (id),
    CONSTRAINT ex_org_unit_code EXCLUDE USING gist (code WITH =, daterange(valid_from, valid_to) WITH &&),
    CONSTRAINT fk_org_unit_parent_id FOREIGN KEY (parent_id) REFERENCES org_unit (id)
);
CREATE INDEX ix_org_unit_lineage ON org_unit USING gin (lineage);

CREATE TABLE scope_rule (
    id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    row_version integer NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    appointment_type varchar NOT NULL,
    job_service varchar NOT NULL,
    except_org_unit_codes varchar[] DEFAULT '{}' NOT NULL,
    source varchar,
    CONSTRAINT pk_scope_rule PRIMARY KEY (id),
    CONSTRAINT ex_scope_rule
        EXCLUDE USING gist (appointment_type WITH =, job_service WITH =, daterange(valid_from, valid_to) WITH &&)
);

CREATE TABLE employee (
    id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    row_version integer NOT NULL,
    employee_number varchar NOT NULL,
    name varchar NOT NULL,
    name_kana varchar NOT NULL,
    display_name varchar,
    email varchar,
    hired_on date NOT NULL,
    left_on date,
    search_key varchar NOT NULL,
    CONSTRAINT pk_employee PRIMARY KEY (id)
);
CREATE INDEX ix_employee_number ON employee (employee_number COLLATE "C", id);
CREATE INDEX ix_employee_kana ON employee (name_kana COLLATE "C", id);
CREATE INDEX ix_employee_updated_at ON employee (updated_at, id);
CREATE INDEX ix_employee_search ON employee USING gin (search_key gin_trgm_ops);
CREATE INDEX ix_employee_hired_on ON employee (hired_on, id);

CREATE TABLE employee_number (
    id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    row_version integer NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    employee_id uuid NOT NULL,
    number varchar NOT NULL,
    CONSTRAINT pk_employee_number PRIMARY KEY (id),
    CONSTRAINT uq_employee_number_number UNIQUE (number),
    CONSTRAINT fk_employee_number_employee_id FOREIGN KEY (employee_id) REFERENCES employee (id)
);
CREATE INDEX ix_employee_number_employee_id ON employee_number (employee_id);

CREATE TABLE employment (
    id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    row_version integer NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    appointment_type varchar NOT NULL,
    job_service varchar NOT NULL,
    job_category varchar NOT NULL,
    employee_id uuid NOT NULL,
    CONSTRAINT pk_employment PRIMARY KEY (id),
    CONSTRAINT ex_employment EXCLUDE USING gist (employee_id WITH =, daterange(valid_from, valid_to) WITH &&),
    CONSTRAINT fk_employment_employee_id FOREIGN KEY (employee_id) REFERENCES employee (id)
);
CREATE INDEX ix_employment_employee_id ON employment (employee_id);

CREATE TABLE post (
    id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    row_version integer NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    employee_id uuid NOT NULL,
    org_unit_id uuid NOT NULL,
    kind varchar NOT NULL,
    position_rank varchar NOT NULL,
    job_title varchar,
    order_number varchar,
    published_on date,
    end_published_on date,
    public_valid_to date,
    public_end_published_on date,
    public_updated_at timestamptz NOT NULL,
    CONSTRAINT pk_post PRIMARY KEY (id),
    CONSTRAINT ex_post_primary
        EXCLUDE USING gist (employee_id WITH =, daterange(valid_from, valid_to) WITH &&) WHERE (kind = 'primary'),
    CONSTRAINT ex_post_same
        EXCLUDE USING gist (employee_id WITH =, org_unit_id WITH =, kind WITH =, daterange(valid_from, valid_to) WITH &&),
    CONSTRAINT fk_post_employee_id FOREIGN KEY (employee_id) REFERENCES employee (id),
    CONSTRAINT fk_post_org_unit_id FOREIGN KEY (org_unit_id) REFERENCES org_unit (id)
);
CREATE INDEX ix_post_employee_id ON post (employee_id);
CREATE INDEX ix_post_org_unit_id ON post (org_unit_id);
CREATE INDEX ix_post_position_rank ON post (position_rank);
CREATE INDEX ix_post_valid_from ON post (valid_from, id);
CREATE INDEX ix_post_updated_at ON post (updated_at, id);

CREATE TABLE absence (
    id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    row_version integer NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    employee_id uuid NOT NULL,
    kind varchar NOT NULL,
    CONSTRAINT pk_absence PRIMARY KEY (id),
    CONSTRAINT ex_absence EXCLUDE USING gist (employee_id WITH =, daterange(valid_from, valid_to) WITH &&),
    CONSTRAINT fk_absence_employee_id FOREIGN KEY (employee_id) REFERENCES employee (id)
);
CREATE INDEX ix_absence_employee_id ON absence (employee_id);
CREATE INDEX ix_absence_valid_from ON absence (valid_from, id);
CREATE INDEX ix_absence_updated_at ON absence (updated_at, id);

ALTER TABLE account
    ADD CONSTRAINT fk_account_employee_id FOREIGN KEY (employee_id) REFERENCES employee (id);
""")


def downgrade() -> None:
    sql.run("""
ALTER TABLE account DROP CONSTRAINT fk_account_employee_id;
DROP TABLE absence, post, employment, employee_number, employee, scope_rule, org_unit, position_rank;
""")
