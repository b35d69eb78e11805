"""Units, employees, posts, absences, the scope"""

from migrations import sql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sql.run("""
CREATE TABLE position_rank (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    version INTEGER NOT NULL,
    code VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    name_en VARCHAR,
    ordinal INTEGER NOT NULL,
    is_head BOOLEAN NOT NULL,
    CONSTRAINT pk_position_rank PRIMARY KEY (id),
    CONSTRAINT uq_position_rank_code UNIQUE (code)
);

CREATE TABLE org_unit (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    version INTEGER NOT NULL,
    valid_from DATE NOT NULL,
    valid_to DATE,
    code VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    name_kana VARCHAR,
    name_en VARCHAR,
    parent_id UUID,
    level VARCHAR NOT NULL,
    needs_leader BOOLEAN NOT NULL,
    max_absent INTEGER,
    successor_ids UUID[] DEFAULT '{}' NOT NULL,
    lineage UUID[] DEFAULT '{}' NOT NULL,
    CONSTRAINT pk_org_unit PRIMARY KEY (id),
    CONSTRAINT ex_org_unit_code EXCLUDE USING gist (code WITH =, daterange(valid_from, valid_to) WITH &&),
    CONSTRAINT fk_org_unit_parent_id FOREIGN KEY(parent_id) REFERENCES org_unit (id)
);

CREATE INDEX ix_org_unit_lineage ON org_unit USING gin (lineage);

CREATE TABLE scope_rule (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    version INTEGER NOT NULL,
    valid_from DATE NOT NULL,
    valid_to DATE,
    appointment_type VARCHAR NOT NULL,
    job_service VARCHAR NOT NULL,
    except_org_unit_codes VARCHAR[] DEFAULT '{}' NOT NULL,
    source VARCHAR,
    CONSTRAINT pk_scope_rule PRIMARY KEY (id),
    CONSTRAINT ex_scope_rule EXCLUDE USING gist (appointment_type WITH =, job_service WITH =, daterange(valid_from, valid_to) WITH &&)
);

CREATE TABLE employee (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    version INTEGER NOT NULL,
    employee_number VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    name_kana VARCHAR NOT NULL,
    display_name VARCHAR,
    email VARCHAR,
    hired_on DATE NOT NULL,
    left_on DATE,
    search_key VARCHAR NOT NULL,
    CONSTRAINT pk_employee PRIMARY KEY (id)
);

CREATE INDEX ix_employee_number ON employee (employee_number COLLATE "C", id);

CREATE INDEX ix_employee_kana ON employee (name_kana COLLATE "C", id);

CREATE INDEX ix_employee_updated_at ON employee (updated_at, id);

CREATE INDEX ix_employee_search ON employee USING gin (search_key gin_trgm_ops);

CREATE TABLE employee_number (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    version INTEGER NOT NULL,
    valid_from DATE NOT NULL,
    valid_to DATE,
    employee_id UUID NOT NULL,
    number VARCHAR NOT NULL,
    CONSTRAINT pk_employee_number PRIMARY KEY (id),
    CONSTRAINT uq_employee_number_number UNIQUE (number),
    CONSTRAINT fk_employee_number_employee_id FOREIGN KEY(employee_id) REFERENCES employee (id)
);

CREATE INDEX ix_employee_number_employee_id ON employee_number (employee_id);

CREATE TABLE employment (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    version INTEGER NOT NULL,
    valid_from DATE NOT NULL,
    valid_to DATE,
    appointment_type VARCHAR NOT NULL,
    job_service VARCHAR NOT NULL,
    job_category VARCHAR NOT NULL,
    employee_id UUID NOT NULL,
    CONSTRAINT pk_employment PRIMARY KEY (id),
    CONSTRAINT ex_employment EXCLUDE USING gist (employee_id WITH =, daterange(valid_from, valid_to) WITH &&),
    CONSTRAINT fk_employment_employee_id FOREIGN KEY(employee_id) REFERENCES employee (id)
);

CREATE INDEX ix_employment_employee_id ON employment (employee_id);

CREATE TABLE post (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    version INTEGER NOT NULL,
    valid_from DATE NOT NULL,
    valid_to DATE,
    employee_id UUID NOT NULL,
    org_unit_id UUID NOT NULL,
    kind VARCHAR NOT NULL,
    position_rank VARCHAR NOT NULL,
    job_title VARCHAR,
    order_number VARCHAR,
    published_on DATE,
    end_published_on DATE,
    CONSTRAINT pk_post PRIMARY KEY (id),
    CONSTRAINT ex_post_primary EXCLUDE USING gist (employee_id WITH =, daterange(valid_from, valid_to) WITH &&) WHERE (kind = 'primary'),
    CONSTRAINT ex_post_same EXCLUDE USING gist (employee_id WITH =, org_unit_id WITH =, kind WITH =, daterange(valid_from, valid_to) WITH &&),
    CONSTRAINT fk_post_employee_id FOREIGN KEY(employee_id) REFERENCES employee (id),
    CONSTRAINT fk_post_org_unit_id FOREIGN KEY(org_unit_id) REFERENCES org_unit (id)
);

CREATE INDEX ix_post_employee_id ON post (employee_id);

CREATE INDEX ix_post_org_unit_id ON post (org_unit_id);

CREATE INDEX ix_post_position_rank ON post (position_rank);

CREATE TABLE absence (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    version INTEGER NOT NULL,
    valid_from DATE NOT NULL,
    valid_to DATE,
    employee_id UUID NOT NULL,
    kind VARCHAR NOT NULL,
    CONSTRAINT pk_absence PRIMARY KEY (id),
    CONSTRAINT ex_absence EXCLUDE USING gist (employee_id WITH =, daterange(valid_from, valid_to) WITH &&),
    CONSTRAINT fk_absence_employee_id FOREIGN KEY(employee_id) REFERENCES employee (id)
);

CREATE INDEX ix_absence_employee_id ON absence (employee_id);

ALTER TABLE account ADD CONSTRAINT fk_account_employee_id FOREIGN KEY (employee_id) REFERENCES employee (id);



""")


def downgrade() -> None:
    sql.run("""
ALTER TABLE account DROP CONSTRAINT fk_account_employee_id;
DROP TABLE absence, post, employment, employee_number, employee, scope_rule, org_unit, position_rank;
""")
