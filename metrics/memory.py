"""Keep memory between computations instead of giving it back at once."""

import ctypes

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
_LARGEST_KEPT, _KEPT_FREE = 32 << 20, (2 << 30) - 1  # the most that glibc takes


def keep_memory() -> None:
    """Let this process keep freed memory for its next arrays, up to 2 GB of it.

    glibc hands an array of a megabyte back to the kernel as soon as it is freed and takes fresh pages for the next one;
    to fill those with zeros costs as much as the arithmetic (a third of the draws of the index). For processes that
    compute and end, not for those that serve. Where the C library is another nothing is changed.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, _LARGEST_KEPT)
        mallopt(_M_TRIM_THRESHOLD, _KEPT_FREE)
