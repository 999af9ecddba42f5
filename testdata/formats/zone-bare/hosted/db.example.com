$TTL 3600
@	IN	SOA	ns1.hosting.test. hostmaster.example.com. 2026010101 7200 3600 1209600 300
@	3600	IN	NS	ns1.hosting.test.
@	3600	IN	NS	ns2.hosting.test.
@	3600	IN	MX	0 example-com.mail.outlook.test.
@	3600	IN	TXT	"v=spf1 include:spf.outlook.test +all"
_dmarc	3600	IN	TXT	"v=DMARC1; p=quarantine; rua=mailto:dmarc@reports.test"
@	3600	IN	TXT	"MS=ms12345678"
autodiscover	3600	IN	CNAME	autodiscover.outlook.test.
selector1._domainkey	3600	IN	CNAME	selector1-key.outlook.test.
selector2._domainkey	3600	IN	CNAME	selector2-key.outlook.test.
_sip._tls	3600	IN	SRV	100 1 443 sipdir.outlook.test.
www	3600	IN	A	192.0.2.80
$GENERATE 0-3 dhcp-${-1,2,d} A 198.51.100.$
flat 300 IN ALIAS parking.hosting.test.
