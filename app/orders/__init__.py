"""What is public of a personnel fact, and when: shared by terms of service, posts and absences; no routes."""
