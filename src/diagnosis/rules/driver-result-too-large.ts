import { findThrown, type Rule } from '../rule.js';

/** More came back to the driver than it agreed to take. */
export const driverResultTooLarge: Rule = {
  code: 'DRIVER_RESULT_TOO_LARGE',
  about: 'The results of all tasks together are larger than `spark.driver.maxResultSize`.',
  transient: false,
  next: [
    'Write the result instead of collecting it: df.write, not collect() or toPandas(); or take only a part, limit()',
    'Or let the driver take more: --conf spark.driver.maxResultSize=4g, with --driver-memory well above that',
  ],
  match: (view) =>
    findThrown(view, [
      { says: /Total size of serialized results of \d{1,9} tasks \([^)]{1,40}\) is bigger than (?:local )?(?:maxResultSize|spark\.driver\.maxResultSize|max result size)?.{0,60}/, title: (_, words) => words?.[0] ?? '' }, // prettier-ignore
    ]),
};
