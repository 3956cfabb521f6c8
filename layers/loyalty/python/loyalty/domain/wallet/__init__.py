"""The wallet: lots, holds, debts, and the ledger entries that change them."""
