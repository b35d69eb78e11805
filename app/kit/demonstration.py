"""The made-up accounts of a demonstration; their password is public."""

ACCOUNTS = (
    "admin",
    "training",
    "information",
    "hr",
    "auditor",
    "department-head",
    "section-head",
    "leader",
    "employee",
    "clerk",
)
