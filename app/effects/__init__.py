"""What a training changed: paired answers before and after, of a session and of a course."""
