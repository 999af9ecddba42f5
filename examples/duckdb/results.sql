-- How do the domains add up?
SELECT result, count(*) AS domains, round(100.0 * count(*) / sum(count(*)) OVER (), 1) AS percent
FROM rows GROUP BY result ORDER BY domains DESC, result;
