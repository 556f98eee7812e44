"""How much memory this process takes."""

import os
import resource
import sys

_MIB = 1 << 20


def peak_mb():
    """Returns the most memory that was resident at any time, in MiB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Bytes on a Mac, KiB elsewhere.
    return peak / _MIB if sys.platform == "darwin" else peak / 1024


def resident_mb():
    """Returns the memory resident now; where nobody tells, the peak."""
    try:
        with open("/proc/self/statm") as file:
            pages = int(file.read().split()[1])
    except OSError:
        return peak_mb()
    return pages * os.sysconf("SC_PAGE_SIZE") / _MIB
