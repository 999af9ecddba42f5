-- Which policies of others do the domains include most?
SELECT lower(include) AS include, count(DISTINCT domain) AS domains
FROM (SELECT domain, unnest(regexp_extract_all(spf.record, '(?i)[ +~?-]include:([^ ]+)', 1)) AS include FROM rows)
GROUP BY ALL ORDER BY domains DESC, include LIMIT 20;
