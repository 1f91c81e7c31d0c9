import Testing
import Zlib

struct StreamTests {
    @Test(arguments: [CompressedForm.gzip, .deflate]) func piecesAreWholeAgain(form: CompressedForm) throws {
        let (deflater, inflater) = (try #require(Deflater(form)), try #require(Inflater(form)))
        var (plain, packed, unpacked) = ([UInt8](), [UInt8](), [UInt8]())
        for number in 0..<2000 {
            let line = Array("{\"line\":\(number),\"text\":\"\(String(repeating: "x", count: number % 90))\"}\n".utf8)
            plain += line
            packed += deflater.add(line, isLast: false)
        }
        packed += deflater.add([], isLast: true)
        var (rest, hasEnded) = (packed[...], false)
        while !hasEnded, !rest.isEmpty {
            var piece = rest.prefix(100)
            rest = rest.dropFirst(100)
            while !hasEnded {
                let (bytes, outcome) = inflater.inflate(&piece, room: 64)
                unpacked += bytes
                #expect(outcome != .damaged)
                hasEnded = outcome == .ended
                if bytes.isEmpty { break }
            }
        }
        #expect(hasEnded)
        #expect(unpacked == plain)
    }

    /// The last byte of a packed text can stand for hundreds of plain ones, which come when there is room for them.
    @Test func whatIsLeftOfTheLastByteComesWithoutInput() throws {
        let packed = try #require(Deflater(.deflate)).add([UInt8](repeating: 0, count: 100_300), isLast: true)
        let inflater = try #require(Inflater(.deflate))
        var (rest, count, hasEnded) = (packed[...], 0, false)
        for _ in 0..<200_000 where !hasEnded {
            let (bytes, outcome) = inflater.inflate(&rest, room: 1)
            count += bytes.count
            hasEnded = outcome == .ended
        }
        #expect(hasEnded)
        #expect(count == 100_300)
    }

    @Test func bytesBehindTheEndAreLeft() throws {
        let packed = try #require(Gzip.packed(Array("x".utf8)))
        var rest = (packed + [1, 2, 3])[...]
        let inflater = try #require(Inflater(.gzip))
        #expect(inflater.inflate(&rest, room: 10).outcome == .ended)
        #expect(Array(rest) == [1, 2, 3])
    }

    // The check value of the catalogue of checksums.
    @Test func theChecksumIsThatOfArchives() {
        var checksum = CRC32()
        #expect(checksum.value == 0)
        checksum.add("1234".utf8)
        checksum.add("56789".utf8)
        #expect(checksum.value == 0xCBF4_3926)
    }
}
