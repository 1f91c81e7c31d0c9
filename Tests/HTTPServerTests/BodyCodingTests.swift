import HTTPTypes
import NIOCore
import Support
import Testing

@testable import HTTPServer

@Suite(.timeLimit(.minutes(5))) struct BodyCodingTests {
    @Test(arguments: ["br", "gzip, gzip", "identity, deflate", "gzip;q=1", String(repeating: "x", count: 10_000)])
    func anUnknownCodingOfABodyIsRefused(coding: String) {
        #expect(throws: BodyFault.self) { _ = try BodyCoding([.contentEncoding: coding]) }
    }

    @Test func aBodyThatInflatesBeyondItsLimitIsLeft() throws {
        let bomb = ByteBuffer(bytes: PackedSample.gzip([UInt8](repeating: 0, count: 64 << 20)))
        #expect(throws: NIOTooManyBytesError.self) { try BodyCoding.gzip.unpacked(bomb, upTo: 1 << 20) }
        let whole = PackedSample.gzip(Array("hello".utf8))
        #expect(try BodyCoding.gzip.unpacked(ByteBuffer(bytes: whole), upTo: 5) == ByteBuffer(string: "hello"))
        #expect(throws: NIOTooManyBytesError.self) { try BodyCoding.gzip.unpacked(ByteBuffer(bytes: whole), upTo: 4) }
        for count in 0..<whole.count {
            let cut = ByteBuffer(bytes: whole.prefix(count))
            #expect(throws: BodyFault.self, "\(count)") { try BodyCoding.gzip.unpacked(cut, upTo: 100) }
        }
    }
}
