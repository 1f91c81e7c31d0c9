/// Reads tar archives: POSIX ustar and pax, and GNU's long names.
final class TarReader {
    private static let block = 512
    /// Names and pax headers are no longer than this.
    private static let maxHeader = 1 << 20
    /// What an entry may have of them, on the whole.
    private static let headersOfEntry = 4096

    private let source: any ByteSource
    /// Bytes of the entry handed out that were not read, with what fills its last block.
    private var (rest, padding) = (0, 0)
    /// Whether there was a block.
    private var hasBegun = false
    /// Bytes that names and pax headers may still have. An archive of nothing else, packed well, would be read for days.
    private var headerRoom = maxHeader

    init(_ source: any ByteSource) { self.source = source }

    /// The next entry; `nil` at the end. What was not read of the entry before is passed over.
    func next() throws(ArchiveFault) -> ArchiveEntry? {
        var (longName, longTarget, longSize): (String?, String?, Int?)
        while true {
            try source.copy(rest + padding) { _ in }
            (rest, padding) = (0, 0)
            let header = try source.readAll(Self.block)
            if try isEnd(header) { return nil }
            guard header.count == Self.block, Self.isWhole(header) else { throw .damaged("a header is not valid") }
            let written = try Self.number(header[124..<136])
            let size = longSize ?? written
            switch header[156] {
            case UInt8(ascii: "L"): longName = try text(size)
            case UInt8(ascii: "K"): longTarget = try text(size)
            case UInt8(ascii: "x"):
                let records = try Self.records(try content(size))
                longName = records["path"] ?? longName
                longTarget = records["linkpath"] ?? longTarget
                if let text = records["size"] {
                    guard let size = Int(text), (0...1 << 50).contains(size) else {
                        throw .damaged("a size is not valid")
                    }
                    longSize = size
                }
                if records.keys.contains(where: { $0.hasPrefix("GNU.sparse") }) { throw .unsafe("a file with holes") }
            case UInt8(ascii: "g"): _ = try content(size)
            default:
                headerRoom += Self.headersOfEntry
                let (name, target) = (longName == nil ? try Self.name(header) : "", try Self.text(header[157..<257]))
                return try entry(header, name: longName ?? name, target: longTarget ?? target, size: size)
            }
        }
    }

    /// Two empty blocks end an archive; the end of the file does, too, behind what was read at least.
    private func isEnd(_ header: [UInt8]) throws(ArchiveFault) -> Bool {
        if header.isEmpty {
            guard hasBegun else { throw .damaged("it has no bytes of an archive") }
            return true
        }
        hasBegun = true
        guard header.allSatisfy({ $0 == 0 }) else { return false }
        guard try source.readAll(Self.block).allSatisfy({ $0 == 0 }) else { throw .damaged("a header is empty") }
        return true
    }

    /// Hands the content of the entry that was handed out last to somebody.
    func copyContent(to take: ([UInt8]) throws(ArchiveFault) -> Void) throws(ArchiveFault) {
        let count = rest
        rest = 0
        try source.copy(count, to: take)
    }

    private func entry(
        _ header: [UInt8], name: String, target: String, size: Int
    ) throws(ArchiveFault) -> ArchiveEntry {
        switch header[156] {
        case 0, UInt8(ascii: "0"), UInt8(ascii: "7"):
            // Before POSIX, a folder was a file whose name ends with a slash.
            if name.hasSuffix("/") {
                guard size == 0 else { throw .damaged("a folder has content") }
                return ArchiveEntry(name: name, kind: .folder)
            }
            begin(size)
            let isExecutable = try Self.number(header[100..<108]) & 0o100 != 0
            return ArchiveEntry(name: name, kind: .file(size: size, isExecutable: isExecutable))
        case UInt8(ascii: "1"): return ArchiveEntry(name: name, kind: .hardLink(target))
        case UInt8(ascii: "2"): return ArchiveEntry(name: name, kind: .link(target))
        case UInt8(ascii: "5"): return ArchiveEntry(name: name, kind: .folder)
        default: throw .unsafe("'\(ArchiveFault.shown(name))', which is neither file, folder nor link")
        }
    }

    private func begin(_ size: Int) {
        (rest, padding) = (size, (Self.block - size % Self.block) % Self.block)
    }

    private func content(_ size: Int) throws(ArchiveFault) -> [UInt8] {
        guard size <= min(Self.maxHeader, headerRoom) else { throw .damaged("its headers are too long") }
        headerRoom -= max(size, Self.block)
        begin(size)
        let bytes = try source.readAll(rest)
        guard bytes.count == size else { throw .damaged("it ends too early") }
        rest = 0
        return bytes
    }

    private func text(_ size: Int) throws(ArchiveFault) -> String { try Self.text(try content(size)[...]) }

    /// Records `length key=value\n` (POSIX pax).
    private static func records(_ bytes: [UInt8]) throws(ArchiveFault) -> [String: String] {
        var records: [String: String] = [:]
        var rest = bytes[...]
        while let space = rest.firstIndex(of: UInt8(ascii: " ")) {
            guard let length = Int(String(decoding: rest[..<space], as: UTF8.self)), length <= rest.count,
                length > space - rest.startIndex + 1
            else { throw .damaged("a header is not valid") }
            let record = rest[(space + 1)..<(rest.startIndex + length - 1)]
            rest = rest.dropFirst(length)
            guard let equals = record.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let key = String(decoding: record[..<equals], as: UTF8.self)
            // Only these are looked at: others, such as times, need not be text.
            let isRead = ["path", "linkpath", "size"].contains(key)
            records[key] = isRead ? try text(record[(equals + 1)...]) : ""
        }
        return records
    }

    private static func name(_ header: [UInt8]) throws(ArchiveFault) -> String {
        let name = try text(header[0..<100])
        guard header[257..<263].elementsEqual(Array("ustar".utf8) + [0]), header[345] != 0 else { return name }
        return try text(header[345..<500]) + "/" + name
    }

    /// Up to the first zero.
    private static func text(_ bytes: ArraySlice<UInt8>) throws(ArchiveFault) -> String {
        guard let text = String(validating: bytes.prefix { $0 != 0 }, as: UTF8.self) else {
            throw .damaged("a name is not UTF-8")
        }
        return text
    }

    /// Octal digits, or for what they cannot say a binary number behind a set first bit.
    private static func number(_ field: ArraySlice<UInt8>) throws(ArchiveFault) -> Int {
        if let first = field.first, first & 0x80 != 0 {
            let bytes = field.dropFirst()
            guard first == 0x80, bytes.dropLast(8).allSatisfy({ $0 == 0 }) else {
                throw .damaged("a number is not valid")
            }
            let value = bytes.suffix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            guard let value = Int(exactly: value), value <= 1 << 50 else { throw .damaged("a number is not valid") }
            return value
        }
        let digits = field.drop { $0 == 0x20 }.prefix { $0 != 0 && $0 != 0x20 }
        if digits.isEmpty { return 0 }
        guard let value = Int(String(decoding: digits, as: UTF8.self), radix: 8), value >= 0 else {
            throw .damaged("a number is not valid")
        }
        return value
    }

    private static func isWhole(_ header: [UInt8]) -> Bool {
        let sum = header.enumerated().reduce(0) { $0 + ((148..<156).contains($1.offset) ? 32 : Int($1.element)) }
        return (try? number(header[148..<156])) == sum
    }
}
