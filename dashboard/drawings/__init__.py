"""SVG drawn in Python from frames: the map, sparklines. Sharp in print, and no script needed to show them."""
