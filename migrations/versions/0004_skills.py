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
    skill_map_id UUID NOT NULL,
    role_code VARCHAR NOT NULL,
    skill_code VARCHAR NOT NULL,
    target_level INTEGER,
    provenance VARCHAR NOT NULL,
    confidence INTEGER NOT NULL,
    grace_days INTEGER NOT NULL,
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

CREATE UNIQUE INDEX uq_skill_record_source ON skill_record (source_id, employee_id, skill_code) WHERE revoked_on IS NULL;

-- What each unit's people in scope are asked for and have shown on a day: by primary unit and skill, and by role when
-- asked. Somebody with two roles counts once for a skill, and once for each role `by_role`. `units` narrows to these
-- units, null = all. The columns `present_*` leave out who is away. The sets of roles are bit masks: a handful of
-- sets stands for all people, so that cells are joined to sets and not to people.
CREATE FUNCTION skill_gaps_on(day date, known_on date, by_role boolean, units uuid[])
RETURNS TABLE (org_unit_id uuid, role_code varchar, skill_code varchar, headcount bigint, holders bigint,
               missing bigint, present_headcount bigint, present_holders bigint, present_missing bigint)
LANGUAGE sql STABLE AS $$
    WITH cell AS (
        SELECT q.role_code, q.skill_code, coalesce(q.target_level, 0) AS target,
            1::bigint << (dense_rank() OVER (ORDER BY q.role_code) - 1)::integer AS mask
        FROM skill_requirement q JOIN skill_map m ON m.id = q.skill_map_id
        WHERE m.status <> 'draft' AND m.valid_from <= day AND (m.valid_to IS NULL OR m.valid_to > day)
    ), person AS (
        SELECT s.employee_id, s.org_unit_id, s.absent, bit_or(c.mask) AS roles
        FROM scope_on(day, known_on) s
        JOIN roles_on(day, known_on) r ON r.employee_id = s.employee_id
        JOIN (SELECT DISTINCT cell.role_code, cell.mask FROM cell) c ON c.role_code = r.role_code
        WHERE s.in_scope AND s.org_unit_id IS NOT NULL AND (units IS NULL OR s.org_unit_id = ANY (units))
        GROUP BY s.employee_id, s.org_unit_id, s.absent
    ), demand AS (
        SELECT sets.roles, CASE WHEN by_role THEN c.role_code END AS role_code, c.skill_code, max(c.target) AS target
        FROM (SELECT DISTINCT roles FROM person) sets JOIN cell c ON sets.roles & c.mask <> 0
        GROUP BY 1, 2, 3
    ), shown AS (
        SELECT p.org_unit_id, p.absent, p.roles, k.skill_code, k.level, count(*) AS people
        FROM person p JOIN (
            SELECT e.employee_id, e.skill_code, max(coalesce(e.level, 0)) AS level FROM skill_record e
            WHERE e.basis <> 'self_assessment'
              AND e.valid_from <= day AND (e.valid_to IS NULL OR e.valid_to > day)
              AND (e.revoked_on IS NULL OR e.revoked_on > day)
            GROUP BY e.employee_id, e.skill_code
        ) k ON k.employee_id = p.employee_id
        GROUP BY 1, 2, 3, 4, 5
    ), counted AS (
        SELECT p.org_unit_id, d.role_code, d.skill_code, p.absent, p.people AS asked, 0 AS held
        FROM (SELECT person.org_unit_id, absent, roles, count(*) AS people FROM person GROUP BY 1, 2, 3) p
        JOIN demand d ON d.roles = p.roles
        UNION ALL
        SELECT s.org_unit_id, d.role_code, d.skill_code, s.absent, 0, s.people
        FROM shown s JOIN demand d ON d.roles = s.roles AND d.skill_code = s.skill_code AND d.target <= s.level
    )
    SELECT c.org_unit_id, c.role_code, c.skill_code,
        sum(asked)::bigint, sum(held)::bigint, sum(asked - held)::bigint,
        coalesce(sum(asked) FILTER (WHERE NOT absent), 0)::bigint,
        coalesce(sum(held) FILTER (WHERE NOT absent), 0)::bigint,
        coalesce(sum(asked - held) FILTER (WHERE NOT absent), 0)::bigint
    FROM counted c
    GROUP BY c.org_unit_id, c.role_code, c.skill_code
$$;
""")


def downgrade() -> None:
    sql.run("""
DROP FUNCTION skill_gaps_on;
DROP TABLE skill_record, skill_requirement, skill_map, skill;
""")
