"""Results and effectiveness of surveys, and disclosure control."""
