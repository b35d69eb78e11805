"""What a survey found: distributions that give no small group away, printed baselines, and who took part."""
