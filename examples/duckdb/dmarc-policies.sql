-- Which share of the domains asks receivers for which DMARC policy? What could not be determined is no
-- domain without a policy.
SELECT coalesce(dmarc.policy, dmarc.status) AS policy, count(*) AS domains,
    round(100.0 * count(*) / sum(count(*)) OVER (), 1) AS percent
FROM rows GROUP BY ALL ORDER BY domains DESC, policy;
