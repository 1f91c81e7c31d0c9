import Access
import Certificates
import Testing

/// The chain of the audit log, record by record.
struct AuditChainTests {
    private let texts = ["{}", "{\"event\":\"login\"}", "ä"].map { Array($0.utf8) }

    private func records() -> [AuditRecord] {
        var (link, records) = (AuditLink.beginning, [AuditRecord]())
        for text in texts {
            let record = link.record(of: text)
            records.append(record)
            link = AuditLink(sequence: record.sequence, hash: record.hash)
        }
        return records
    }

    /// Follows records from the beginning on; the finding is the fault's.
    private func finding(_ records: [AuditRecord]) -> String? {
        var link = AuditLink.beginning
        for record in records {
            do throws(AuditFault) {
                link = try link.followed(by: record)
            } catch {
                return "\(error.sequence): \(error)"
            }
        }
        return nil
    }

    @Test func eachRecordHoldsTheDigestOfTheOneBeforeAndItsOwnText() {
        let records = records()
        #expect(records.map(\.sequence) == [1, 2, 3])
        #expect(records[0].previousHash == [UInt8](repeating: 0, count: 32))
        for (record, before) in zip(records.dropFirst(), records) { #expect(record.previousHash == before.hash) }
        for record in records { #expect(record.hash == Digest.sha256(record.previousHash + record.text)) }
        #expect(finding(records) == nil)
    }

    @Test func whatIsNotAsItWasWrittenIsToldWithItsNumber() {
        let (one, two, three) = (records()[0], records()[1], records()[2])
        let altered = AuditRecord(
            sequence: 2, text: two.text + [0x20], previousHash: two.previousHash, hash: two.hash)
        let made = AuditLink(sequence: 1, hash: one.previousHash).record(of: two.text)
        #expect(finding([one, altered, three]) == "2: record 2 was altered")
        #expect(finding([one, three]) == "2: record 2 is missing")
        #expect(finding([three]) == "1: records 1 to 2 are missing")
        #expect(finding([one, one]) == "2: record 1 stands in the place of record 2")
        #expect(finding([one, made, three]) == "2: record 2 does not follow what stands before it")
    }
}
