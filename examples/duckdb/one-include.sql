-- Which domains rely on this one include? If its owner removes it, their mail stops to pass SPF.
SELECT domain, spf.ipv4_addresses AS ipv4_addresses
FROM rows
WHERE list_contains(regexp_extract_all(lower(spf.record), '[ +~?-]include:([^ ]+)', 1), '_spf.post.example')
ORDER BY domain;
