$ORIGIN .
@ 3600 IN SOA ns1.hosting.test. hostmaster.example.com. 2026010101 7200 3600 1209600 300
example.com. 3600 IN NS ns1.hosting.test.
example.com. 3600 IN NS ns2.hosting.test.
example.com. 3600 IN MX 0 example-com.mail.outlook.test.
example.com. 3600 IN TXT "v=spf1 include:spf.outlook.test +all"
_dmarc.example.com. 3600 IN TXT "v=DMARC1; p=quarantine; rua=mailto:dmarc@reports.test"
example.com. 3600 IN TXT "MS=ms12345678"
autodiscover.example.com. 3600 IN CNAME autodiscover.outlook.test.
selector1._domainkey.example.com. 3600 IN CNAME selector1-key.outlook.test.
selector2._domainkey.example.com. 3600 IN CNAME selector2-key.outlook.test.
_sip._tls.example.com. 3600 IN SRV 100 1 443 sipdir.outlook.test.
www.example.com. 3600 IN A 192.0.2.80
