"""Lists of codes that the office extends: job categories, job services, kinds of absence, course themes."""
