"""The status of a skill map follows from its period"""

from migrations import sql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sql.run("""
ALTER TABLE skill_map DROP CONSTRAINT ck_skill_map_activated;
ALTER TABLE skill_map DROP CONSTRAINT ex_skill_map;
ALTER TABLE skill_map DROP COLUMN status;
ALTER TABLE skill_map ADD CONSTRAINT ck_skill_map_activated CHECK (valid_from IS NOT NULL OR valid_to IS NULL);
ALTER TABLE skill_map ADD CONSTRAINT ex_skill_map
    EXCLUDE USING gist (daterange(valid_from, valid_to) WITH &&) WHERE (valid_from IS NOT NULL);
""")


def downgrade() -> None:
    sql.run("""
ALTER TABLE skill_map ADD COLUMN status varchar;
UPDATE skill_map SET status = CASE
    WHEN valid_from IS NULL THEN 'draft' WHEN valid_to IS NULL THEN 'active' ELSE 'retired' END;
ALTER TABLE skill_map ALTER COLUMN status SET NOT NULL;
ALTER TABLE skill_map DROP CONSTRAINT ck_skill_map_activated;
ALTER TABLE skill_map DROP CONSTRAINT ex_skill_map;
ALTER TABLE skill_map ADD CONSTRAINT ck_skill_map_activated CHECK (status = 'draft' OR valid_from IS NOT NULL);
ALTER TABLE skill_map ADD CONSTRAINT ex_skill_map
    EXCLUDE USING gist (daterange(valid_from, valid_to) WITH &&) WHERE (status <> 'draft');
""")
