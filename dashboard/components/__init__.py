"""Parts that pages are laid out with: cards, tags, marks, tables. They hold no figures of their own."""
