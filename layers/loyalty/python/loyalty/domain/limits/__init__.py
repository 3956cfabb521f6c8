"""Limits: budgets of campaigns, counters over a customer's history, and what one event uses of both."""
