"""What a page needs, gathered from the read layer in one place, so that pages hold layout only."""
