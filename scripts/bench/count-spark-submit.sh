#!/bin/sh
# Stands in for spark-submit where applications are counted: puts down what it was started with, and ends at once.
for word in "$@"; do
  case $word in
    key=*) echo "$word" >>"$BENCH_STARTED" ;;
  esac
done
exit 0
