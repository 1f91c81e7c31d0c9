import Glibc
import Posix
import Support
import Testing

@testable import BucketFS

/// Zip archives that nobody's program writes, and bytes that are packed otherwise than they say.
@Suite(.timeLimit(.minutes(5))) struct HostileZipTests {
    typealias Member = ZipSample.Member

    @Test func membersAreReadAsTheyWereWritten() throws {
        let wide = Member("wide", "abc").with {
            ($0.unpacked, $0.packed) = (0xFFFF_FFFF, 0xFFFF_FFFF)
            $0.extra =
                ZipSample.little(1, 2) + ZipSample.little(16, 2) + ZipSample.little(3, 8) + ZipSample.little(3, 8)
        }
        let sample = ZipSample([Member("dir/"), Member(deflated: "dir/z", Array("zzzz".utf8)), wide])
        let plain = try read(sample.bytes)
        #expect(plain.map(\.name) == ["dir/", "dir/z", "wide"] && plain.map(\.content) == ["", "zzzz", "abc"])
        #expect(try read(sample.with { $0.isWide = true }.bytes).count == 3)
        #expect(try read(Array("#!/bin/sh\n".utf8) + sample.bytes).count == 3)
        #expect(try read(sample.with { $0.comment = ZipSample([]).bytes + [0] }.bytes).count == 3)
    }

    @Test func anArchiveCutOffAnywhereIsDamaged() {
        let bytes = ZipSample([Member("a", "abc"), Member(deflated: "z", [0, 0, 0])]).bytes
        for count in 0..<bytes.count {
            #expect(throws: ArchiveFault.self, "\(count)") { try read(Array(bytes.prefix(count))) }
        }
    }

    static let lies: [(String, Member)] = [
        ("an unpacked size that is too large", Member(deflated: "z", [1, 2, 3]).with { $0.unpacked = 4 }),
        ("an unpacked size that is too small", Member(deflated: "z", [1, 2, 3]).with { $0.unpacked = 2 }),
        ("a size below 0", Member("a", "abc").with { $0 = wide($0, .min) }),
        ("a size beyond what fits", Member("a", "abc").with { $0 = wide($0, .max) }),
        ("a packed size behind the end", Member("a", "abc").with { $0.packed = 4000 }),
        ("a sum that is another", Member("a", "abc").with { $0.checksum ^= 1 }),
        ("a place behind the end", Member("a", "abc").with { $0.offset = 4000 }),
        ("a place without a file", Member("a", "abc").with { $0.offset = 1 }),
        ("a file that is encrypted", Member("a", "abc").with { $0.flags |= 1 }),
        ("an unknown way to pack", Member("a", "abc").with { $0.method = 12 }),
        ("bytes that are not packed", Member("a", "abc").with { $0.method = 8 }),
        ("a name that is no UTF-8", Member("a").with { $0.name = [0xC0, 0xAF] }),
        ("a device", Member("a").with { $0.mode = 0o020666 }),
        ("a socket", Member("a").with { $0.mode = 0o140777 }),
        ("a link that is too long", Member("a", String(repeating: "x", count: 4097)).with { $0.mode = 0o120777 }),
        ("a link whose target is no text", Member("a").with { $0 = link($0, [0xFF]) }),
    ]

    @Test(arguments: lies.map(\.0)) func aMemberThatIsNotAsItsRecordSaysIsRefused(lie: String) throws {
        let member = try #require(Self.lies.first { $0.0 == lie }).1
        #expect(throws: ArchiveFault.self) { try read(ZipSample([member]).bytes) }
    }

    @Test(arguments: [
        ZipSample([Member("a")]).with { $0.count = 2 }, ZipSample([Member("a")]).with { $0.count = 0 },
        ZipSample([Member("a")]).with { $0.length = 0xFFFF_FFFF }, ZipSample([Member("a")]).with { $0.length = 10 },
        ZipSample([Member("a")]).with { $0.start = 0xFFFF_FFFE },
        ZipSample([Member("a")]).with { ($0.isWide, $0.start) = (true, .max) },
        ZipSample([Member("a")]).with { ($0.isWide, $0.length) = (true, .min) },
        ZipSample([Member("a")]).with { ($0.isWide, $0.length) = (true, .max) },
    ])
    func aDirectoryThatIsNotAsItsEndSaysIsRefused(sample: ZipSample) {
        #expect(throws: ArchiveFault.self) { try read(sample.bytes) }
    }

    @Test func whatInflatesToMoreThanItSaysIsLeftSoon() throws {
        // 16 MiB that say they are ten bytes.
        let bomb = Member(deflated: "z", [UInt8](repeating: 0, count: 16 << 20)).with { $0.unpacked = 10 }
        var given = 0
        #expect(throws: ArchiveFault.self) { try read(ZipSample([bomb]).bytes) { given += $0 } }
        #expect(given == 10)
    }

    @Test func packedBytesCutOffAnywhereAreDamaged() throws {
        let packed = PackedSample.gzip(Array("hello hello hello".utf8))
        for count in 0..<packed.count {
            let source = try InflatedBytes(HeldBytes(Array(packed.prefix(count))), isGzip: true)
            #expect(throws: ArchiveFault.self, "\(count)") { try source.readAll(100) }
        }
    }

    @Test func membersOfGzipFollowOneAnother() throws {
        let packed =
            PackedSample.gzip(Array("a".utf8)) + PackedSample.gzip([]) + PackedSample.gzip(Array("b".utf8)) + [0, 0]
        let source = try InflatedBytes(HeldBytes(packed), isGzip: true)
        #expect(try source.read(0).isEmpty)
        #expect(try source.readAll(100) == Array("ab".utf8))
        #expect(try source.readAll(0).isEmpty && source.readAll(1).isEmpty)
    }

    /// The 64-bit form of a member's sizes.
    private static func wide(_ member: Member, _ size: Int) -> Member {
        member.with {
            ($0.unpacked, $0.packed) = (0xFFFF_FFFF, 0xFFFF_FFFF)
            $0.extra =
                ZipSample.little(1, 2) + ZipSample.little(16, 2) + ZipSample.little(size, 8) + ZipSample.little(3, 8)
        }
    }

    private static func link(_ member: Member, _ target: [UInt8]) -> Member {
        member.with {
            ($0.mode, $0.content, $0.checksum) = (0o120777, target, PackedSample.checksum(target))
            ($0.unpacked, $0.packed) = (target.count, target.count)
        }
    }

    private func read(
        _ archive: [UInt8], told: @escaping (Int) -> Void = { _ in }
    ) throws -> [(name: String, content: String)] {
        var path = Array("/tmp/zip-XXXXXX\0".utf8.map { CChar($0) })
        let file = try Descriptor(mkstemp(&path))
        unlink(path)
        try #require(write(file.number, archive, archive.count) == archive.count)
        var entries: [(String, String)] = []
        try ZipReader(file, size: archive.count).forEach { (entry, content) throws(ArchiveFault) in
            var bytes: [UInt8] = []
            if case .file = entry.kind {
                try content { (piece) throws(ArchiveFault) in
                    bytes += piece
                    told(piece.count)
                }
            }
            entries.append((entry.name, String(decoding: bytes, as: UTF8.self)))
        }
        return entries
    }
}
