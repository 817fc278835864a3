"""What leaves the page as a file: its tables as xlsx or CSV, its charts with their stamp, each entered in a record."""
