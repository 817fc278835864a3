"""Accounts of posts, sign-in and sessions, and the audit chain: `accounts.sqlite` beside the ledger."""
