"""Customers who move in from another product, and out again: exported, migrated, erased."""
