"""Applications: made, approved or refused, withdrawn; who sees them and what each caller may do next."""
