"""Employees with what holds for them on a day: terms of service, primary post, scope, roles."""
