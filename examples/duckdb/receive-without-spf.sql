-- Which domains receive mail and publish no SPF record?
SELECT domain, mx.hosts AS hosts
FROM rows WHERE spf.status = 'absent' AND len(mx.hosts) > 0 ORDER BY domain;
