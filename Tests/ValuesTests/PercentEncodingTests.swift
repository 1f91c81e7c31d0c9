import Testing
import Values

struct PercentEncodingTests {
    @Test(arguments: [("a-b._~Z09", "a-b._~Z09"), ("a b+c/d", "a%20b%2Bc%2Fd"), ("ü\u{0}%", "%C3%BC%00%25"), ("", "")])
    func aTextComesBack(plain: String, encoded: String) {
        #expect(PercentEncoding.encode(plain) == encoded)
        #expect(PercentEncoding.decode(encoded) == plain)
    }

    @Test func digitsOfBothCasesAreReadAndAPlusStays() {
        #expect(PercentEncoding.decode("%c3%BC+") == "ü+")
    }

    @Test(arguments: ["%", "a%2", "%2x", "%x2", "%%20", "%ff", "%C3"])
    func brokenEscapesAndOtherBytesAreRefused(text: String) {
        #expect(PercentEncoding.decode(text) == nil)
    }

    @Test func bytesNeedNotBeText() {
        #expect(PercentEncoding.bytes("a%FF".utf8) == [0x61, 0xFF])
        #expect(PercentEncoding.bytes("a%F".utf8) == nil)
    }
}
