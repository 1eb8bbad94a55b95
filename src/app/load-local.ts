/** The local Livy and Spark: fetched from disk only when somebody asks for them. */
export const loadLocal = () => import('../local/index.js');
