"""Component ids, one module per page."""
