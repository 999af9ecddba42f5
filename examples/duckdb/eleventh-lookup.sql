-- Whom would one more lookup break, and who is beyond the limit of ten already (RFC 7208 §4.6.4)?
SELECT domain, spf.lookups AS lookups, spf.lookups > 10 AS is_broken
FROM rows WHERE spf.lookups >= 10 ORDER BY lookups DESC, domain;
