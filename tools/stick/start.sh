#!/bin/sh
# Finds a Python for the book and hands over to start/start.py, on Linux and macOS.
# sh start.sh                 makes the environment if need be, and opens JupyterLab
# sh start.sh site            opens the pages in the browser
# sh start.sh check           says which file of the stick is altered, missing or added
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
pythons="@PYTHONS@"
for python in "$PLMREC_PYTHON" $(printf 'python%s ' $pythons) python3 python; do
    if [ -n "$python" ] && "$python" -B "$here/start/suits.py" >/dev/null 2>&1; then
        exec "$python" -B "$here/start/start.py" "$@"
    fi
done
cat >&2 <<EOM
No Python is found here that this stick has packages for: $pythons (64-bit).
  With a network: install one from python.org
    (Debian, Ubuntu: sudo apt install python3; macOS: brew install python@${pythons%% *}).
  Without: ask for an installer; the folder 'extra' of the stick may hold one.
  If it lies elsewhere: PLMREC_PYTHON=/path/to/python sh start.sh
Meanwhile read every page, with all its results: open site/index.html.
EOM
exit 1
