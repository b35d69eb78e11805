"""Skills, the map, evidence"""

from migrations import sql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sql.run("""
CREATE TABLE skill (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    version INTEGER NOT NULL,
    code VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    name_en VARCHAR,
    definition VARCHAR NOT NULL,
    definition_en VARCHAR,
    ordinal INTEGER NOT NULL,
    CONSTRAINT pk_skill PRIMARY KEY (id),
    CONSTRAINT uq_skill_code UNIQUE (code)
);

CREATE TABLE skill_map (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    version INTEGER NOT NULL,
    name VARCHAR NOT NULL,
    stated_counts JSONB NOT NULL,
    source VARCHAR,
    number INTEGER NOT NULL,
    status VARCHAR NOT NULL,
    valid_from DATE,
    valid_to DATE,
    CONSTRAINT pk_skill_map PRIMARY KEY (id),
    CONSTRAINT uq_skill_map_number UNIQUE (number),
    CONSTRAINT ck_skill_map_activated CHECK (status = 'draft' OR valid_from IS NOT NULL),
    CONSTRAINT ex_skill_map EXCLUDE USING gist (daterange(valid_from, valid_to) WITH &&) WHERE (status <> 'draft')
);

CREATE TABLE skill_requirement (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    version INTEGER NOT NULL,
    target_level INTEGER,
    provenance VARCHAR NOT NULL,
    confidence INTEGER NOT NULL,
    grace_days INTEGER NOT NULL,
    skill_map_id UUID NOT NULL,
    role_code VARCHAR NOT NULL,
    skill_code VARCHAR NOT NULL,
    CONSTRAINT pk_skill_requirement PRIMARY KEY (id),
    CONSTRAINT uq_skill_requirement_cell UNIQUE (skill_map_id, role_code, skill_code),
    CONSTRAINT fk_skill_requirement_skill_map_id FOREIGN KEY(skill_map_id) REFERENCES skill_map (id),
    CONSTRAINT fk_skill_requirement_skill_code FOREIGN KEY(skill_code) REFERENCES skill (code)
);

CREATE INDEX ix_skill_requirement_skill_code ON skill_requirement (skill_code);

CREATE TABLE skill_record (
    id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    version INTEGER NOT NULL,
    valid_from DATE NOT NULL,
    valid_to DATE,
    employee_id UUID NOT NULL,
    skill_code VARCHAR NOT NULL,
    level INTEGER,
    basis VARCHAR NOT NULL,
    source_id UUID,
    revoked_on DATE,
    revoked_at TIMESTAMP WITH TIME ZONE,
    revoked_reason VARCHAR,
    CONSTRAINT pk_skill_record PRIMARY KEY (id),
    CONSTRAINT fk_skill_record_employee_id FOREIGN KEY(employee_id) REFERENCES employee (id),
    CONSTRAINT fk_skill_record_skill_code FOREIGN KEY(skill_code) REFERENCES skill (code)
);

CREATE INDEX ix_skill_record_employee_id ON skill_record (employee_id, skill_code);

CREATE INDEX ix_skill_record_skill_code ON skill_record (skill_code, employee_id);

CREATE INDEX ix_skill_record_updated_at ON skill_record (updated_at, id);

CREATE UNIQUE INDEX uq_skill_record_source ON skill_record (source_id, employee_id, skill_code)
        WHERE revoked_on IS NULL;

-- What each unit's people in scope are asked for and have shown on a day, by primary unit and skill, and by role when
-- asked. Somebody with two roles counts once for a skill, and once for each role `by_role`. `units` narrows to these
-- units, null = all. The columns `present_*` leave out who is away. Sets of roles and of skills shown are bit masks
-- (at most 63 roles, and 63 pairs of skill and target level): cells meet a few hundred sets instead of every person.
CREATE FUNCTION skill_gaps_on(day date, known_on date, by_role boolean, units uuid[])
RETURNS TABLE (org_unit_id uuid, role_code varchar, skill_code varchar, headcount bigint, holders bigint,
               missing bigint, present_headcount bigint, present_holders bigint, present_missing bigint)
LANGUAGE sql STABLE AS $$
    WITH cell AS (
        SELECT q.role_code, q.skill_code, coalesce(q.target_level, 0) AS target,
            1::bigint << (dense_rank() OVER (ORDER BY q.role_code) - 1)::integer AS role_bit,
            1::bigint << (dense_rank() OVER (ORDER BY q.skill_code, coalesce(q.target_level, 0)) - 1)::integer AS kind
        FROM skill_requirement q JOIN skill_map m ON m.id = q.skill_map_id
        WHERE m.status <> 'draft' AND m.valid_from <= day AND (m.valid_to IS NULL OR m.valid_to > day)
    ), scope AS MATERIALIZED (
        SELECT s.employee_id, s.org_unit_id, s.absent FROM scope_on(day, known_on) s
        WHERE s.in_scope AND s.org_unit_id IS NOT NULL AND (units IS NULL OR s.org_unit_id = ANY (units))
    ), person AS MATERIALIZED (
        SELECT s.employee_id, s.org_unit_id, s.absent, bit_or(c.role_bit) AS roles
        FROM scope s
        JOIN roles_on(day, known_on) r ON r.employee_id = s.employee_id
        JOIN (SELECT DISTINCT cell.role_code, role_bit FROM cell) c ON c.role_code = r.role_code
        GROUP BY s.employee_id, s.org_unit_id, s.absent
    ), shown AS (
        SELECT e.employee_id, bit_or(c.kind) AS kinds
        FROM skill_record e
        JOIN (SELECT DISTINCT cell.skill_code, target, kind FROM cell) c
            ON c.skill_code = e.skill_code AND c.target <= coalesce(e.level, 0)
        WHERE e.basis <> 'self_assessment'
          AND e.valid_from <= day AND (e.valid_to IS NULL OR e.valid_to > day)
          AND (e.revoked_on IS NULL OR e.revoked_on > day)
          AND (units IS NULL OR e.employee_id IN (SELECT scope.employee_id FROM scope))
        GROUP BY e.employee_id
    ), alike AS (
        SELECT p.org_unit_id, p.absent, p.roles, coalesce(s.kinds, 0) AS kinds, count(*) AS people
        FROM person p LEFT JOIN shown s ON s.employee_id = p.employee_id
        GROUP BY 1, 2, 3, 4
    ), demand AS (
        SELECT sets.roles, CASE WHEN by_role THEN c.role_code END AS role_code, c.skill_code, max(c.kind) AS kind
        FROM (SELECT DISTINCT roles FROM person) sets JOIN cell c ON sets.roles & c.role_bit <> 0
        GROUP BY 1, 2, 3
    ), met AS (
        SELECT a.org_unit_id, d.role_code, d.skill_code, a.people,
            CASE WHEN a.kinds & d.kind <> 0 THEN a.people ELSE 0 END AS held, NOT a.absent AS present
        FROM alike a JOIN demand d ON d.roles = a.roles
    )
    SELECT met.org_unit_id, met.role_code, met.skill_code,
        sum(people)::bigint, sum(held)::bigint, sum(people - held)::bigint,
        coalesce(sum(people) FILTER (WHERE present), 0)::bigint,
        coalesce(sum(held) FILTER (WHERE present), 0)::bigint,
        coalesce(sum(people - held) FILTER (WHERE present), 0)::bigint
    FROM met
    GROUP BY met.org_unit_id, met.role_code, met.skill_code
$$;
""")


def downgrade() -> None:
    sql.run("""
DROP FUNCTION skill_gaps_on;
DROP TABLE skill_record, skill_requirement, skill_map, skill;
""")
