"""Awards are renewed under their number, and count on the printed last day"""

from migrations import sql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sql.run("""
ALTER TABLE qualification_award DROP CONSTRAINT ck_qualification_award_period;
UPDATE qualification_award SET expires_on = expires_on - 1;
DROP INDEX uq_qualification_award_certificate;
CREATE UNIQUE INDEX uq_qualification_award_certificate
    ON qualification_award (qualification_code, certificate_number, employee_id, expires_on)
    NULLS NOT DISTINCT WHERE status <> 'revoked';
ALTER TABLE qualification_award
    ADD CONSTRAINT ck_qualification_award_period CHECK (passed_on <= expires_on),
    ADD CONSTRAINT ex_qualification_award_holder
        EXCLUDE USING gist (qualification_code WITH =, certificate_number WITH =, employee_id WITH <>)
        WHERE (status <> 'revoked');
""")


def downgrade() -> None:
    sql.run("""
ALTER TABLE qualification_award
    DROP CONSTRAINT ex_qualification_award_holder,
    DROP CONSTRAINT ck_qualification_award_period;
UPDATE qualification_award SET expires_on = expires_on + 1;
DROP INDEX uq_qualification_award_certificate;
CREATE UNIQUE INDEX uq_qualification_award_certificate
    ON qualification_award (qualification_code, certificate_number) WHERE status <> 'revoked';
ALTER TABLE qualification_award ADD CONSTRAINT ck_qualification_award_period CHECK (passed_on < expires_on);
""")
