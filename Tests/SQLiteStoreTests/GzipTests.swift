import Testing

@testable import SQLiteStore

struct GzipTests {
    private let text = Array("what happened? ".utf8)

    @Test(arguments: [0, 1, 20_000, 500_000]) func aTextComesBack(times: Int) throws {
        let long = Array(repeatElement(text, count: times).joined())
        let member = try #require(Gzip.member(long))
        #expect(Gzip.text(member, limit: 1 << 30) == long)
    }

    @Test func membersFollowOneAnother() throws {
        let member = try #require(Gzip.member(text))
        #expect(Gzip.text(member + member + member, limit: 1 << 20) == text + text + text)
    }

    @Test func whatIsCutOffOrNoMemberEndsTheText() throws {
        let member = try #require(Gzip.member(text))
        #expect(Gzip.text(member + member.dropLast(9), limit: 1 << 20)?.starts(with: text) == true)
        #expect(Gzip.text(member + [0, 1, 2], limit: 1 << 20) == text)
        #expect(Gzip.text([], limit: 1 << 20) == [])
        #expect(Gzip.text(Array("plain".utf8), limit: 1 << 20) == [])
    }

    @Test func whatIsLargerThanItMayBeIsRefused() throws {
        let member = try #require(Gzip.member([UInt8](repeating: 0, count: 10 << 20)))
        #expect(Gzip.text(member, limit: 1 << 20) == nil)
    }
}
