#!/bin/sh
# Stands in for spark-submit where a test needs hundreds of batches, or an exact log. The job's own arguments say
# what it does: lines=N prints N numbered lines, sleep=S takes its time, exit=C ends with that code; hold=DIR leaves
# DIR/<name>.<pid> behind, and goes on until DIR/<name> has the code to end with.
lines=1
nap=0
code=0
hold=''
name=''
for word in "$@"; do
  case $word in
    lines=*) lines=${word#lines=} ;;
    sleep=*) nap=${word#sleep=} ;;
    exit=*) code=${word#exit=} ;;
    hold=*) hold=${word#hold=} ;;
    spark.yarn.tags=*) name=$(echo "$word" | grep -o 'livywire-[0-9a-f]*-a[0-9]*') ;;
  esac
done
seq -f 'line %.0f' 1 "$lines"
if [ -n "$hold" ]; then
  : >"$hold/$name.$$"
  while [ ! -s "$hold/$name" ]; do sleep 0.1 >/dev/null 2>&1; done
  read -r code <"$hold/$name"
fi
# Not on our streams: Livy reads them to their end, also when only we were stopped.
sleep "$nap" >/dev/null 2>&1
exit "$code"
