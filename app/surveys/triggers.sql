CREATE TRIGGER survey_participation_stays BEFORE UPDATE OR DELETE ON survey_participation
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
