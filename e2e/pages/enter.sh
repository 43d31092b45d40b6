#!/bin/sh
# Starts LAB_PROGRAM on the lab's machine whose first process is LAB_MACHINE. File descriptors stay open, so that Playwright
# talks to its browser as if it were here.
exec nsenter -t "$LAB_MACHINE" -m -u -i -n -p -- "$LAB_PROGRAM" "$@"
