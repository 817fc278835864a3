"""Ids of the division page."""

HEAD = "division-head"
INDICATORS = "division-indicators"
CONTRIBUTIONS = "division-contributions"
SCORE_HISTORY = "division-score-history"
WARNINGS = "division-warnings"
FILINGS = "division-filings"
CHILDREN = "division-children"
