#!/bin/sh
# tell-signal.sh PROGRAM WORDS...
# Runs a rank under MPICH's mpirun, which kills all ranks when one dies and does not say which died first: this does.
# What is sent to the group (a cancel, mpirun's SIGUSR1) is the rank's to handle.
trap : INT TERM USR1 USR2
host=$(uname -n)
"$@"
code=$?
# 130 is a rank's own word for "interrupted, its state saved".
if [ "$code" -gt 128 ] && [ "$code" -ne 130 ]; then
  echo "rank ${PMI_RANK:-?} on $host was killed (signal $((code - 128)))" >&2
fi
exit "$code"
