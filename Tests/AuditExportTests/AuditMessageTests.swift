import Access
import Certificates
import Testing
import Values

@testable import AuditExport

/// What a collector is told of a record, byte for byte.
struct AuditMessageTests {
    private let sender = MessageSender(host: "n11.example.com", process: 4711)

    private func record(_ event: Value, behind sequence: Int = 41) -> AuditRecord {
        AuditLink(sequence: sequence, hash: [UInt8](repeating: 0xAB, count: 32)).record(of: JSON.bytes(event))
    }

    private func syslog(_ record: AuditRecord) -> String {
        String(decoding: AuditMessage(record).syslog(from: sender), as: UTF8.self)
    }

    @Test func aRecordIsAMessageOfRFC5424() {
        let job = record([
            "event": "job", "time": 1_700_000_000_123, "user": "admin", "client_addr": "10.0.0.1", "auth": "password",
            "fields": ["interface": "rest", "job_id": "11.7", "request_id": "r1", "type": "db_start"],
        ])
        let previous = String(repeating: "ab", count: 32)
        #expect(
            syslog(job) == """
                <109>1 2023-11-14T22:13:20.123Z n11.example.com confd 4711 job [confd@32473 seq="42" event="job" \
                outcome="success" user="admin" address="10.0.0.1" auth="password" interface="rest" request_id="r1" \
                job_id="11.7" prev_hash="\(previous)" hash="\(Hex.text(job.hash))"] \
                \(String(decoding: job.text, as: UTF8.self))
                """)
    }

    @Test func whoeverHasTheMessageComputesTheDigest() throws {
        let login = record(["event": "login", "time": 5, "detail": "ä ]\" \n"])
        let message = syslog(login)
        let text = try #require(message.firstRange(of: "] {")).upperBound
        let body = Array(("{" + message[text...]).utf8)
        #expect(Digest.sha256(login.previousHash + body) == login.hash)
    }

    @Test(arguments: [
        ("login", "<109>", "success"), ("refusal", "<108>", "failure"), ("denied", "<108>", "failure"),
        ("unrecorded", "<108>", "failure"), ("of_a_later_version", "<108>", "failure"),
    ])
    func whatWasNotGrantedIsAWarning(kind: String, priority: String, outcome: String) {
        let message = syslog(record(["event": .string(kind), "time": 5]))
        #expect(message.hasPrefix("\(priority)1 1970-01-01T00:00:00.005Z "))
        #expect(message.contains(" outcome=\"\(outcome)\" "))
    }

    @Test func valuesOfStrangersEndNoParameter() {
        let user = "a\"] b\\c\nd\u{7F}e" + String(repeating: "x", count: 1000)
        let message = syslog(record(["event": "refusal", "time": 5, "user": .string(user)]))
        #expect(message.contains(#"user="a\"\] b\\c d e"# + String(repeating: "x", count: 245) + "\" "))
        #expect(!message.contains("\n"))
    }

    @Test func whatHasNoFormIsADash() {
        let odd = AuditRecord(sequence: 1, text: Array("no JSON".utf8), previousHash: [1], hash: [2])
        let message = String(
            decoding: AuditMessage(odd).syslog(from: MessageSender(host: "two words", process: 1)), as: UTF8.self)
        #expect(
            message == #"""
                <108>1 - - confd 1 unreadable [confd@32473 seq="1" outcome="failure" prev_hash="01" hash="02"] no JSON
                """#)
        #expect(syslog(record(["event": "login", "time": .int(.max)])).hasPrefix("<109>1 - "))
    }

    @Test func whatCouldNotBeSentIsOneMessage() {
        let message = AuditMessage(unsent: 5...104, missing: 10, for: .seconds(62), at: 5)
        #expect(
            String(decoding: message.syslog(from: sender), as: UTF8.self) == """
                <108>1 1970-01-01T00:00:00.005Z n11.example.com confd 4711 unsent [confd@32473 event="unsent" count="100" \
                missing="10" first="5" last="104" seconds="62"] 100 audit records could not be sent for 62 s; \
                10 of them are in archives only, the others follow
                """)
        #expect(
            String(decoding: AuditMessage(unsent: 5...6, missing: 0, for: .zero, at: 5).text, as: UTF8.self)
                .hasSuffix("; they follow"))
    }

    @Test func theJournalIsToldFieldByField() throws {
        let login = record(["event": "login", "time": 5, "user": "ann\nPRIORITY=0"])
        let datagram = AuditMessage(login).journal()
        let mark = Array("MESSAGE\n".utf8)
        let place = try #require(datagram.firstRange(of: mark))
        let fields = String(decoding: datagram[..<place.lowerBound], as: UTF8.self).split(separator: "\n")
        #expect(fields.prefix(3) == ["PRIORITY=5", "SYSLOG_FACILITY=13", "SYSLOG_IDENTIFIER=confd"])
        #expect(fields.contains("CONFD_AUDIT_SEQ=42") && fields.contains("CONFD_AUDIT_USER=ann PRIORITY=0"))
        #expect(fields.contains("CONFD_AUDIT_HASH=\(Hex.text(login.hash))"))
        let length = [UInt8(login.text.count), 0, 0, 0, 0, 0, 0, 0]
        #expect(Array(datagram[place.upperBound...]) == length + login.text + [UInt8(ascii: "\n")])
    }

    // MARK: Destinations

    @Test(arguments: [
        "udp://127.0.0.1:514", "udp://[::1]:514", "tcp://log-1.example.com:6514", "unix:/dev/log", "journald",
    ])
    func aDestinationIsReadAsItIsWritten(text: String) {
        #expect(AuditDestination(text)?.description == text)
    }

    @Test(arguments: [
        "", "none", "udp://", "udp://host", "udp://host:", "udp://host:0", "udp://host:65536", "udp://:514",
        "udp://::1:514", "udp://a b:514", "udp://a/b:514", "tls://host:1", "unix:", "unix:dev/log", "http://host:1",
        "unix:/" + String(repeating: "x", count: 107),
    ])
    func whatNamesNoDestinationIsNone(text: String) {
        #expect(AuditDestination(text) == nil)
    }
}
