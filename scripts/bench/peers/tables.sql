-- The flat tables of (b), filled once from the city's rows, and what the bench itself keeps.
CREATE SCHEMA bench;

CREATE TABLE bench.person AS
SELECT e.id, e.employee_number, e.name, e.name_kana, e.email, t.valid_from AS hired_on, w.appointment_type, w.job_category,
    u.id AS unit_id, u.name AS unit_name, p.position_rank, CASE WHEN w.absent THEN 'absent' ELSE 'active' END AS status
FROM workforce_on(current_date, current_date) w
JOIN employee e ON e.id = w.employee_id
JOIN LATERAL (SELECT min(k.valid_from) AS valid_from FROM employment k WHERE k.employee_id = e.id) t ON true
LEFT JOIN post p ON p.id = w.post_id
LEFT JOIN org_unit u ON u.id = p.org_unit_id;
ALTER TABLE bench.person ADD PRIMARY KEY (id);
CREATE UNIQUE INDEX ON bench.person (employee_number);
CREATE INDEX ON bench.person (unit_id, employee_number);

CREATE TABLE bench.session (id uuid PRIMARY KEY, capacity integer NOT NULL, hot boolean NOT NULL);

CREATE TABLE bench.seat (
    id uuid PRIMARY KEY,
    session_id uuid NOT NULL REFERENCES bench.session,
    person_id uuid NOT NULL REFERENCES bench.person,
    status varchar NOT NULL,
    created_at timestamptz NOT NULL,
    UNIQUE (session_id, person_id)
);
CREATE INDEX ON bench.seat (session_id, status);

-- For pgbench, which knows numbers alone.
CREATE TABLE bench.reader (n serial PRIMARY KEY, id uuid NOT NULL);
CREATE TABLE bench.unit (n serial PRIMARY KEY, id uuid NOT NULL);
CREATE TABLE bench.applicant (n serial PRIMARY KEY, id uuid NOT NULL);
CREATE TABLE bench.course (n serial PRIMARY KEY, id uuid NOT NULL);
CREATE SEQUENCE bench.turn;

ANALYZE bench.person;
