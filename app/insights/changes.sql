-- A note for each statement that changes something that figures are counted from: a random number. What all notes give
-- together, combined by XOR, says whether two figures are counted from the same: a note becomes visible at the same moment
-- as its change, also that of a transaction that commits late, and writers do not wait for each other, as each adds notes
-- of its own. A job merges them.

CREATE FUNCTION note_figure_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO figure_change (token) VALUES (hashtextextended(gen_random_uuid()::text, 0));
    RETURN NULL;
END $$;

CREATE TRIGGER employee_counts_in_figures AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON employee
    FOR EACH STATEMENT EXECUTE FUNCTION note_figure_change();
CREATE TRIGGER post_counts_in_figures AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON post
    FOR EACH STATEMENT EXECUTE FUNCTION note_figure_change();
CREATE TRIGGER absence_counts_in_figures AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON absence
    FOR EACH STATEMENT EXECUTE FUNCTION note_figure_change();
CREATE TRIGGER org_unit_counts_in_figures AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON org_unit
    FOR EACH STATEMENT EXECUTE FUNCTION note_figure_change();
CREATE TRIGGER role_counts_in_figures AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON role
    FOR EACH STATEMENT EXECUTE FUNCTION note_figure_change();
CREATE TRIGGER skill_counts_in_figures AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON skill
    FOR EACH STATEMENT EXECUTE FUNCTION note_figure_change();
CREATE TRIGGER skill_map_counts_in_figures AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON skill_map
    FOR EACH STATEMENT EXECUTE FUNCTION note_figure_change();
CREATE TRIGGER skill_requirement_counts_in_figures AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON skill_requirement
    FOR EACH STATEMENT EXECUTE FUNCTION note_figure_change();
CREATE TRIGGER skill_record_counts_in_figures AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON skill_record
    FOR EACH STATEMENT EXECUTE FUNCTION note_figure_change();
CREATE TRIGGER workforce_period_counts_in_figures AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON workforce_period
    FOR EACH STATEMENT EXECUTE FUNCTION note_figure_change();
CREATE TRIGGER role_period_counts_in_figures AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON role_period
    FOR EACH STATEMENT EXECUTE FUNCTION note_figure_change();
