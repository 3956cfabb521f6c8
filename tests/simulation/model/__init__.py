"""The reference model: wallets, offers, budgets, counters and campaigns by the contract, not the product's code."""
