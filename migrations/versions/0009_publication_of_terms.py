"""Terms of service and absences have days of publication; posts and absences remember what cut them"""

from migrations import sql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sql.run("""
ALTER TABLE employment
    ADD COLUMN order_number varchar,
    ADD COLUMN published_on date,
    ADD COLUMN end_published_on date,
    ADD COLUMN public_valid_to date,
    ADD COLUMN public_end_published_on date,
    ADD COLUMN public_updated_at timestamptz;
UPDATE employment SET public_updated_at = updated_at;
ALTER TABLE employment
    ALTER COLUMN public_updated_at SET NOT NULL,
    ADD CONSTRAINT ck_employment_period CHECK (valid_from < valid_to);
CREATE INDEX ix_employment_valid_from ON employment (valid_from, id);
CREATE INDEX ix_employment_updated_at ON employment (updated_at, id);

ALTER TABLE absence
    ADD COLUMN order_number varchar,
    ADD COLUMN published_on date,
    ADD COLUMN end_published_on date,
    ADD COLUMN public_valid_to date,
    ADD COLUMN public_end_published_on date,
    ADD COLUMN public_updated_at timestamptz,
    ADD COLUMN cut_by uuid,
    ADD COLUMN ordered_to date,
    ADD COLUMN ordered_end_published_on date,
    ADD CONSTRAINT fk_absence_cut_by FOREIGN KEY (cut_by) REFERENCES employment (id);
UPDATE absence SET public_updated_at = updated_at;
ALTER TABLE absence ALTER COLUMN public_updated_at SET NOT NULL;

ALTER TABLE post
    ADD COLUMN cut_by uuid,
    ADD COLUMN ordered_to date,
    ADD COLUMN ordered_end_published_on date,
    ADD CONSTRAINT fk_post_cut_by FOREIGN KEY (cut_by) REFERENCES employment (id);
""")


def downgrade() -> None:
    sql.run("""
ALTER TABLE post DROP COLUMN cut_by, DROP COLUMN ordered_to, DROP COLUMN ordered_end_published_on;
ALTER TABLE absence
    DROP COLUMN order_number,
    DROP COLUMN published_on,
    DROP COLUMN end_published_on,
    DROP COLUMN public_valid_to,
    DROP COLUMN public_end_published_on,
    DROP COLUMN public_updated_at,
    DROP COLUMN cut_by,
    DROP COLUMN ordered_to,
    DROP COLUMN ordered_end_published_on;
DROP INDEX ix_employment_valid_from, ix_employment_updated_at;
ALTER TABLE employment
    DROP CONSTRAINT ck_employment_period,
    DROP COLUMN order_number,
    DROP COLUMN published_on,
    DROP COLUMN end_published_on,
    DROP COLUMN public_valid_to,
    DROP COLUMN public_end_published_on,
    DROP COLUMN public_updated_at;
""")
