import Posix

/// The directory at the end of a zip archive (APPNOTE, 4.3.12 to 4.3.16).
struct ZipDirectory {
    private static let maxBytes = 256 << 20

    /// The records of all members, one after the other.
    let records: [UInt8]
    /// How many there are; only the last 16 bits of it in archives without the 64-bit form.
    let count: Int
    /// Bytes in front of the archive, such as a program that unpacks it, which its offsets do not count.
    let shift: Int

    /// - Throws: `damaged` when there is none where it has to be.
    init(_ file: ZipBytes) throws(ArchiveFault) {
        var (end, numbers) = try Self.end(of: file)
        let locator = end >= 20 ? try file.bytes(end - 20, 20) : []
        if ZipBytes.number(locator[...], at: 0, count: 4) == 0x0706_4B50 {
            (end, numbers) = try Self.wideEnd(
                of: file, ZipBytes.number(locator[...], at: 8, count: 8), before: end - 20)
        }
        guard numbers.length <= Self.maxBytes else { throw .tooLarge("its directory has \(numbers.length) bytes") }
        guard numbers.length >= 0, numbers.offset >= 0, numbers.length <= end else {
            throw .damaged("it ends too early")
        }
        // The directory ends where its end record begins, whatever lies in front of the archive.
        let starts = [end - numbers.length, numbers.offset]
        guard let start = starts.first(where: { Self.begins(at: $0, numbers.length, file) }) else {
            throw .damaged("its directory is not where it should be")
        }
        guard start >= numbers.offset else { throw .damaged("its beginning is missing") }
        records = try file.bytes(start, numbers.length)
        (count, shift) = (numbers.count, start - numbers.offset)
    }

    private typealias Numbers = (count: Int, length: Int, offset: Int)

    /// The place of the end record with what it says. A comment follows it, in which its mark may stand by chance: the
    /// record whose comment ends with the file counts first.
    private static func end(of file: ZipBytes) throws(ArchiveFault) -> (Int, Numbers) {
        let first = max(0, file.size - 65_557)
        let tail = try file.bytes(first, file.size - first)
        let found = stride(from: tail.count - 22, through: 0, by: -1).filter {
            ZipBytes.number(tail[$0...], at: 0, count: 4) == 0x0605_4B50
        }
        let whole = found.first { $0 + 22 + ZipBytes.number(tail[$0...], at: 20, count: 2) == tail.count }
        guard let place = whole ?? found.first else { throw .damaged("it is no zip archive") }
        let record = tail[place...]
        let disks = [ZipBytes.number(record, at: 4, count: 2), ZipBytes.number(record, at: 6, count: 2)]
        guard disks.allSatisfy({ $0 == 0 || $0 == 0xFFFF }) else { throw .damaged("it is a part of an archive") }
        return (
            first + place,
            (
                ZipBytes.number(record, at: 10, count: 2), ZipBytes.number(record, at: 12, count: 4),
                ZipBytes.number(record, at: 16, count: 4)
            )
        )
    }

    /// The end record of the 64-bit form: where the locator says, or in front of it when bytes before the archive are
    /// not counted.
    private static func wideEnd(
        of file: ZipBytes, _ stated: Int, before locator: Int
    ) throws(ArchiveFault) -> (Int, Numbers) {
        for place in [stated, locator - 56] where place >= 0 && place <= locator - 56 {
            let record = try file.bytes(place, 56)[...]
            guard ZipBytes.number(record, at: 0, count: 4) == 0x0606_4B50 else { continue }
            return (
                place,
                (
                    ZipBytes.number(record, at: 32, count: 8), ZipBytes.number(record, at: 40, count: 8),
                    ZipBytes.number(record, at: 48, count: 8)
                )
            )
        }
        throw .damaged("its directory is not where it should be")
    }

    private static func begins(at start: Int, _ length: Int, _ file: ZipBytes) -> Bool {
        if length == 0 { return start >= 0 && start <= file.size }
        guard let mark = try? file.bytes(start, min(4, length)) else { return false }
        return ZipBytes.number(mark[...], at: 0, count: 4) == ZipMember.mark
    }
}

/// The letters of the first PC, which names in zip archives have when nothing else is said (APPNOTE, appendix D).
enum CodePage437 {
    /// Those beyond ASCII, in order.
    private static let letters = Array(
        "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{A0}"
            .unicodeScalars)

    /// Every byte has a letter.
    static func text(_ bytes: some Sequence<UInt8>) -> String {
        var text = String.UnicodeScalarView()
        for byte in bytes { text.append(byte < 128 ? Unicode.Scalar(byte) : letters[Int(byte) - 128]) }
        return String(text)
    }
}
