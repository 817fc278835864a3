"""Plotly figures: pure functions from a frame to a `go.Figure`; an empty frame gives a figure that says so."""
