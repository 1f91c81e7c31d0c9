import Testing

@testable import HTTPServer

struct ByteRangeTests {
    @Test(arguments: [
        ("bytes=0-0", 0..<1), ("bytes=0-9", 0..<10), ("bytes=5-", 5..<10), ("bytes=-3", 7..<10), ("bytes=-30", 0..<10),
        ("bytes=9-9", 9..<10), ("bytes=8-99", 8..<10), ("Bytes=1-2", 1..<3),
        ("bytes=2-99999999999999999999999", 2..<10), ("bytes=2-9223372036854775807", 2..<10),
    ])
    func aRangeWithinTheFileIsThatPart(header: String, part: Range<Int>) {
        #expect(ByteRange(header, size: 10) == .part(part))
    }

    @Test(arguments: [
        ("bytes=10-", 10), ("bytes=10-12", 10), ("bytes=-0", 10), ("bytes=0-", 0), ("bytes=-5", 0),
        ("bytes=99999999999999999999999-", 10), ("bytes=9223372036854775807-", 10),
    ])
    func aRangeBehindTheEndCannotBeSatisfied(header: String, size: Int) {
        #expect(ByteRange(header, size: size) == .unsatisfiable)
    }

    @Test(arguments: [
        nil, "", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=5-2", "bytes=0-1,3-4", "lines=0-1", "bytes=+1-2",
        "bytes= 1-2", "bytes=1--2",
    ])
    func whatIsNoSingleRangeOfBytesMeansTheWholeFile(header: String?) {
        #expect(ByteRange(header, size: 10) == .whole)
    }
}
