"""What is wrong with a paper or its template that its user can mend."""

from data_contracts.errors import MendableError


class PaperError(MendableError):
    """A paper that cannot be made; the text is Chinese and names file and field."""
