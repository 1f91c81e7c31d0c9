import Testing
import Zlib

struct GzipTests {
    private let text = Array("what happened? ".utf8)

    @Test(arguments: [0, 1, 20_000, 500_000]) func aTextComesBack(times: Int) throws {
        let long = Array(repeatElement(text, count: times).joined())
        let unpacked = Gzip.unpacked(try #require(Gzip.packed(long)), limit: 1 << 30)
        #expect(unpacked.bytes == long)
        #expect(unpacked.fault == nil)
    }

    @Test func membersFollowOneAnother() throws {
        let member = try #require(Gzip.packed(text, level: 6))
        let unpacked = Gzip.unpacked(member + member + member, limit: 1 << 20)
        #expect(unpacked.bytes == text + text + text)
        #expect(unpacked.fault == nil)
    }

    @Test func whatIsCutOffOrNoMemberEndsTheText() throws {
        let member = try #require(Gzip.packed(text))
        for (packed, plain) in [
            (member + member.dropLast(9), text), (member + [0, 1, 2], text), ([], []), (Array("plain".utf8), []),
        ] {
            let unpacked = Gzip.unpacked(packed, limit: 1 << 20)
            #expect(unpacked.bytes.starts(with: plain))
            #expect(unpacked.fault == .damaged)
        }
    }

    @Test func aWrongChecksumIsDamage() throws {
        var member = try #require(Gzip.packed(text))
        member[member.count - 8] ^= 1
        #expect(Gzip.unpacked(member, limit: 1 << 20).fault == .damaged)
    }

    @Test func whatIsLargerThanItMayBeIsRefused() throws {
        let member = try #require(Gzip.packed([UInt8](repeating: 0, count: 10 << 20)))
        let unpacked = Gzip.unpacked(member, limit: 1 << 20)
        #expect(unpacked.fault == .tooLong)
        #expect(unpacked.bytes.count == 1 << 20)
        #expect(Gzip.unpacked(member, limit: 10 << 20).fault == nil)
    }
}
