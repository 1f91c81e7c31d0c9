import Glibc
import NIOCore
import Posix
import Support
import Zlib

@testable import BucketFS
@testable import Gateway
@testable import HTTPServer
@testable import RESTAPI

extension Reader {
    private static let tars: [[UInt8]] = [
        TarSample.archive([
            TarSample.entry("bin/", type: "5"), TarSample.entry("bin/run", "echo\n", mode: "755"),
            TarSample.header("bin/link", type: "2", target: "../bin/run"),
            TarSample.header("hard", type: "1", target: "bin/run"),
        ]),
        TarSample.archive([
            TarSample.pax([("path", "a/é"), ("size", "3"), ("mtime", "1.5")]), TarSample.entry("a", "abc"),
            TarSample.entry("././@LongLink", "a/long/name\0", type: "L"), TarSample.entry("short", "x", prefix: "p"),
        ]),
        TarSample.archive([
            TarSample.entry("././@LongLink", "", type: "L"), TarSample.pax([], type: "g"), TarSample.entry("x"),
        ]),
    ]
    private static let tarWords = [
        "ustar\u{0}", "../", "/etc/passwd", "path=", "size=", "linkpath=", "GNU.sparse.major=1", "11 path=a\n",
        "77777777777", "\u{0}\u{0}\u{0}\u{0}",
    ]

    static let tar = Reader("tar", tars, words: tarWords, longest: 8192, mend: { TarSample.sealed($0) }) { bytes in
        try readTar(HeldBytes(bytes), most: bytes.count)
    }

    /// A tar archive in gzip; the input is what it has before it is packed.
    static let packedTar = Reader(
        "packed-tar", tars, words: tarWords, longest: 8192, mend: { TarSample.sealed($0) }
    ) { bytes in
        guard let source = try? InflatedBytes(HeldBytes(PackedSample.gzip(bytes, level: 0)), isGzip: true) else {
            throw Breach(description: "it cannot be unpacked")
        }
        try readTar(source, most: bytes.count)
    }

    private static func readTar(_ source: any ByteSource, most: Int) throws(Breach) {
        let reader = TarReader(source)
        var given = 0
        while let entry = try? reader.next() {
            try check(entry)
            try? reader.copyContent { given += $0.count }
        }
        try require(given <= most, "it gave more bytes than there are")
    }

    static let gzip = Reader(
        "gzip",
        [
            PackedSample.gzip(Array("hello hello hello".utf8)),
            PackedSample.gzip(Array("a".utf8)) + PackedSample.gzip(Array("b".utf8)) + [0, 0],
        ],
        words: ["\u{1F}", "\u{8}", "\u{0}\u{0}\u{0}"], longest: 1024
    ) { bytes in
        let most = 1 << 20
        let source = HeldBytes(bytes)
        for isGzip in [true, false] {
            guard let inflated = try? InflatedBytes(source, isGzip: isGzip) else { continue }
            let text = try? inflated.readAll(most)
            try require((text?.count ?? 0) <= most, "it gave more bytes than were asked for")
            source.position = 0
        }
        let plain = try? BodyCoding.gzip.unpacked(ByteBuffer(bytes: bytes), upTo: 1000)
        try require((plain?.readableBytes ?? 0) <= 1000, "a body has more bytes than its limit")
        let text = Gzip.unpacked(bytes, limit: 1000)
        try require(text.bytes.count <= 1000, "a text has more bytes than its limit")
        try require(
            Gzip.packed(bytes).map { Gzip.unpacked($0, limit: bytes.count).bytes } == bytes, "it is not read back")
    }

    static let zip = Reader(
        "zip",
        [
            ZipSample([
                .init("dir/"), .init("dir/a", "abc").with { $0.mode = 0o100755 },
                .init("link", "dir/a").with { $0.mode = 0o120777 },
                .init(deflated: "z", Array("zzzzzzzzzzzzzzzz".utf8)),
            ]).bytes,
            ZipSample([
                .init("wide", "abc").with {
                    ($0.unpacked, $0.packed) = (0xFFFF_FFFF, 0xFFFF_FFFF)
                    $0.extra = ZipSample.little(1, 2) + ZipSample.little(16, 2) + ZipSample.little(3, 8)
                    $0.extra += ZipSample.little(3, 8)
                }
            ]).with {
                ($0.isWide, $0.comment) = (true, Array("note".utf8))
            }.bytes,
            Array("#!/bin/sh\n".utf8) + ZipSample([.init("a\\b").with { ($0.flags, $0.mode) = (0, 0) }]).bytes,
        ],
        words: ["PK\u{1}\u{2}", "PK\u{3}\u{4}", "PK\u{5}\u{6}", "PK\u{6}\u{6}", "PK\u{6}\u{7}", "../", "/", "up"],
        longest: 2048, mend: { ZipSample.sealed($0) }
    ) { bytes in
        var path = Array("/dev/shm/confd-fuzz-XXXXXX\0".utf8.map { CChar($0) })
        let file = try Descriptor(mkstemp(&path))
        unlink(path)
        guard write(file.number, bytes, bytes.count) == bytes.count else { throw Breach(description: "no room") }
        var found: Breach?
        try? ZipReader(file, size: bytes.count).forEach { (entry, content) throws(ArchiveFault) in
            do throws(Breach) {
                try check(entry)
                guard case .file(let size, _) = entry.kind, size <= 1 << 20 else { return }
                var given = 0
                let isWhole = (try? content { (piece) throws(ArchiveFault) in given += piece.count }) != nil
                try require(given <= size && (!isWhole || given == size), "a file of \(size) bytes has \(given)")
            } catch {
                found = error
                throw .damaged("")
            }
        }
        if let found { throw found }
    }

    /// Nothing of an entry may lead out of the folder it is unpacked in.
    private static func check(_ entry: ArchiveEntry) throws(Breach) {
        guard let parts = try? ArchiveEntry.parts(entry.name) else { return }
        let arePlain = parts.allSatisfy { part in
            part != ".." && part != "." && !part.isEmpty && !part.utf8.contains { $0 == 0 || $0 == UInt8(ascii: "/") }
        }
        try require(arePlain, "the parts \(parts)")
        switch entry.kind {
        case .folder, .hardLink: break
        case .file(let size, _): try require(size >= 0, "a size below 0")
        case .link(let target):
            guard let written = try? ArchiveEntry.target(target, from: parts.dropLast()) else { return }
            let steps = written.split(separator: "/")
            let ups = steps.prefix { $0 == ".." }.count
            let staysInside = !written.hasPrefix("/") && ups < max(1, parts.count) && !steps[ups...].contains("..")
            try require(staysInside, "'\(entry.name)' is a link to '\(written)'")
        }
    }
}

/// Bytes in memory, as a source.
private final class HeldBytes: ByteSource {
    private let bytes: [UInt8]
    var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func read(_ count: Int) throws(ArchiveFault) -> [UInt8] {
        let piece = bytes[position...].prefix(count)
        position = piece.endIndex
        return Array(piece)
    }
}
