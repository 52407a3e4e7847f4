"""The base of all errors that a person can mend; each message says what is wrong and what to do."""


class ErythemaError(Exception):
    """Something that a person can mend: the command line prints its message and no stack trace."""
