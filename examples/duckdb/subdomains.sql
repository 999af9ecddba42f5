-- Where does a domain protect itself and not the names below it?
SELECT domain, dmarc.policy AS policy, dmarc.subdomain_policy AS subdomain_policy
FROM rows WHERE dmarc.policy <> 'none' AND dmarc.subdomain_policy = 'none' ORDER BY domain;
