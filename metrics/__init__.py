"""Facts, indicators, statistics, index and warnings, computed from a snapshot."""
