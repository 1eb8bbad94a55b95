/** So many at once, answered in the order of the list. */
export async function eachOf<T, R>(
  list: readonly T[],
  atOnce: number,
  work: (one: T) => Promise<R>,
): Promise<readonly R[]> {
  const done: R[] = [];
  for (let i = 0; i < list.length; i += atOnce) {
    done.push(...(await Promise.all(list.slice(i, i + atOnce).map(work))));
  }
  return done;
}
