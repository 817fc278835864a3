"""What can be wrong with a framework, with data or with the choice of steps; messages name the code and the unit."""


class IndexBuildError(ValueError):
    """An index cannot be built as asked."""


class FrameworkError(IndexBuildError):
    """The table of indicators, parents and weights does not describe one tree."""


class IndexDataError(IndexBuildError):
    """The data do not fit the framework, or a step cannot work on them."""


class StepsError(IndexBuildError):
    """A step is asked for a method or a setting that it does not have."""


def listed(names: object, most: int = 5) -> str:
    """Names in one line, the first few of many."""
    found = [str(name) for name in names]  # type: ignore[attr-defined]
    return "、".join(found[:most]) + (f" 等 {len(found)} 项" if len(found) > most else "")
