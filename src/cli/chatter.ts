// Spark's log4j layout, `26/11/23 01:50:29 INFO DAGScheduler: …`, of Spark 2 to 3, and the ISO one that some clusters set.
const CHATTER = /^(?:\d\d\/\d\d\/\d\d|\d{4}-\d\d-\d\d)[ T]\d\d:\d\d:\d\d(?:[.,]\d+)?Z? +(?:INFO|DEBUG|TRACE)\b/;

/** Whether Spark or Livy says this of itself: it is not what the job printed, and nothing to worry about. */
export const isChatter = (line: string): boolean => CHATTER.test(line);
