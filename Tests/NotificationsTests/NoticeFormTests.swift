import EXAConf
import Testing
import Values

@testable import Notifications

/// What is sent, and where it may go.
struct NoticeFormTests {
    private var notice: Notice {
        var notice = Notice(
            "disk-full:disk:11-store", topic: "finding.disk-full", kind: .raised, severity: .critical,
            at: 1_800_000_000_000,
            summary: "The disk is full:\r\nBcc: all@example.com")
        notice.cluster = "cl4"
        notice.object = "disk:11-store"
        return notice
    }

    /// The value is that of `printf '1800000000.{"a":1}' | openssl dgst -sha256 -hmac key`.
    @Test func aSignatureIsAnHMACOfTimeAndBody() {
        let value = WebhookSignature.value(of: Array(#"{"a":1}"#.utf8), key: Array("key".utf8), at: 1_800_000_000)
        #expect(value == "t=1800000000,v1=7330c9cf7d886970cbebbbb5494c04d2aeff06a990adb7d7a75abfeb0159d291")
    }

    @Test func aWebhookGetsMembersWithTheirNames() throws {
        let body = try JSON.parse(notice.body)
        #expect(body["id"] == "disk-full:disk:11-store" && body["severity"] == "critical" && body["event"] == "raised")
        #expect(body["at"] == "2027-01-15T08:00:00.000Z" && body["cluster"] == "cl4" && body["cure"] == nil)
        #expect(body["text"]?.string?.hasPrefix("[cl4] CRITICAL disk:11-store: The disk is full") == true)
    }

    @Test func noTextBecomesAFieldOfAMail() {
        let mail = String(decoding: notice.mail(from: "confd@example.com", to: "ops@example.com"), as: UTF8.self)
        let head = mail.prefix(upTo: mail.firstRange(of: "\n\n")?.lowerBound ?? mail.endIndex)
        #expect(head.hasPrefix("From: confd <confd@example.com>\nTo: <ops@example.com>\nSubject: =?utf-8?B?"))
        #expect(!head.contains("Bcc") && !mail.contains("\r"))
        #expect(mail.split(separator: "\n").allSatisfy { $0.utf8.count <= 78 })
    }

    @Test func secretsOfKnownFormAreMasked() {
        let notice = Notice(
            "a", topic: "test", kind: .test, severity: .notice, at: 0,
            summary: "ftp://user:geheim@host/x could not be reached")
        #expect(!notice.summary.contains("geheim"))
    }

    @Test func addressesOfThisMachineHaveToBeListed() throws {
        let own = try #require(IPAddress("192.0.2.7"))
        let addresses = OutgoingAddresses(allowing: [try #require(IPRange("127.0.0.1"))]) { [own] }
        let fault = { (text: String) in IPAddress(text).flatMap { addresses.fault(of: $0, named: text) } }
        #expect(fault("192.0.2.8") == nil && fault("10.0.0.1") == nil && fault("127.0.0.1") == nil)
        for refused in ["192.0.2.7", "127.0.0.2", "::1", "169.254.169.254", "fe80::1", "::ffff:127.0.0.9"] {
            #expect(fault(refused)?.contains("notifications.local_addresses") == true, "\(refused)")
        }
    }
}
