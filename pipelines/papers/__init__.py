"""Papers of the handling loop: from templates that the bureau edits, numbered by year, a draft until a person signs."""
