"""Why a measurement cannot be made, or does not count."""


class Unusable(Exception):
    """It cannot run: something is missing, or an option makes no sense. One sentence, with the mend."""


class Invalid(Exception):
    """It ran, and what came out does not count: an answer was lost, or what was answered is not there."""
