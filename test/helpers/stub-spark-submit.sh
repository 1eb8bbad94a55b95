#!/bin/sh
# Stands in for spark-submit where a test needs hundreds of batches, or an exact log. The job's own arguments say
# what it does: lines=N prints N numbered lines, sleep=S takes its time, exit=C ends with that code.
lines=1
nap=0
code=0
for word in "$@"; do
  case $word in
    lines=*) lines=${word#lines=} ;;
    sleep=*) nap=${word#sleep=} ;;
    exit=*) code=${word#exit=} ;;
  esac
done
seq -f 'line %.0f' 1 "$lines"
# Not on our streams: Livy reads them to their end, also when only we were stopped.
sleep "$nap" >/dev/null 2>&1
exit "$code"
