"""Ids of the overview."""

SENTENCE = "overview-sentence"
KEY_FIGURES = "overview-key-figures"
MAP = "overview-map"
WORST = "overview-worst"
WARNINGS = "overview-warnings"
TIER_HISTORY = "overview-tier-history"
FILINGS = "overview-filings"
