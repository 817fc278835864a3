"""Ids of the drawer that explains."""

EVIDENCE = "drawer-evidence"
CONTRIBUTING = "drawer-contributing"
FILED_ROW = "drawer-filed-row"
CLOSE = "drawer-close"
