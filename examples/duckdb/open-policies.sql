-- Where may senders that no term lists send all the same: `+all`, `?all`, or no `all`?
SELECT domain, spf."default" AS default_result, spf.record AS record
FROM rows WHERE spf.record IS NOT NULL AND spf."default" IN ('pass', 'neutral') ORDER BY domain;
