CREATE TEMPORARY VIEW visits AS SELECT id, id % 3 AS shop FROM range(10);
SELECT shop, count(*) FROM visits GROUP BY shop;
SELECT shop, count(distinct visitor) FROM visits GROUP BY shop;
