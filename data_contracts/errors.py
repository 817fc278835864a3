"""What the user can mend, told apart from what is the program's own fault."""


class MendableError(Exception):
    """Wrong input, a definition that cannot be used, a step that cannot be done now; its text says how to mend it.

    The command line shows the text alone and ends with 2. Every other error is an internal fault.
    """
