#!/usr/bin/env bash
# Says what this machine lacks before the environment can be made, and how to mend it.
set -eu
python=${1:-}
if [ -z "$python" ] || ! command -v "$python" >/dev/null; then
    echo "No Python found. Install Python 3.11 (Debian: apt install python3 python3-venv;" \
        "macOS: brew install python@3.11), or name one: make book PYTHON=/path/to/python3.11" >&2
    exit 1
fi
version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
case $version in
    3.11 | 3.12 | 3.13) ;;
    *)
        echo "$python is Python $version, and the lock file is resolved for 3.11 to 3.13." \
            "Name another: make book PYTHON=python3.11" >&2
        exit 1
        ;;
esac
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    echo "$python cannot make virtual environments. On Debian or Ubuntu:" \
        "sudo apt install python$version-venv" >&2
    exit 1
fi
free=$(df -Pk . | awk 'NR == 2 { print int($4 / 1048576) }')
if [ "$free" -lt 5 ]; then
    echo "Only $free GB are free here; the environment needs about 5." \
        "Free some space, or clone on another disk." >&2
    exit 1
fi
