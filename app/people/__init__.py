"""Units, employees, their posts and absences, and who is in the scope of the policy."""
