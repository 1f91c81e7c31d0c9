import Testing
import Zlib

@testable import BucketFS

struct InflatedBytesTests {
    private final class HeldBytes: ByteSource {
        private var rest: ArraySlice<UInt8>

        init(_ bytes: [UInt8]) { rest = bytes[...] }

        func read(_ count: Int) throws(ArchiveFault) -> [UInt8] {
            defer { rest = rest.dropFirst(count) }
            return Array(rest.prefix(count))
        }
    }

    /// Packed zeros whose last byte stands for more than the first piece of 256 KiB had room for.
    @Test(arguments: [1, 21, 24, 28, 57, 64, 700]) func whatTheLastByteStandsForComesInTheNextPiece(extra: Int) throws {
        let length = 256 * 1024 + extra
        let packed = try #require(Deflater(.deflate)).add([UInt8](repeating: 0, count: length), isLast: true)
        let inflated = try InflatedBytes(HeldBytes(packed), isGzip: false)
        var count = 0
        try inflated.copy(length) { count += $0.count }
        #expect(count == length)
        #expect(try inflated.read(1).isEmpty)
    }

    @Test func whatIsCutOffEndsTooEarly() throws {
        let packed = try #require(Gzip.packed(Array("what happened? ".utf8)))
        for length in 0..<packed.count {
            let inflated = try InflatedBytes(HeldBytes(Array(packed.prefix(length))), isGzip: true)
            #expect(throws: ArchiveFault.damaged("it ends too early")) { try inflated.readAll(100) }
        }
        #expect(try InflatedBytes(HeldBytes(packed), isGzip: true).readAll(100) == Array("what happened? ".utf8))
    }
}
