#!/bin/sh
# A double click on macOS: start.sh in a window that stays open if something is missing.
sh "$(dirname -- "$0")/start.sh" "$@" || { printf 'Press Return to close. '; read -r _; exit 1; }
