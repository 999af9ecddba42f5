-- Which rules are met most?
SELECT finding.rule AS rule, finding.severity AS severity, count(*) AS domains
FROM (SELECT unnest(findings) AS finding FROM rows)
GROUP BY ALL ORDER BY domains DESC, rule;
