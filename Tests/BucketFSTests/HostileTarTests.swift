import Support
import Testing

@testable import BucketFS

/// Tar archives that nobody's program writes.
@Suite(.timeLimit(.minutes(5))) struct HostileTarTests {
    @Test func entriesAreReadAsTheyWereWritten() throws {
        let archive = TarSample.archive([
            TarSample.entry("bin/", type: "5"), TarSample.entry("run", "echo\n", mode: "755", prefix: "bin"),
            TarSample.pax([("path", "long/é"), ("mtime", "1.5")]), TarSample.entry("short", "abc"),
            TarSample.header("link", type: "2", target: "bin/run"),
        ])
        let entries = try read(archive)
        #expect(entries.map(\.name) == ["bin/", "bin/run", "long/é", "link"])
        #expect(entries.map(\.content) == ["", "echo\n", "abc", ""])
    }

    @Test func anArchiveCutOffAnywhereInAnEntryIsDamaged() throws {
        let entry = TarSample.entry("a", "some content")
        for count in 1..<entry.count {
            #expect(throws: ArchiveFault.self, "\(count)") { try read(Array(entry.prefix(count))) }
        }
    }

    @Test(arguments: ["-1", "9", "8", "1e3", "0x10", " -7", "777777777777"])
    func aSizeThatIsNoneOrIsNotThereIsDamaged(size: String) {
        #expect(throws: ArchiveFault.self) { try read(TarSample.archive([TarSample.header("a", size: size)])) }
    }

    @Test(
        arguments: [
            [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
            [0x80, 0, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0],
            [0x80, 0, 0, 0, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
            [0x80, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0], [0x81, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
        ] as [[UInt8]])
    func aBinarySizeBeyondWhatFitsIsDamaged(field: [UInt8]) {
        var header = TarSample.header("a")
        TarSample.put(field, in: 124..<136, of: &header)
        #expect(throws: ArchiveFault.damaged("a number is not valid")) {
            try read(TarSample.sealed(header))
        }
    }

    @Test(arguments: ["-1", "9223372036854775808", "1125899906842625", "", "1e3", "0x3"])
    func aSizeInAPaxHeaderThatIsNoneIsDamaged(size: String) {
        let archive = TarSample.archive([TarSample.pax([("size", size)]), TarSample.entry("a", "abc")])
        #expect(throws: ArchiveFault.damaged("a size is not valid")) { try read(archive) }
    }

    @Test(arguments: [
        "0 path=a\n", "-5 path=a\n", "9999 path=a\n", "2 path=a\n", "99999999999999999999 a=b\n", "x a=b\n",
    ])
    func aRecordThatLiesAboutItsLengthIsDamaged(record: String) {
        let archive = TarSample.archive([TarSample.entry("pax", record, type: "x"), TarSample.entry("a")])
        #expect(throws: ArchiveFault.damaged("a header is not valid")) { try read(archive) }
    }

    @Test(arguments: ["3", "4", "6", "S", "V", "M", "Z"] as [Unicode.Scalar])
    func whatIsNeitherFileFolderNorLinkIsUnsafe(type: Unicode.Scalar) {
        let archive = TarSample.archive([TarSample.header("dev", type: type)])
        #expect(throws: ArchiveFault.unsafe("'dev', which is neither file, folder nor link")) { try read(archive) }
    }

    @Test(arguments: ["GNU.sparse.major", "GNU.sparse.map", "GNU.sparse.realsize"])
    func aFileWithHolesIsUnsafe(key: String) {
        let archive = TarSample.archive([TarSample.pax([(key, "1")]), TarSample.entry("a")])
        #expect(throws: ArchiveFault.unsafe("a file with holes")) { try read(archive) }
    }

    @Test func aHeaderWithAWrongSumIsDamaged() {
        for index in [0, 100, 124, 156, 200, 500] {
            var archive = TarSample.archive([TarSample.header("a")])
            archive[index] ^= 1
            #expect(throws: ArchiveFault.damaged("a header is not valid")) { try read(archive) }
        }
    }

    @Test func aFolderWithContentIsDamaged() {
        #expect(throws: ArchiveFault.damaged("a folder has content")) {
            try read(TarSample.archive([TarSample.entry("old/", "abc")]))
        }
    }

    @Test(arguments: ["L", "K", "x", "g"] as [Unicode.Scalar])
    func anEmptyHeaderOfAPackedArchiveIsPassedOver(type: Unicode.Scalar) throws {
        let archive = TarSample.archive([TarSample.entry("h", type: type), TarSample.entry("a", "abc")])
        let packed = try InflatedBytes(HeldBytes(PackedSample.gzip(archive)), isGzip: true)
        #expect(try read(TarReader(packed)).map(\.content) == ["abc"])
    }

    @Test func anArchiveOfNothingButHeadersHasAnEnd() throws {
        // 64 MiB, packed to a thousandth of it.
        let headers = [TarSample.entry("pax", String(repeating: "\0", count: 1 << 16), type: "g")]
        let packed = PackedSample.gzip((0..<1024).flatMap { _ in headers[0] })
        let source = HeldBytes(packed)
        #expect(throws: ArchiveFault.damaged("its headers are too long")) {
            try read(TarReader(InflatedBytes(source, isGzip: true)))
        }
        #expect(packed.count > 1 << 16 && source.position <= 1 << 16)
    }

    @Test func manyEntriesMayHaveLongHeaders() throws {
        let name = String(repeating: "long/", count: 700)
        let entry = TarSample.pax([("path", name + "a")]) + TarSample.entry("short")
        #expect(try read(TarSample.archive(Array(repeating: entry, count: 500))).count == 500)
    }

    private typealias Read = (name: String, content: String)

    private func read(_ archive: [UInt8]) throws -> [Read] {
        try read(TarReader(HeldBytes(archive)))
    }

    private func read(_ reader: TarReader) throws -> [Read] {
        var entries: [Read] = []
        while let entry = try reader.next() {
            var content: [UInt8] = []
            try reader.copyContent { content += $0 }
            entries.append((entry.name, String(decoding: content, as: UTF8.self)))
        }
        return entries
    }
}

/// Names and targets of links, as the archives of all kinds have them.
struct ArchiveEntryTests {
    @Test(arguments: [
        "/etc/passwd", "//x", "..", "../x", "a/../../x", "a/..", "a\0b", String(repeating: "x", count: 256),
        String(repeating: "x/", count: 129),
    ])
    func aNameThatLeadsOutOrFitsNoFolderIsUnsafe(name: String) {
        #expect(throws: ArchiveFault.self) { try ArchiveEntry.parts(name) }
    }

    @Test func aNameIsTakenFromTheRootDown() throws {
        #expect(try ArchiveEntry.parts("./a//b/./c/") == ["a", "b", "c"])
        #expect(try ArchiveEntry.parts("./") == [])
        #expect(try ArchiveEntry.parts("...") == ["..."])
    }

    @Test(arguments: [
        "../..", "../../etc/passwd", "b/../../../x", "b/../c", "a\0b", String(repeating: "x/", count: 2001),
    ])
    func aTargetThatLeadsOutIsUnsafe(target: String) {
        #expect(throws: ArchiveFault.self) { try ArchiveEntry.target(target, from: ["a"]) }
    }

    @Test(arguments: [("../b", "../b"), ("/etc/x", "../etc/x"), (".", "."), ("", "."), ("..", ".."), ("b//c", "b/c")])
    func aTargetStaysInside(target: String, written: String) throws {
        #expect(try ArchiveEntry.target(target, from: ["a"]) == written)
    }
}
