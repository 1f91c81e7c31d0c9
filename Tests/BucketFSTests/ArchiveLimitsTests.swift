import Testing

@testable import BucketFS

/// What an archive may become.
struct ArchiveLimitsTests {
    @Test(arguments: [
        (0, 100_000_000), (1_000_000, 100_000_000), (1_000_001, 100_000_100), (1 << 40, 64 << 30),
        (Int.max, 64 << 30),
    ])
    func filesHaveAHundredTimesTheBytesOfTheArchive(size: Int, bytes: Int) {
        #expect(ArchiveLimits().bytes(ofArchive: size) == bytes)
    }

    @Test func everyByteOfCodePage437HasALetter() {
        #expect(CodePage437.text([0x41, 0x80, 0x81, 0xE1, 0xFF]) == "AÇüß\u{A0}")
        #expect(CodePage437.text(UInt8.min...UInt8.max).unicodeScalars.count == 256)
    }
}
