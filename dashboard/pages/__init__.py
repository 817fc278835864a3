"""Layout, one module per page: gathered data in, Dash components out."""
