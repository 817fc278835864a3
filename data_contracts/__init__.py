"""What may be filed, by whom and when: contracts, divisions, periods, due dates."""
