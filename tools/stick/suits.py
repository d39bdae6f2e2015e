"""Ends with 0 if this Python can make the environment of the stick; any Python can run it."""

import json
import os
import struct
import sys
import sysconfig

HERE = os.path.dirname(os.path.abspath(__file__))


def suits(pythons):
    """Tell whether the stick has wheels for this Python, and whether it can make environments."""
    try:
        import platform
        import venv  # noqa: F401
    except ImportError:
        return False
    return (
        "%d.%d" % sys.version_info[:2] in pythons  # noqa: UP031  as Python 2 knows it
        and platform.python_implementation() == "CPython"
        and struct.calcsize("P") == 8
        and not sysconfig.get_config_var("Py_GIL_DISABLED")
    )


if __name__ == "__main__":
    with open(os.path.join(HERE, "stick.json")) as file:
        sys.exit(0 if suits(json.load(file)["pythons"]) else 1)
