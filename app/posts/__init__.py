"""Posts and absences: where people work, and when they are away."""
