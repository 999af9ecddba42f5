-- Who receives for the most domains? Hosts are taken together by their last two labels.
SELECT regexp_extract(host, '[^.]+\.[^.]+$') AS receiver, count(DISTINCT domain) AS domains
FROM (SELECT domain, unnest(mx.hosts) AS host FROM rows)
GROUP BY ALL ORDER BY domains DESC, receiver;
