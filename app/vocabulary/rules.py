"""Where the values that the city maintains as policy are listed."""

POLICY = {
    "/api/v1/roles": ("role_code", "role_codes"),
    "/api/v1/skills": ("skill_code", "skill_codes"),
    "/api/v1/position_ranks": ("position_rank", "position_ranks"),
    "/api/v1/job_categories": ("job_category", "job_categories"),
    "/api/v1/job_services": ("job_service",),
    "/api/v1/course_themes": ("themes",),
    "/api/v1/courses": ("course_code", "prerequisites"),
    "/api/v1/qualifications": ("qualification_code",),
    "/api/v1/org_units": ("org_unit_code", "org_unit_codes", "except_org_unit_codes"),
}
"""The path that lists the values as `code`, and the fields that take them."""
