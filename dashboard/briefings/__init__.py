"""Briefings for the leadership: gathered like a page, written by rule, and put out as Word, PDF and PowerPoint."""
