"""What is wrong with a wish for a document that its user can mend."""

from data_contracts.errors import MendableError


class BriefingError(MendableError):
    """A briefing that cannot be made; the text is Chinese and says what to do."""
