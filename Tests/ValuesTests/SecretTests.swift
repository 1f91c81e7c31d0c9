import Testing
import Values

struct SecretTests {
    private static let key = "AKIAIOSFODNN7EXAMPLE"
    private static let keySecret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    private static let blob = "https://a.blob.core.windows.net/c?sv=2024"

    private static let secrets: [(text: String, shown: String)] = [
        ("https://user:MARK@host/x", "https://user:***@host/x"),
        ("see smb://u:MARK@h/share, then x", "see smb://u:***@h/share, then x"),
        ("ftp://u:a@b@host:21/", "ftp://u:***@host:21/"), ("ftp://u:a/b@host/", "ftp://u:***@host/"),
        ("proxy=http://u:MARK@proxy:3128", "proxy=http://u:***@proxy:3128"),
        ("https://\(key):\(keySecret)@b.s3.amazonaws.com/", "https://***@b.s3.amazonaws.com/"),
        ("\(blob)&sig=MARK%3D&se=1", "\(blob)&sig=***&se=1"),
        (
            "https://b/k?X-Amz-Credential=\(key)%2F1&X-Amz-Signature=MARK&X-Amz-Security-Token=t",
            "https://b/k?X-Amz-Credential=***&X-Amz-Signature=***&X-Amz-Security-Token=***"
        ),
        (
            "https://b/k?AWSAccessKeyId=\(key)&Signature=x%2B&Expires=1",
            "https://b/k?AWSAccessKeyId=***&Signature=***&Expires=1"
        ),
        ("https://h/?token=MARK", "https://h/?token=***"), ("http://h/?a=1&key=MARK#top", "http://h/?a=1&key=***#top"),
        ("https://h/?password=MARK&user=u", "https://h/?password=***&user=u"),
        ("-a=1 -ldapBindPassword=MARK,x'y -b", "-a=1 -ldapBindPassword=*** -b"),
        ("-oauthClientSecret=MARK -refreshToken=MARK", "-oauthClientSecret=*** -refreshToken=***"),
        ("--db-password=\"two words\" -x", "--db-password=\"***\" -x"), ("password='a b' c", "password='***' c"),
        ("delegation_token=MARK,user=u,noresume", "delegation_token=***,user=u,noresume"),
        ("AccountName=a;AccountKey=MARK==;EndpointSuffix=x", "AccountName=a;AccountKey=***;EndpointSuffix=x"),
        ("SharedAccessSignature=MARK", "SharedAccessSignature=***"), (key, "***"),
        ("key \(key) of ann", "key *** of ann"), ("\(key):\(keySecret)", "***"), ("\(key) \(keySecret) end", "*** end"),
        ("a -----BEGIN RSA PRIVATE KEY-----\nMARK\n-----END RSA PRIVATE KEY----- b", "a *** b"),
        ("-----BEGIN PRIVATE KEY-----\nMARK", "***"), ("ü -xPassword=ü ö", "ü -xPassword=*** ö"),
    ]

    @Test(arguments: secrets)
    func secretsAreToldByTheirForm(text: String, shown: String) {
        #expect(Secret.masked(text) == shown)
        #expect(Secret.masked(shown) == shown)
        #expect(!Secret.found(in: text).isEmpty)
        #expect(Secret.found(in: shown).isEmpty)
    }

    @Test(arguments: [
        "", "=", "://", "https://", "key=value", "key=3", "sig=3", "signature=4", "tokens=3", "password=", "x=***",
        "PasswordPolicy=strict", "-passwordPolicy=strict", "PasswordLifetime=90", "-enableToken=true", "token",
        "Wrong password: try again", "secretary=ann", "keyfile=/etc/x", "https://host:8443/path", "https://user@host/",
        "https://[::1]:443/a@b", "https://host/?a=1&page=2", "ftp://h/dir;type=a", "a=b@c:d", "a://b:@c", "mailto:a@b",
        "bucketfs://bfsdefault/default/drivers", "jdbc:oracle:thin:@//h:1521/x", "-work_mem=8MB -c ssl=on",
        "delegation_token=<token>", "timeout=<timeout>", "TASIAFIX0123456789012", "AKIAEXAMPLE",
        "-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----", "-----BEGIN PUBLIC KEY-----",
        "CertKey = /exa/etc/ssl/ssl.key", "2026-01-01T00:00:00Z", "10.0.0.0/8",
    ])
    func ordinaryTextsStayAsTheyAre(text: String) {
        #expect(Secret.masked(text) == text)
    }

    @Test func textsWithoutEndAreReadInOnePass() {
        for part in ["://a:b", "-----BEGIN ", "-password='", "AKIA", "=", "token=a,", "://:@"] {
            let text = String(repeating: part, count: 5_000)
            #expect(Secret.masked(Secret.masked(text)) == Secret.masked(text))
        }
    }

    @Test func keysOfStoresAreNames() {
        #expect(Secret.covers("AuthenticationToken") && Secret.covers("Passwd"))
        #expect(!Secret.covers("CertKey") && !Secret.covers("Username") && !Secret.covers("Username", ofStore: "ftp"))
        #expect(Secret.covers("Username", ofStore: "s3") && Secret.covers("username", ofStore: "Azure"))
    }

    @Test func maskedValuesAreToldFromOthers() {
        #expect(Secret.isMasked("***", of: "Passwd") && Secret.isMasked("https://u:***@h/", of: "URL"))
        #expect(Secret.isMasked("-a -xPassword=***", of: "Params"))
        #expect(!Secret.isMasked("***", of: "Comment") && !Secret.isMasked("-xPassword=a***", of: "Params"))
    }

    @Test(arguments: [
        ("https://u:p@h/", true), ("https://h/?sig=1", true), ("ldap://u:p@h,ldap://g", true), ("https://u@h/", false),
        ("-proxy=https://u:p@h/", false), ("read https://u:p@h/", false), ("https://u:***@h/", false), ("", false),
    ])
    func addressesAreWholeTexts(text: String, isFound: Bool) {
        #expect(Secret.found(inAddress: text).isEmpty != isFound)
    }

    @Test func aTextThatWasTakenApartIsMaskedAsAWhole() {
        let secret = String(repeating: "aB3/", count: 10)
        let parts: Value = ["-a=1", "AKIAABCDEFGHIJKLMNOP", .string(secret), "-b=2"]
        #expect(parts.redacting() == ["-a=1", "***", "***", "-b=2"])
        #expect((["-a=1", .string(secret)] as Value).redacting() == ["-a=1", .string(secret)])
    }

    @Test func valuesAreRedactedOnEveryLevel() {
        let value: Value = [
            "params": ["url": "https://u:MARK@h/", "vol_type": "s3", "username": "MARK", "size": 3],
            "list": ["-xSecret=MARK", ["token": "MARK"]], "https://u:MARK@h/": true, "username": "ann",
        ]
        let shown: Value = [
            "params": ["url": "https://u:***@h/", "vol_type": "s3", "username": "***", "size": 3],
            "list": ["-xSecret=***", ["token": "***"]], "https://u:***@h/": true, "username": "ann",
        ]
        #expect(value.redacting(members: ["token"]) == shown)
        #expect(shown.redacting(members: ["token"]) == shown)
        #expect((["passwort": "MARK"] as Value).redacting() == ["passwort": "***"])
    }
}
