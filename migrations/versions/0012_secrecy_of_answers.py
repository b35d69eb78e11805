"""Secrecy of answers: who has answered is sealed while a survey is open, and forgotten at its close"""

from migrations import sql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sql.run("""
CREATE TABLE survey_box (
    survey_id uuid NOT NULL,
    key_name varchar,
    content bytea NOT NULL,
    CONSTRAINT pk_survey_box PRIMARY KEY (survey_id),
    CONSTRAINT fk_survey_box_survey_id FOREIGN KEY (survey_id) REFERENCES survey (id)
);
ALTER TABLE survey
    ADD COLUMN invited integer,
    ADD COLUMN answered integer,
    ADD COLUMN on_leave integer;

UPDATE survey_response SET respondent = uuid_send(employee_id) WHERE employee_id IS NOT NULL;

UPDATE survey SET
    answered = (SELECT count(*) FROM survey_participation p WHERE p.survey_id = survey.id),
    on_leave = 0
WHERE identification <> 'named' AND status = 'closed';

UPDATE survey SET invited = greatest(answered, (
    SELECT count(*) FROM enrollment e
    WHERE e.course_session_id = survey.course_session_id AND e.status IN ('confirmed', 'completed')
))
WHERE identification <> 'named' AND status = 'closed';

INSERT INTO survey_box (survey_id, content)
SELECT s.id, convert_to(json_build_object(
    'answered', json_agg(replace(p.employee_id::text, '-', '')), 'waiting', json_build_object()
)::text, 'UTF8')
FROM survey s JOIN survey_participation p ON p.survey_id = s.id
WHERE s.identification <> 'named' AND s.status = 'open'
GROUP BY s.id;

DELETE FROM survey_participation p USING survey s WHERE s.id = p.survey_id AND s.identification <> 'named';
""")


def downgrade() -> None:
    sql.run("""
ALTER TABLE survey
    DROP COLUMN invited,
    DROP COLUMN answered,
    DROP COLUMN on_leave;
DROP TABLE survey_box;
""")
