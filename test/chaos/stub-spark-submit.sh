#!/bin/sh
# Stands in for spark-submit in YARN's cluster mode: some time after its start it hands YARN an application under
# the tags of --conf spark.yarn.tags, waits for its end and exits as it ended. It does not need the Livy that started
# it. The job's own arguments say how long (seconds) and how: surface=S life=S end=SUCCEEDED launcher=honest.
tags='' surface=0 life=0 end=SUCCEEDED launcher=honest
for word in "$@"; do
  case $word in
    spark.yarn.tags=*) tags=${word#*=} ;;
    surface=*) surface=${word#*=} ;;
    life=*) life=${word#*=} ;;
    end=*) end=${word#*=} ;;
    launcher=*) launcher=${word#*=} ;;
  esac
done
name=$$-${tags%%,*}
application=$CHAOS_APPLICATIONS/$name
: >"$application.launched"
# Not on our streams: Livy reads them to their end, also when only we were stopped.
sleep "$surface" >/dev/null 2>&1
# The stand-in takes in whole lines only. While it is out of reach this waits, as the real one does.
echo "$tags $life $end" >"$application"
while [ -e "$application" ]; do sleep 0.1 >/dev/null 2>&1; done
[ "$launcher" = dies ] && exit 1
sleep "$life" >/dev/null 2>&1
sleep 0.3 >/dev/null 2>&1
# YARN answers that it has no such application: the real one takes it for killed.
[ -e "$CHAOS_FORGOTTEN/$name" ] && exit 1
case $launcher-$end in
  honest-SUCCEEDED) exit 0 ;;
  *) exit 1 ;;
esac
